import type { Order } from './bodies'
import type { FoundOrders } from './schema'
import { asOperator } from './session'

/** What to look for among the orders of all products, by the server's names. */
export const searchFields = ['user_id', 'order_id', 'status', 'from', 'until'] as const
export type OrderSearch = Partial<Record<(typeof searchFields)[number], string>>

export const orderIdPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export async function searchOrders(search: OrderSearch, page: { after?: string | undefined; limit: number }): Promise<FoundOrders> {
  const query = new URLSearchParams({ limit: String(page.limit) })
  if (page.after) query.set('after', page.after)
  for (const field of searchFields) if (search[field]) query.set(field, search[field])
  return (await asOperator<FoundOrders>(`/api/orders?${query}`)).body
}

export async function findOrder(id: string): Promise<Order | null> {
  return (await searchOrders({ order_id: id }, { limit: 1 })).orders[0] ?? null
}

export async function cancelOrder(id: string): Promise<void> {
  await asOperator(`/api/orders/${id}/cancel`, { method: 'POST' })
}

/** Whether its buyer can still end it, and so can an operator without a reason. */
export const cancellable = ({ status, pay_by }: Order): boolean => status === 'placed' && pay_by !== undefined

/** Whether only the shop can end it. */
export const voidable = ({ status, pay_by }: Order): boolean => status === 'paid' || (status === 'placed' && pay_by === undefined)

/** The page of an order. */
export const orderPage = ({ order_id }: Pick<Order, 'order_id'>): string => `/?order=${order_id}`
