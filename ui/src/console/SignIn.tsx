import { useMutation } from '@tanstack/react-query'
import { useState, useSyncExternalStore } from 'react'
import { Refused } from '../api/request'
import { session } from '../api/session'
import { Button } from '../look/Button'
import { Field } from '../look/Field'
import { words } from '../words/console'
import { Dialog } from '../look/Dialog'

export function SignIn() {
  const asking = useSyncExternalStore(session.subscribe, session.asking)
  return asking ? <TokenForm /> : null
}

function TokenForm() {
  const [name, setName] = useState(session.signedIn() ?? '')
  const [token, setToken] = useState('')
  const signIn = useMutation({ mutationFn: () => session.signIn(name.trim(), token.trim()) })
  const wrong = signIn.error instanceof Refused && signIn.error.status === 401
  const w = words()
  return (
    <Dialog title={session.signedIn() ? w.sessionOver : w.asksToken} onClose={session.dismiss}>
      <form
        className="mt-4 grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          signIn.mutate()
        }}
      >
        <Field
          label={w.operatorName}
          hint={w.operatorNameHint}
          autoComplete="username"
          autoFocus={name === ''}
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Field
          label={w.token}
          type="password"
          autoComplete="current-password"
          autoFocus={name !== ''}
          required
          value={token}
          rule={wrong ? w.tokenWrong : signIn.error?.message}
          onChange={(event) => setToken(event.target.value)}
        />
        <p className="text-small text-muted">{w.tokenLost}</p>
        <div className="flex justify-end gap-3">
          <Button onClick={session.dismiss}>{w.notNow}</Button>
          <Button kind="strong" type="submit" disabled={signIn.isPending}>
            {w.signIn}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
