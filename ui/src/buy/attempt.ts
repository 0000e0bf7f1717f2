import { dropKept, keep, readKept } from '../api/kept'
import type { Order } from '../api/bodies'

/**
 * One buyer's try at one product, kept by the browser until it has ended for good. As long as the key is kept, asking
 * again is the same order: that is what makes a reload, a second press or a lost answer harmless.
 */
export type Attempt = { key: string; order?: Order; location?: string }

const userKey = 'seckill.user'
const attemptKey = (product: string, user: string) => `seckill.buy.${product}.${user}`

export const rememberedUser = (): string => readKept(userKey) ?? ''
export const rememberUser = (user: string) => keep(userKey, user)

export function loadAttempt(product: string, user: string): Attempt | undefined {
  const kept = readKept(attemptKey(product, user))
  try {
    return kept === null ? undefined : (JSON.parse(kept) as Attempt)
  } catch {
    return undefined
  }
}

export const keepAttempt = (product: string, user: string, attempt: Attempt) =>
  keep(attemptKey(product, user), JSON.stringify(attempt))

export const dropAttempt = (product: string, user: string) => dropKept(attemptKey(product, user))

// randomUUID is missing on plain http, where a shop in a test network may well be.
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
