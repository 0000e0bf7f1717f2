import { afterEach, describe, expect, it } from 'vitest'
import { language } from '../words/language'
import { equation } from './equation'

const numbers = (all: Record<string, number>) => Object.entries(all).map(([name, value]) => ({ name, value }))

describe('equation', () => {
  afterEach(() => language.choose('en'))
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
  it('is in the page\'s language, by its code', () => {
    language.choose('zh')
    const held = { words: 'held <= quantity', numbers: numbers({ held: 98, quantity: 1299 }) }
    expect(equation({ ...held, code: 'held_within_quantity', invariant: 'quantity', holds: true })).toBe('被持有 98 ≤ 数量 1,299')
    expect(equation({ ...held, words: 'not so: held <= quantity', code: 'held_within_quantity' })).toBe('不成立：被持有 98 ≤ 数量 1,299')
  })
  it('is as it was kept, where it was kept without a code', () => {
    language.choose('zh')
    expect(equation({ words: 'partition 3: position <= log end', numbers: numbers({ position: 8, 'log end': 9 }) })).toBe(
      'partition 3: position 8 <= log end 9',
    )
  })
  it('is the words alone without numbers', () => expect(equation({ words: 'so it is' })).toBe('so it is'))
})
