import type { Order } from '../api/bodies'
import { request } from '../api/request'
import type { Attempt } from './attempt'

// A shop that has taken a payment leads the buyer back by /buy/ID?order=…&payment=…, so that the page can say what has
// become of it, also where the order had ended before the money came.

type Returned = { order: string; payment: string }

export const returned = takeReturned()

function takeReturned(): Returned | undefined {
  if (globalThis.location === undefined) return undefined // under test
  const search = new URLSearchParams(location.search)
  const [order, payment] = [search.get('order'), search.get('payment')]
  if (!order || !payment) return undefined
  history.replaceState(history.state, '', location.pathname + location.hash)
  return { order, payment }
}

export const withReturned = (kept: Attempt[], { order, payment }: Returned): Attempt[] =>
  kept.map((one) => (one.order?.order_id === order ? { ...one, payment } : one))

/** Where to ask for an order of an attempt, with its payment. */
export function pathOf({ location, payment }: Attempt, { order_id }: Order): string {
  const path = location ?? `/api/orders/${order_id}`
  return payment ? `${path}${path.includes('?') ? '&' : '?'}payment=${encodeURIComponent(payment)}` : path
}

/** Whether it is not known yet what comes of the payment. */
export const unsettled = ({ order, payment }: Attempt): boolean =>
  payment !== undefined &&
  order !== undefined &&
  order.payment_id !== payment &&
  order.payment?.status !== 'refund_due' &&
  order.payment?.status !== 'refunded'

/** The order that a payment got which came late, if there is one. */
export async function lateOrder({ order_id, payment }: Order): Promise<Order | undefined> {
  const late = payment?.late_order_id
  if (payment?.status !== 'paid' || !late || late === order_id) return undefined
  return (await request<Order>(`/api/orders/${late}`).catch(() => undefined))?.body
}
