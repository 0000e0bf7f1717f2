import { expect, it } from 'vitest'
import type { Order, Status } from '../api/bodies'
import { mergeNewest } from './newest'

const order = (number: number, status: Status = 'placed'): Order => ({
  order_id: `o${number}`, product_id: '1', user_id: 'u', status, epoch: 1, number,
})

it('keeps the newest, newest first, in their latest state', () => {
  const merged = mergeNewest([order(3), order(2), order(1)], [order(5), order(3, 'paid')], 3)
  expect(merged.map((one) => [one.number, one.status])).toEqual([
    [5, 'placed'],
    [3, 'paid'],
    [2, 'placed'],
  ])
})
