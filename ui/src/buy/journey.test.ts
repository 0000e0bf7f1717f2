import { describe, expect, it } from 'vitest'
import type { Code, Order, Problem, Status } from '../api/bodies'
import { Refused, Unreachable } from '../api/request'
import { afterAnswer, afterFailure, afterOrder } from './journey'

const order = (status: Status): Order => ({ order_id: 'o1', product_id: '1', user_id: 'u1', status, epoch: 1 })
const answer = (status: number, body: Order, headers: Record<string, string> = {}) => ({
  status, body, headers: new Headers(headers),
})
const refused = (status: number, kind: Code, more: Partial<Problem> = {}, retryMs?: number) =>
  new Refused(status, { type: `/problems/${kind}`, title: kind, status, ...more }, retryMs)

describe('an answer', () => {
  it('of 201 or 200 is an order in hand', () => {
    expect(afterAnswer(answer(201, order('placed'))).stand).toEqual({ at: 'holding', order: order('placed'), already: false })
    expect(afterAnswer(answer(200, order('expired'))).stand.at).toBe('holding')
  })
  it('of 202 is a wait, at the place and pace that the server names', () => {
    const turn = afterAnswer(answer(202, order('queued'), { Location: '/api/orders/o1?epoch=1', 'Retry-After': '3' }))
    expect(turn).toEqual({ stand: { at: 'waiting', order: order('queued') }, againMs: 3000, location: '/api/orders/o1?epoch=1' })
  })
})

describe('a failure', () => {
  it('without an answer is asked again: the order may be there', () =>
    expect(afterFailure(new Unreachable())).toEqual({ stand: { at: 'asking', trouble: 'unreachable' }, againMs: 1000 }))
  it.each<[number, Code]>([[429, 'rate_limited'], [503, 'unavailable'], [503, 'outcome_unknown'], [500, 'internal']])('%d %s is asked again when the server says', (status, kind) =>
    expect(afterFailure(refused(status, kind, {}, 2000))).toEqual({ stand: { at: 'asking', trouble: 'busy' }, againMs: 2000 }))
  it.each<[number, Code]>([[503, 'paused'], [409, 'sold_out'], [403, 'not_open'], [410, 'closed'], [404, 'not_found'], [422, 'invalid']])(
    '%d %s ends the try', (status, kind) => expect(afterFailure(refused(status, kind)).stand.at).toBe('looking'))
  it('of already_bought shows the order from before', () =>
    expect(afterFailure(refused(409, 'already_bought', { order: order('placed') })).stand).toEqual({
      at: 'holding', order: order('placed'), already: true,
    }))
})

describe('an order', () => {
  it('that was rejected leaves the buyer free to try again', () => expect(afterOrder(order('rejected'), false).at).toBe('looking'))
  it('that is still queued is a wait', () => expect(afterOrder(order('queued'), false).at).toBe('waiting'))
  it('stays in hand after it ended', () => expect(afterOrder(order('cancelled'), true).at).toBe('holding'))
})
