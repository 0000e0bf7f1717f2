import type { Session } from './bodies'
import { Refused, request, type Answer } from './request'

// Operators' routes answer 401 where the server has an admin token. The request that met the 401 waits here while the
// page asks for a token, and then goes out again, so that no press is lost.

type Ask = { waiting: Promise<boolean>; settle: (signedIn: boolean) => void }
export type Right = 'view' | 'operate' | 'payments' | 'admin'

const nameKey = 'seckill.signed-in'
let ask: Ask | undefined
let version = 0
let me: Session | undefined
const watchers = new Set<() => void>()

function changed() {
  for (const watcher of watchers) watcher()
}

const rights: Record<NonNullable<Session['role']>, readonly Right[]> = {
  admin: ['view', 'operate', 'payments', 'admin'],
  operate: ['view', 'operate', 'payments'],
  view: ['view'],
  payments: ['payments'],
}

export const session = {
  subscribe(watcher: () => void) {
    watchers.add(watcher)
    return () => void watchers.delete(watcher)
  },
  asking: () => ask !== undefined,
  /** Counts the changes of who is signed in; a stream that was opened before one has to be opened again. */
  version: () => version,
  /** Who the server takes this page for; undefined until it has said so. */
  me: () => me,
  /** The cookie is HttpOnly, so all a page can know is that it once got one, and for whom. */
  signedIn: () => localStorage.getItem(nameKey) ?? undefined,

  async learn() {
    me = (await request<Session>('/api/session')).body
    changed()
  },
  async signIn(name: string, token: string) {
    await request('/api/session', { method: 'POST', json: { name, token } })
    localStorage.setItem(nameKey, name)
    await session.learn()
    finish(true)
  },
  async signOut() {
    await request('/api/session', { method: 'DELETE' })
    localStorage.removeItem(nameKey)
    me = undefined
    version++
    changed()
  },
  dismiss: () => finish(false),
}

/** Whether to show what wants this right: who has not signed in is asked to when it is pressed. */
export const may = (who: Session | undefined, right: Right): boolean => !who?.role || rights[who.role].includes(right)

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
    me = undefined
    if (!(await askForToken())) throw error
    return request<T>(path, init)
  }
}
