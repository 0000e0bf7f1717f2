import type { Order } from '../api/bodies'
import { keep, readKept } from '../api/kept'

/**
 * One buyer's try at one unit, kept by the browser. As long as the key is kept, asking again is the same order: that is
 * what makes a reload, a second press or a lost answer harmless. Once there is an order it is kept too, ended or not.
 */
export type Attempt = {
  key: string
  order?: Order
  location?: string
  /** The buyer went on from it to the sale, so the page is no longer about it. */
  aside?: boolean
  /** The payment that the shop has taken for it, by the link with which it leads back here. */
  payment?: string
}

const userKey = 'seckill.user'
export const attemptsKey = (product: string, user: string) => `seckill.buy.${product}.${user}`

export const rememberedUser = (): string => readKept(userKey) ?? ''
export const rememberUser = (user: string) => keep(userKey, user)

/** The newest first. */
export function loadAttempts(product: string, user: string): Attempt[] {
  try {
    return [JSON.parse(readKept(attemptsKey(product, user)) ?? '[]')].flat() as Attempt[]
  } catch {
    return []
  }
}

/** Changes what is kept as it is now: another page of this browser may have bought meanwhile. */
export function changeAttempts(product: string, user: string, change: (kept: Attempt[]) => Attempt[]): Attempt[] {
  const next = change(loadAttempts(product, user))
  keep(attemptsKey(product, user), JSON.stringify(next))
  return next
}

/** The attempts with `next` in the place of the one that has its key, or its order; before all others where there is none. */
export function withAttempt(kept: Attempt[], next: Attempt): Attempt[] {
  const same = ({ key, order }: Attempt) => key === next.key || (order !== undefined && order.order_id === next.order?.order_id)
  const at = kept.findIndex(same)
  const others = kept.filter((one) => !same(one))
  return at < 0 ? [next, ...others] : others.toSpliced(at, 0, next)
}

export const without = (kept: Attempt[], key: string): Attempt[] => kept.filter((one) => one.key !== key)

/** An order as an answer has it. Not every answer tells of its payment. */
export const anew = ({ payment }: Order, order: Order): Order => (payment ? { payment, ...order } : order)

/** The attempts with what is known now of this order; a rejected one is none. */
export const withOrder = (kept: Attempt[], order: Order): Attempt[] =>
  kept.flatMap((one) => {
    if (one.order?.order_id !== order.order_id) return [one]
    return order.status === 'rejected' ? [] : [{ ...one, order: anew(one.order, order) }]
  })

// randomUUID is missing on plain http, where a shop in a test network may well be.
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
