import { describe, expect, it } from 'vitest'
import { equation } from './equation'

const numbers = (all: Record<string, number>) => Object.entries(all).map(([name, value]) => ({ name, value }))

describe('equation', () => {
  it('puts every number beside its name', () =>
    expect(
      equation({
        words: 'remaining + held + in flight + returns pending = quantity',
        numbers: numbers({ remaining: 1200, held: 98, 'in flight': 1, 'returns pending': 0, quantity: 1299 }),
      }),
    ).toBe('remaining 1,200 + held 98 + in flight 1 + returns pending 0 = quantity 1,299'))
  it('puts them where the words have them', () =>
    expect(equation({ words: 'held by one user <= limit', numbers: numbers({ held: 1, limit: 2 }) })).toBe('held 1 by one user <= limit 2'))
  it('lets those follow that the words do not name', () =>
    expect(equation({ words: 'orders went by legal steps only', numbers: numbers({ rows: 100 }) })).toBe('orders went by legal steps only: rows 100'))
  it('is the words alone without numbers', () => expect(equation({ words: 'so it is' })).toBe('so it is'))
})
