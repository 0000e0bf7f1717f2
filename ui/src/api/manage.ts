import { noteServerTime } from '../sale/clock'
import type { Order, Orders, Product, Status, Terms } from './bodies'
import { productPath } from './products'
import { Refused, request } from './request'
import { asOperator } from './session'

// What the console alone asks: the page of a buyer does not load it.

export async function listProducts(): Promise<Product[]> {
  const { body, times } = await request<{ products: Product[] }>('/api/products')
  if (body.products[0]) noteServerTime(body.products[0].server_time, times)
  return body.products
}

export async function putProduct(id: string, terms: Terms): Promise<Product> {
  return (await asOperator<Product>(productPath(id), { method: 'PUT', json: terms })).body
}

export type Step = 'pause' | 'resume' | 'close'

export async function stepProduct(id: string, step: Step): Promise<void> {
  await asOperator(`${productPath(id)}/${step}`, { method: 'POST' })
}

export function termsOf(product: Product): Terms {
  return {
    quantity: product.quantity,
    name: product.name,
    limit_per_user: product.limit_per_user,
    orders_per_user: product.orders_per_user,
    payment_window: product.payment_window,
    ...(product.group ? { group: product.group } : {}),
    ...(product.price ? { price: product.price } : {}),
    ...(product.url ? { url: product.url } : {}),
    ...(product.image_url ? { image_url: product.image_url } : {}),
    ...(product.opens_at ? { opens_at: product.opens_at } : {}),
    ...(product.closes_at ? { closes_at: product.closes_at } : {}),
  }
}

/** Whether the closing time has gone by, on the server's clock: put again with it, the product would be closed at once. */
export function closingTimeIsPast(product: Product): boolean {
  return product.closes_at !== undefined && Date.parse(product.closes_at) <= Date.parse(product.server_time)
}

/**
 * Close, delete, put again with the same terms. Every step may be repeated, so that after a failure in the middle the
 * whole can be asked for once more.
 */
export async function startOver(product: Product): Promise<void> {
  await allowing([404, 409], stepProduct(product.id, 'close'))
  await allowing([404], asOperator(productPath(product.id), { method: 'DELETE' }))
  const terms = termsOf(product)
  if (closingTimeIsPast(product)) delete terms.closes_at
  await putProduct(product.id, terms)
}

async function allowing(statuses: number[], step: Promise<unknown>): Promise<void> {
  try {
    await step
  } catch (error) {
    if (!(error instanceof Refused && statuses.includes(error.status))) throw error
  }
}

export type OrderQuery = { status?: Status; after?: number; newest?: boolean; limit: number }

export async function listOrders(id: string, query: OrderQuery): Promise<Orders> {
  const search = new URLSearchParams({ limit: String(query.limit) })
  if (query.status) search.set('status', query.status)
  if (query.after !== undefined) search.set('after', String(query.after))
  if (query.newest) search.set('order', 'newest')
  return (await asOperator<Orders>(`${productPath(id)}/orders?${search}`)).body
}

export const newestOf = (orders: Order[]): number => orders.reduce((most, order) => Math.max(most, order.number ?? 0), 0)
