import { Refused, request, type Answer } from './request'

// Operators' routes answer 401 where the server has an admin token. The request that met the 401 waits here while the
// page asks for the token, and then goes out again, so that no press is lost.

type Ask = { waiting: Promise<boolean>; settle: (signedIn: boolean) => void }

const signedInKey = 'seckill.signed-in'
let ask: Ask | undefined
let version = 0
const watchers = new Set<() => void>()

function changed() {
  for (const watcher of watchers) watcher()
}

export const session = {
  subscribe(watcher: () => void) {
    watchers.add(watcher)
    return () => void watchers.delete(watcher)
  },
  asking: () => ask !== undefined,
  /** Counts the changes of who is signed in; a stream that was opened before one has to be opened again. */
  version: () => version,
  /** The cookie is HttpOnly, so all a page can know is that it once got one. */
  signedIn: () => localStorage.getItem(signedInKey) !== null,

  async signIn(token: string) {
    await request('/api/session', { method: 'POST', json: { token } })
    localStorage.setItem(signedInKey, '1')
    finish(true)
  },
  async signOut() {
    await request('/api/session', { method: 'DELETE' })
    localStorage.removeItem(signedInKey)
    version++
    changed()
  },
  dismiss: () => finish(false),
}

function finish(signedIn: boolean) {
  if (signedIn) version++
  ask?.settle(signedIn)
  ask = undefined
  changed()
}

function askForToken(): Promise<boolean> {
  if (!ask) {
    let settle: Ask['settle'] = () => {}
    const waiting = new Promise<boolean>((resolve) => (settle = resolve))
    ask = { waiting, settle }
    changed()
  }
  return ask.waiting
}

export async function asOperator<T>(path: string, init?: Parameters<typeof request>[1]): Promise<Answer<T>> {
  try {
    return await request<T>(path, init)
  } catch (error) {
    if (!(error instanceof Refused && error.status === 401)) throw error
    if (!(await askForToken())) throw error
    return request<T>(path, init)
  }
}
