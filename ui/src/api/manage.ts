import { noteServerTime } from '../sale/clock'
import type { Order, Orders, Product, Products, Status, Terms } from './bodies'
import { productPath } from './products'
import { Refused, request } from './request'
import { asOperator } from './session'

// What the console alone asks: the page of a buyer does not load it.

export const kinds = ['sales', 'live', 'upcoming', 'past', 'archived'] as const
export const sorts = ['state', 'opening', 'left', 'id'] as const
export type ProductQuery = { search: string; show: (typeof kinds)[number]; sort: (typeof sorts)[number] }

/** A page of products. `quiet`: nobody is asked for a token, as where the page asks by itself. */
export async function listProducts(query: ProductQuery, after: string | undefined, quiet: boolean): Promise<Products> {
  const search = new URLSearchParams({ show: query.show, sort: query.sort })
  if (query.search) search.set('search', query.search)
  if (after) search.set('after', after)
  const { body, times } = await (quiet ? request : asOperator)<Products>(`/api/products?${search}`)
  if (body.products[0]) noteServerTime(body.products[0].server_time, times)
  return body
}

export async function putProduct(id: string, terms: Terms): Promise<Product> {
  return (await asOperator<Product>(productPath(id), { method: 'PUT', json: terms })).body
}

export type Step = 'pause' | 'resume' | 'close' | 'archive' | 'unarchive'

export async function stepProduct(id: string, step: Step): Promise<void> {
  await asOperator(`${productPath(id)}/${step}`, { method: 'POST' })
}

export async function deleteProduct(id: string): Promise<void> {
  await asOperator(productPath(id), { method: 'DELETE' })
}

export function termsOf(product: Product): Terms {
  return {
    quantity: product.quantity,
    name: product.name,
    limit_per_user: product.limit_per_user,
    orders_per_user: product.orders_per_user,
    ...(product.unpaid_per_address ? { unpaid_per_address: product.unpaid_per_address } : {}),
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
  await allowing([404], deleteProduct(product.id))
  await openAgain(product)
}

/** On the same terms; a closing time that has gone by is left out. */
export async function openAgain(product: Product): Promise<void> {
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
