import { useState, type ChangeEvent } from 'react'
import { fieldErrors, ruleFor } from '../api/request'
import { may } from '../api/session'
import { Button } from '../look/Button'
import { Field } from '../look/Field'
import { words } from '../words/console'
import { NotBegun, useDemo } from './Demo'
import { asNumber } from './terms'
import { useMe } from './useMe'

const demo = { buyers: '10000', seconds: '5', quantity: '100', repeaters: '0', quitters: '0' }
const asked = ['buyers', 'over', 'quantity', 'repeat_clickers', 'quitters']

/** Makes up a crowd. What is wrong with it is for the server to say, so nothing is judged here. */
export function RehearsalForm() {
  const [typed, setTyped] = useState(demo)
  const run = useDemo()
  const me = useMe()
  if (!may(me, 'operate')) return null
  const errors = fieldErrors(run.error)
  const besideField = errors.some((error) => asked.some((field) => ruleFor([error], field)))
  const w = words()
  const field = (name: keyof typeof demo, rule: string) => ({
    value: typed[name],
    rule: ruleFor(errors, rule),
    inputMode: 'decimal' as const,
    onChange: (event: ChangeEvent<HTMLInputElement>) => setTyped({ ...typed, [name]: event.target.value }),
  })
  return (
    <form
      aria-labelledby="rehearse-title"
      className="grid gap-5 rounded-box border border-line bg-surface p-5"
      onSubmit={(event) => {
        event.preventDefault()
        run.mutate({
          buyers: asNumber(typed.buyers),
          over: `${typed.seconds.trim()}s`,
          quantity: asNumber(typed.quantity),
          repeat_clickers: asNumber(typed.repeaters),
          quitters: asNumber(typed.quitters),
        })
      }}
    >
      <h1 id="rehearse-title" className="text-lead font-semibold">
        {w.newRehearsal}
      </h1>
      <p className="text-small text-muted">{w.newRehearsalLine}</p>
      <div className="grid grid-cols-2 gap-4">
        <Field label={w.buyers} {...field('buyers', 'buyers')} />
        <Field label={w.seconds} {...field('seconds', 'over')} />
        <Field label={w.unitsField} className="col-span-2" {...field('quantity', 'quantity')} />
        <Field label={w.repeaters} hint={w.repeatersHint} {...field('repeaters', 'repeat_clickers')} />
        <Field label={w.quitters} hint={w.quittersHint} {...field('quitters', 'quitters')} />
      </div>
      <Button kind="primary" type="submit" aria-keyshortcuts="d" disabled={run.isPending}>
        {run.isPending ? w.starting : w.run}
      </Button>
      {!besideField && <NotBegun error={run.error} />}
    </form>
  )
}
