import { describe, expect, it } from 'vitest'
import { termsOf } from '../api/manage'
import { freeId, momentsOf, termsFrom, typedFrom, windowOf } from './terms'

const typed = typedFrom('1', undefined)

describe('termsFrom', () => {
  it('sends numbers as numbers', () => expect(termsFrom({ ...typed, quantity: ' 250 ' }).quantity).toBe(250))
  it.each(['', 'many', '1e999', '5 0'])('leaves %j to the server', (quantity) =>
    expect(termsFrom({ ...typed, quantity }).quantity).toBe(quantity.trim()))
  it('leaves out times that were not given', () => expect(Object.keys(termsFrom(typed))).not.toContain('opens_at'))
  it('has no group unless one was typed', () => {
    expect(Object.keys(termsFrom(typed))).not.toContain('group')
    expect(termsFrom({ ...typed, group: ' /members:vip ' }).group).toBe('/members:vip')
  })
  it('gives a group back as it came', () =>
    expect(termsFrom(typedFrom('1', { quantity: 1, group: 'auth0|vip' } as never)).group).toBe('auth0|vip'))
  it('sends a price in the smallest unit', () =>
    expect(termsFrom({ ...typed, amount: '19.99', currency: ' eur' }).price).toEqual({ amount: 1999, currency: 'EUR' }))
  it('leaves an amount that is no number to the server', () =>
    expect(termsFrom({ ...typed, amount: 'a lot', currency: 'EUR' }).price).toEqual({ amount: 'a lot', currency: 'EUR' }))
  it('gives a price back as it came', () => {
    const price = { amount: 1990, currency: 'KWD' }
    expect(termsFrom(typedFrom('1', { price } as never)).price).toEqual(price)
  })
  it('leaves out a price and links that were not given', () =>
    expect(Object.keys(termsFrom(typed)).filter((key) => ['price', 'url', 'image_url'].includes(key))).toEqual([]))
  it('gives times back as they came', () => {
    const opens_at = '2026-03-04T09:05:07.000Z'
    const product = { opens_at, quantity: 1, limit_per_user: 1, payment_window: '0s', name: '' }
    expect(termsFrom(typedFrom('1', product as never)).opens_at).toBe(opens_at)
  })
})

it('keeps whom it is for when a sale is started over', () => {
  expect(termsOf({ group: 'vip' } as never).group).toBe('vip')
  expect(Object.keys(termsOf({} as never))).not.toContain('group')
})

it('offers the first id that is free', () => {
  expect(freeId(['1', '3', 'poster'])).toBe('2')
})

describe('moments', () => {
  const at = Date.parse('2026-03-04T09:00:00Z')
  it('count from now, and the closing from the opening', () =>
    expect(momentsOf({ ...typed, opensAt: '+60', closesAt: '+600' }, at)).toEqual({ opens: at + 60_000, closes: at + 660_000 }))
  it('count from now where it opens at once', () =>
    expect(momentsOf({ ...typed, closesAt: '+600' }, at)).toEqual({ opens: undefined, closes: at + 600_000 }))
  it('are of the reader’s zone', () =>
    expect(momentsOf({ ...typed, opensAt: '@2026-03-04T09:05:07' }, at).opens).toBe(new Date(2026, 2, 4, 9, 5, 7).getTime()))
  it('are no times where none is chosen yet', () => expect(momentsOf({ ...typed, opensAt: '@' }, at).opens).toBeNaN())
})

describe('payment windows', () => {
  it.each([['0s', '0'], ['15m', '900'], ['1h30m', '=1 hour 30 minutes'], ['24h', '86400']])('%s is shown as %s, and sent as it was', (payment_window, window) => {
    const shown = typedFrom('1', { payment_window } as never)
    expect(shown.window).toBe(window)
    expect(termsFrom(shown).payment_window).toBe(payment_window)
  })
  it('are none of what is no length of time', () => expect(windowOf('=soon')).toBeUndefined())
})
