import { expect, test } from 'vitest'
import type { Order } from '../api/bodies'
import type { Payment } from '../api/payments'
import { happened } from './happened'

const at = (minute: number) => `2030-01-02T03:0${minute}:00.000Z`
const order: Order = { order_id: 'o', product_id: '1', user_id: 'u', status: 'placed', number: 1, placed_at: at(0) }
const payment: Payment = { payment_id: 'm', product_id: '1', order_id: 'o', amount: 1999, currency: 'EUR', status: 'paid', at: at(1), changed_at: at(1) }
const entry = (what: 'pay' | 'cancel' | 'void', minute: number, order_id = 'o') => ({ number: minute, at: at(minute), by: 'ann', what, order_id, changes: [] })

const told = (...of: Parameters<typeof happened>) => happened(...of).map(({ by, what }) => [by, what])

test('an order is placed by its buyer, and ended by whoever did', () => {
  expect(told(order, [], [])).toEqual([['the buyer', 'Placed']])
  const cancelled: Order = { ...order, status: 'cancelled', ended_at: at(2) }
  expect(told(cancelled, [], []).at(-1)).toEqual(['the buyer', 'Cancelled'])
  expect(told(cancelled, [entry('cancel', 2)], []).at(-1)).toEqual(['ann', 'Cancelled'])
  expect(told(cancelled, [entry('cancel', 2, 'another')], []).at(-1)).toEqual(['the buyer', 'Cancelled'])
  expect(told({ ...order, status: 'expired', ended_at: at(2) }, [], []).at(-1)?.[0]).toBe('the sale')
})

test('payments stand between, with what became of them', () => {
  const voided: Order = { ...order, status: 'cancelled', payment_id: 'm', void_reason: 'a mistake', ended_at: at(3) }
  expect(told(voided, [entry('pay', 1), entry('void', 3)], [{ ...payment, status: 'refunded', refunded_by: 'bob', changed_at: at(4) }])).toEqual([
    ['the buyer', 'Placed'],
    ['ann', 'Payment of €19.99 received: m'],
    ['ann', 'Voided: a mistake'],
    ['bob', 'Payment m: refunded'],
  ])
  expect(told(voided, [], []).at(-1)).toEqual(['an operator', 'Voided: a mistake'])
})

test('a payment that was only played has no payment', () => {
  expect(told({ ...order, status: 'paid' }, [entry('pay', 2)], []).at(-1)).toEqual(['ann', 'Paid'])
})
