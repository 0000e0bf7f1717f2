import type { Order } from '../api/bodies'
import { Refused, retryAfter, Unreachable, type Answer } from '../api/request'

/** Where a buyer stands. */
export type Stand =
  | { at: 'looking'; refusal?: Refused; note?: 'rejected' | 'startedOver' }
  /** The request is out. `trouble` says why it has to be asked again, with the same key. */
  | { at: 'asking'; trouble?: 'busy' | 'unreachable' }
  | { at: 'waiting'; order: Order }
  /** There is an order. `already` when it is from before, and the press added none. */
  | { at: 'holding'; order: Order; already: boolean }

/** The order that the page is about. */
export const orderOf = (stand: Stand): Order | undefined => (stand.at === 'waiting' || stand.at === 'holding' ? stand.order : undefined)

export const holds = ({ status }: Order): boolean => status === 'placed' || status === 'paid'

/** Whether it ends where it is not paid in time. */
export const owes = ({ status, pay_by }: Order): boolean => status === 'placed' && pay_by !== undefined

/** Where an answer leads, and when to go on by oneself. */
export type Turn = { stand: Stand; againMs?: number; location?: string }

const againMs = 1000

export function afterAnswer(answer: Answer<Order>): Turn {
  const order = answer.body
  if (order.status !== 'queued') return { stand: { at: 'holding', order, already: false } }
  return {
    stand: { at: 'waiting', order },
    againMs: retryAfter(answer.headers) ?? againMs,
    location: answer.headers.get('Location') ?? `/api/orders/${order.order_id}`,
  }
}

// Refusals of the moment, and answers that leave open what happened: the same request is sent again. A pause is none of
// them, since it may last for hours.
const passing = ({ kind, status }: Refused) => kind !== 'paused' && (status === 408 || status === 429 || status >= 500)

export function afterFailure(error: unknown): Turn {
  if (error instanceof Unreachable) return { stand: { at: 'asking', trouble: 'unreachable' }, againMs }
  if (!(error instanceof Refused)) throw error
  if (passing(error)) return { stand: { at: 'asking', trouble: 'busy' }, againMs: error.retryAfterMs ?? againMs }
  const order = error.problem.order
  if (error.kind === 'already_bought' && order) return { stand: { at: 'holding', order, already: true } }
  return { stand: { at: 'looking', refusal: error } }
}

/** What the order in hand says about whether the buyer's unit is still theirs. */
export function afterOrder(order: Order, already: boolean): Stand {
  if (order.status === 'queued') return { at: 'waiting', order }
  if (order.status === 'rejected') return { at: 'looking', note: 'rejected' }
  return { at: 'holding', order, already }
}
