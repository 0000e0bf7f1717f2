import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { addToken, listTokens, revokeToken, roles, type OperatorToken, type Role } from '../api/operators'
import { fieldErrors, ruleFor, Unreachable } from '../api/request'
import { Button } from '../look/Button'
import { Field } from '../look/Field'
import { dateTime } from '../sale/format'
import { words } from '../words/console'
import { language } from '../words/language'
import { Confirm, type Question } from './Confirm'
import { queries } from './queries'
import { Shell } from './Shell'
import { useMe } from './useMe'

const key = ['tokens']

/** The tokens of operators, for whoever has the admin token. */
export function Settings() {
  const me = useMe()
  const open = me?.operator === true && me.name === undefined
  const tokens = useQuery({ queryKey: key, queryFn: listTokens, enabled: me !== undefined && !open })
  const [question, setQuestion] = useState<Question>()
  const lost = tokens.failureReason instanceof Unreachable
  const w = words()
  return (
    <Shell title={w.settings} link={lost ? 'lost' : me ? 'open' : 'connecting'}>
      <h1 className="text-title font-semibold">{w.settings}</h1>
      {open && <p className="pt-4 text-muted">{w.noOperators}</p>}
      {me && !open && (
        <div className="mt-6 grid items-start gap-8 lg:grid-cols-[19rem_minmax(0,1fr)]">
          <TokenForm />
          <section aria-labelledby="tokens">
            <h2 id="tokens" className="border-b border-line pb-2 text-lead font-semibold">
              {w.tokens}
            </h2>
            {tokens.error && !lost && (
              <p role="alert" className="pt-4 text-alarm">
                {tokens.error.message}
              </p>
            )}
            {tokens.data?.length === 0 && <p className="pt-4 text-muted">{w.noTokens}</p>}
            <ul>
              {tokens.data?.map((token) => (
                <li key={token.name} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
                  <span className="font-medium wrap-anywhere">{token.name}</span>
                  <span className="mr-auto text-muted">{w.roles[token.role]}</span>
                  <span className="figures text-small text-muted">{dateTime(token.made_at, language.tag())}</span>
                  <Button aria-label={w.revokeOf(token.name)} onClick={() => setQuestion(askRevoke(token))}>
                    {w.revoke}
                  </Button>
                </li>
              ))}
            </ul>
            <p className="pt-4 text-small text-muted">{w.lostToken}</p>
          </section>
        </div>
      )}
      {question && <Confirm question={question} onClose={() => setQuestion(undefined)} />}
    </Shell>
  )
}

function askRevoke({ name }: OperatorToken): Question {
  const w = words()
  return { title: w.askRevoke(name), tells: w.revokeTells, press: w.revoke, act: () => revokeToken(name) }
}

/** Makes a token, and shows it this once. */
function TokenForm() {
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('operate')
  const add = useMutation({
    mutationFn: () => addToken(name.trim(), role),
    onSuccess: async () => {
      setName('')
      await queries.invalidateQueries({ queryKey: key })
    },
  })
  const w = words()
  const rule = ruleFor(fieldErrors(add.error), 'name')
  return (
    <form
      aria-labelledby="token-title"
      className="grid gap-5 rounded-box border border-line bg-surface p-5"
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate()
      }}
    >
      <h2 id="token-title" className="text-lead font-semibold">
        {w.newToken}
      </h2>
      <Field label={w.tokenOf} required value={name} rule={rule} onChange={(event) => setName(event.target.value)} />
      <fieldset className="grid gap-2">
        <legend className="pb-1 text-small font-medium">{w.role}</legend>
        {roles.map((one) => (
          <label key={one} className="grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-2">
            <input type="radio" name="role" className="accent-ink" checked={role === one} onChange={() => setRole(one)} />
            <span>
              {w.roles[one]} <span className="text-small text-muted">{w.roleTells[one]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Button kind="primary" type="submit" disabled={add.isPending}>
        {w.makeToken}
      </Button>
      <p role="alert" className="text-alarm empty:hidden">
        {rule ? '' : add.error?.message}
      </p>
      {add.data && <Shown key={add.data.token} name={add.data.name} token={add.data.token} />}
    </form>
  )
}

function Shown({ name, token }: { name: string; token: string }) {
  const copy = useMutation({ mutationFn: () => navigator.clipboard.writeText(token) })
  const w = words()
  return (
    <div role="status" className="grid gap-3 border-t border-line pt-4">
      <p>{w.shownOnce(name)}</p>
      <code className="figures rounded-control bg-wash p-2 text-small break-all select-all">{token}</code>
      {/* Without TLS a browser lets no page copy: a click marks the whole of it. */}
      {isSecureContext && <Button onClick={() => copy.mutate()}>{copy.isSuccess ? w.copied : w.copy}</Button>}
    </div>
  )
}
