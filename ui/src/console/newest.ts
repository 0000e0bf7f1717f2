import type { Order } from '../api/bodies'

const rank = (order: Order) => order.number ?? Infinity

/** The newest `most` of what was known and what came, newest first; what came counts where both have an order. */
export function mergeNewest(known: Order[], came: Order[], most: number): Order[] {
  const byId = new Map([...known, ...came].map((order) => [order.order_id, order]))
  return [...byId.values()].sort((a, b) => rank(b) - rank(a)).slice(0, most)
}
