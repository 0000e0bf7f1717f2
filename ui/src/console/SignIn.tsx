import { useMutation } from '@tanstack/react-query'
import { useState, useSyncExternalStore } from 'react'
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
  const [token, setToken] = useState('')
  const signIn = useMutation({ mutationFn: () => session.signIn(token) })
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
          label={w.token}
          hint={w.tokenHint}
          type="password"
          autoFocus
          required
          value={token}
          rule={signIn.error?.message}
          onChange={(event) => setToken(event.target.value)}
        />
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
