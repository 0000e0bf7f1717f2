import { describe, expect, it } from 'vitest'
import type { Product } from '../api/bodies'
import { changesInWords } from './changes'
import { typedFrom } from './terms'

const product = (part: Partial<Product> = {}): Product => ({
  id: '1', name: '', quantity: 100, limit_per_user: 1, orders_per_user: 20, payment_window: '0s', state: 'on_sale', epoch: 1, remaining: 40,
  queued: 0, held: 60, placed: 60, paid: 0, cancelled: 0, expired: 0, rejected: 0, server_time: '', ...part,
})
const change = (typed: object, part?: Partial<Product>) => changesInWords(product(part), { ...typedFrom('1', product(part)), ...typed })

describe('changesInWords', () => {
  it('says so where nothing would change', () => expect(change({})).toBe('Nothing changes yet.'))
  it('counts what comes on top', () => expect(change({ quantity: '1200' })).toBe('1,100 units more can be bought. Its 60 orders stay.'))
  it('names what is held where units go', () =>
    expect(change({ quantity: '99' })).toBe('1 unit fewer. It cannot go below the 60 that are placed or paid. Its 60 orders stay.'))
  it('tells all that is changed', () =>
    expect(change({ limit: '2', window: '900' })).toBe(
      'A buyer may have 2 instead of 1. The new payment window applies to orders placed from now on. Its 60 orders stay.',
    ))
  it('says who may buy it from then on', () => {
    expect(change({ group: ' vip ' }, { placed: 0 })).toBe('Only buyers in the group vip can buy it.')
    expect(change({ group: '' }, { group: 'vip', placed: 0 })).toBe('Every buyer can buy it.')
    expect(change({}, { group: 'vip' })).toBe('Nothing changes yet.')
  })
  it('says that a closed one is on sale again', () => expect(change({}, { state: 'closed', placed: 0 })).toBe('It is on sale again.'))
})
