import { describe, expect, it } from 'vitest'
import type { Product } from '../api/bodies'
import { saleNow } from './saleNow'

const at = (second: number) => new Date(second * 1000).toISOString()
const product = (part: Partial<Product>): Product => ({
  id: '1', name: '', quantity: 10, limit_per_user: 1, orders_per_user: 20, payment_window: '0s', state: 'on_sale', epoch: 1, remaining: 10,
  queued: 0, held: 0, placed: 0, paid: 0, cancelled: 0, expired: 0, rejected: 0, server_time: at(0), ...part,
})

describe('saleNow', () => {
  it.each<[string, Partial<Product>]>([
    ['63 left · Keyboard', { remaining: 63 }],
    ['0:10 · Keyboard', { state: 'not_open', opens_at: at(10) }],
    ['Sold out · Keyboard', { state: 'sold_out', remaining: 0 }],
    ['Paused · Keyboard', { state: 'paused' }],
  ])('%s', (text, terms) => expect(saleNow(product({ name: 'Keyboard', ...terms }), 0)).toBe(text))
})
