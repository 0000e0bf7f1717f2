import { describe, expect, it } from 'vitest'
import { errorOf, middle, narrowed, seenBounds } from './bounds'

describe('an answer', () => {
  it('bounds the difference by the way it took', () => {
    const bounds = seenBounds(10_000, 100, 140)
    expect(bounds).toEqual({ low: 9_860, high: 9_901 })
    expect(errorOf(bounds)).toBe(20.5)
  })
  it('of a stream bounds it from below, and is taken as it came', () => {
    const bounds = seenBounds(10_000, undefined, 140)
    expect(middle(bounds)).toBe(9_860)
    expect(errorOf(bounds)).toBe(Infinity)
  })
})

describe('narrowed', () => {
  it('keeps what both allow', () =>
    expect(narrowed({ low: 0, high: 100 }, { low: 40, high: 200 }, 0)).toEqual({ low: 40, high: 100 }))
  it('lets what is old grow vague', () =>
    expect(narrowed({ low: 50, high: 60 }, { low: 0, high: 100 }, 10_000)).toEqual({ low: 49, high: 61 }))
  it('begins anew after a clock was set', () =>
    expect(narrowed({ low: 0, high: 10 }, { low: 3_600_000, high: 3_600_020 }, 100)).toEqual({ low: 3_600_000, high: 3_600_020 }))
})
