import { describe, expect, it } from 'vitest'
import type { Product } from '../api/bodies'
import { nextMoment, scheduleOf, stateAt, titleOf } from './state'

const at = (second: number) => new Date(second * 1000).toISOString()
const product = (part: Partial<Product>): Product => ({
  id: '1', name: '', quantity: 10, limit_per_user: 1, orders_per_user: 20, payment_window: '0s', state: 'on_sale', epoch: 1, remaining: 10,
  queued: 0, held: 0, placed: 0, paid: 0, cancelled: 0, expired: 0, rejected: 0, server_time: at(0), ...part,
})

describe('stateAt', () => {
  it('opens at its time, though the server has not said so yet', () => {
    const early = product({ state: 'not_open', opens_at: at(10) })
    expect(stateAt(early, 9_999)).toBe('not_open')
    expect(stateAt(early, 10_000)).toBe('on_sale')
  })
  it('closes at its time, from any state', () => {
    for (const state of ['on_sale', 'sold_out', 'paused'] as const) {
      expect(stateAt(product({ state, closes_at: at(10) }), 10_000)).toBe('closed')
    }
  })
  it('leaves a paused sale paused past its opening', () => {
    expect(stateAt(product({ state: 'paused', opens_at: at(1) }), 5_000)).toBe('paused')
  })
})

describe('nextMoment', () => {
  it('is the opening, then the closing, then nothing', () => {
    const terms = product({ state: 'not_open', opens_at: at(10), closes_at: at(20) })
    expect(nextMoment(terms, 0)).toEqual({ word: 'Opens in', at: 10_000 })
    expect(nextMoment(terms, 10_000)).toEqual({ word: 'Closes in', at: 20_000 })
    expect(nextMoment(terms, 20_000)).toBeUndefined()
  })
  it('is the opening of a paused sale, too', () =>
    expect(nextMoment(product({ state: 'paused', opens_at: at(10) }), 0)).toEqual({ word: 'Opens in', at: 10_000 }))
})

describe('scheduleOf', () => {
  it('says what is to come, and what is past', () => {
    const terms = product({ opens_at: new Date(2026, 10, 29, 10).toISOString(), closes_at: new Date(2026, 10, 29, 11, 0, 5).toISOString() })
    const [opened, closes] = scheduleOf(terms, new Date(2026, 10, 29, 10, 30).getTime())
    expect(opened).toMatch(/^Opened Sun, 29 Nov 2026, 10:00 \S+$/)
    expect(closes).toMatch(/^Closes Sun, 29 Nov 2026, 11:00:05 \S+$/)
  })
  it('is nothing where no time is set', () => expect(scheduleOf(product({}), 0)).toEqual([]))
})

describe('titleOf', () => {
  it.each([['', 'Product 1'], ['\u3000', 'Product 1'], ['限量\u3000键盘', '限量\u3000键盘']])('%j is %s', (name, title) =>
    expect(titleOf(product({ name }))).toBe(title))
})
