import { noteServerTime } from '../sale/clock'
import type { Product } from './bodies'
import { request } from './request'

export const productPath = (id: string) => `/api/products/${encodeURIComponent(id)}`

export async function getProduct(id: string): Promise<Product> {
  const { body, times } = await request<Product>(productPath(id))
  noteServerTime(body.server_time, times)
  return body
}
