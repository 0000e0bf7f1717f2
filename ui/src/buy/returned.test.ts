import { describe, expect, it } from 'vitest'
import type { Order } from '../api/bodies'
import type { Payment } from '../api/payments'
import type { Attempt } from './attempt'
import { pathOf, unsettled, withReturned } from './returned'

const order: Order = { order_id: 'o1', product_id: '1', user_id: 'u1', status: 'expired', epoch: 1 }
const attempt: Attempt = { key: 'a', order, payment: 'pay_1' }
const told = (status: Payment['status']): Attempt => ({ ...attempt, order: { ...order, payment: { status } as Payment } })

it('a payment belongs to the attempt of its order alone', () => {
  const kept: Attempt[] = [{ key: 'b' }, { key: 'a', order }]
  expect(withReturned(kept, { order: 'o1', payment: 'pay_1' })).toEqual([{ key: 'b' }, attempt])
  expect(withReturned(kept, { order: 'o2', payment: 'pay_1' })).toEqual(kept)
})

describe('an order is asked for', () => {
  it('with its payment', () => expect(pathOf(attempt, order)).toBe('/api/orders/o1?payment=pay_1'))
  it('where it was placed, too', () =>
    expect(pathOf({ ...attempt, location: '/api/orders/o1?epoch=1' }, order)).toBe('/api/orders/o1?epoch=1&payment=pay_1'))
  it('alone, where no shop has said that it took a payment', () => expect(pathOf({ key: 'a', order }, order)).toBe('/api/orders/o1'))
})

describe('a payment', () => {
  it('is waited for until the shop has told of it, and while it is late', () => {
    expect(unsettled(attempt)).toBe(true)
    expect(unsettled(told('late'))).toBe(true)
    expect(unsettled(told('paid'))).toBe(true) // the order that it got is still to be fetched
  })
  it('is settled once it is owed back, was paid back, or pays this order', () => {
    expect(unsettled(told('refund_due'))).toBe(false)
    expect(unsettled(told('refunded'))).toBe(false)
    expect(unsettled({ ...attempt, order: { ...order, payment_id: 'pay_1' } })).toBe(false)
  })
  it('is none where none was taken', () => expect(unsettled({ key: 'a', order })).toBe(false))
})
