import { useSyncExternalStore } from 'react'
import type { Pass, Session } from '../api/bodies'
import { Refused, request } from '../api/request'
import { rememberedUser, rememberUser } from './attempt'

/**
 * Who buys here. Where the server believes whoever is named, the page asks for a name. Where it knows its buyers the shop
 * says who this is: by a pass in a cookie, or by a token in the fragment of the link that leads here. That is taken out
 * of the address before anything else happens, and makes nobody of somebody else who has not said so.
 */
export type Identity =
  | { is: 'asking'; trouble: boolean }
  | { is: 'believed' }
  /** `other` is whom a link would make of this buyer, `challenge` the site key of the one that is to be passed first. */
  | { is: 'known'; user: string; other?: string | undefined; challenge?: string | undefined }
  /** `user` is who this was before, if anybody. */
  | { is: 'unknown'; user: string; other?: string | undefined }

const againMs = 2000

const token = takeToken()
let now: Identity = { is: 'asking', trouble: false }
let timer: ReturnType<typeof setTimeout> | undefined
const watchers = new Set<() => void>()
let siteKey = ''

export const identity = {
  subscribe(watcher: () => void) {
    watchers.add(watcher)
    return () => void watchers.delete(watcher)
  },
  now: () => now,

  /** Asks again who this is, as when an answer says that it is not who it was. False: it is somebody else, or nobody. */
  async check(): Promise<boolean> {
    const before = now
    if (before.is === 'known') await learn()
    return now.is === 'believed' || (before.is === 'known' && now.is === 'known' && now.user === before.user)
  },
  again: () => learn(),
  /** Takes the token of a challenge. False: it is not passed. */
  async pass(challenge: string): Promise<boolean> {
    try {
      settle(await ask(undefined, challenge))
      return true
    } catch {
      return false
    }
  },
  /** The buyer says that they are whom the link names. */
  accept: () => learn(token),
  /** The buyer says that they are not. */
  decline: () => become({ ...now, other: undefined } as Identity),
  /** Somebody else sits down. */
  async leave() {
    await request('/api/pass', { method: 'DELETE' })
    clearTimeout(timer)
    rememberUser('')
    become({ is: 'unknown', user: '' })
  },
}

export const useIdentity = (): Identity => useSyncExternalStore(identity.subscribe, identity.now)

function become(next: Identity) {
  now = next
  for (const watcher of watchers) watcher()
}

async function arrive() {
  try {
    const { buyers, challenge = '' } = (await request<Session>('/api/session')).body
    siteKey = challenge
    if (buyers === 'believed') {
      become({ is: 'believed' })
      return
    }
    let pass = await ask()
    const before = pass?.body.user_id ?? rememberedUser()
    const named = token && userOf(token)
    const other = named && before && named !== before ? named : undefined
    if (token && !other) pass = await ask(token)
    settle(pass, other)
  } catch {
    become({ is: 'asking', trouble: true })
    setTimeout(() => void arrive(), againMs)
  }
}

/** Asks who this is, or says it by a token. An answer that did not come leaves it as it was. */
async function learn(by?: string) {
  try {
    settle(await ask(by))
  } catch {
    timer = setTimeout(() => void learn(by), againMs)
  }
}

type Told = Awaited<ReturnType<typeof ask>>

async function ask(by?: string, challenge?: string) {
  const headers: Record<string, string> = by === undefined ? {} : { Authorization: `Bearer ${by}` }
  try {
    return await request<Pass>('/api/pass', { method: 'POST', headers, ...(challenge && { json: { challenge } }) })
  } catch (error) {
    if (error instanceof Refused && error.status === 401) return undefined
    throw error
  }
}

function settle(pass: Told, other?: string) {
  clearTimeout(timer)
  if (!pass) {
    become({ is: 'unknown', user: rememberedUser(), other })
    return
  }
  const { user_id: user, ends_at, needs_challenge } = pass.body
  // By the server's clock: that of this device may be wrong.
  const left = Date.parse(ends_at) - Date.parse(pass.headers.get('Date') ?? '')
  timer = setTimeout(() => void learn(), Math.max(left, againMs) || againMs)
  rememberUser(user)
  become({ is: 'known', user, other, challenge: needs_challenge ? siteKey : undefined })
}

if (globalThis.location !== undefined) void arrive() // else it is under test

function takeToken(): string | undefined {
  if (globalThis.location === undefined) return undefined
  const inFragment = () => new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined
  // A link that is followed from this very page does not load it.
  window.addEventListener('hashchange', () => inFragment() && location.reload())
  const found = inFragment()
  if (found !== undefined) history.replaceState(history.state, '', location.pathname + location.search)
  return found
}

/** Whom a token names, be it true or not. */
export function userOf(jwt: string): string {
  try {
    const claims = atob((jwt.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))
    return String((JSON.parse(claims) as { sub?: unknown }).sub ?? '?')
  } catch {
    return '?'
  }
}
