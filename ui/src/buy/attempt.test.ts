import { describe, expect, it } from 'vitest'
import type { Order, Status } from '../api/bodies'
import { keep } from '../api/kept'
import { attemptsKey, changeAttempts, loadAttempts, withAttempt, without, withOrder, type Attempt } from './attempt'

const order = (id: string, status: Status = 'placed'): Order => ({ order_id: id, product_id: '1', user_id: 'u1', status, epoch: 1 })
const two: Attempt[] = [{ key: 'b', order: order('o2') }, { key: 'a', order: order('o1'), aside: true }]

// Under test there is no browser, as where one is told to keep nothing.
describe('what is kept', () => {
  it('is nothing at first', () => expect(loadAttempts('1', 'nobody')).toEqual([]))
  it('is changed as it is, not as this page last saw it', () => {
    changeAttempts('1', 'u1', () => two)
    expect(changeAttempts('1', 'u1', (kept) => without(kept, 'b'))).toEqual([two[1]])
    expect(loadAttempts('1', 'u1')).toEqual([two[1]])
    expect(loadAttempts('2', 'u1')).toEqual([])
  })
  it('may be the one attempt of an older page, or unreadable', () => {
    keep(attemptsKey('1', 'old'), JSON.stringify(two[0]))
    expect(loadAttempts('1', 'old')).toEqual([two[0]])
    keep(attemptsKey('1', 'old'), '{')
    expect(loadAttempts('1', 'old')).toEqual([])
  })
})

describe('an attempt', () => {
  it('that is new stands before the others', () => expect(withAttempt(two, { key: 'c' })).toEqual([{ key: 'c' }, ...two]))
  it('takes the place of what has its key', () =>
    expect(withAttempt(two, { key: 'a', order: order('o1', 'paid') })).toEqual([two[0], { key: 'a', order: order('o1', 'paid') }]))
  it('takes the place of what has its order, and leaves one of it', () =>
    expect(withAttempt([{ key: 'c' }, ...two], { key: 'c', order: order('o1') })).toEqual([{ key: 'c', order: order('o1') }, two[0]]))
})

describe('an order', () => {
  it('is known anew, wherever it is', () =>
    expect(withOrder(two, order('o1', 'expired'))).toEqual([two[0], { key: 'a', order: order('o1', 'expired'), aside: true }]))
  it('that was rejected is none', () => expect(withOrder(two, order('o2', 'rejected'))).toEqual([two[1]]))
  it('of nobody here changes nothing', () => expect(withOrder(two, order('o3'))).toEqual(two))
})
