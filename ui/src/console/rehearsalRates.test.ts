import { describe, expect, it } from 'vitest'
import { ratesFrom, ratesOf } from './rehearsalRates'

describe('ratesOf', () => {
  it('is what came between two looks, a second', () =>
    expect(ratesOf([{ at: 0.5, answers: { placed: 100 } }, { at: 1, answers: { placed: 100, sold_out: 50 } }])).toEqual({
      times: [0, 0.5, 1],
      perS: [{ placed: 200 }, { placed: 200 }, { placed: 0, sold_out: 100 }],
    }))
  it('leaves out looks that are too near to each other', () =>
    expect(ratesOf([{ at: 0.1, answers: { placed: 1 } }, { at: 0.3, answers: { placed: 3 } }]).times).toEqual([0, 0.3]))
  it('is nothing before there was anything', () => expect(ratesOf([])).toEqual({ times: [], perS: [] }))
})

describe('ratesFrom', () => {
  const cells = Array.from({ length: 30 }, (_, i) => (i < 5 ? { placed: 20 } : { sold_out: 40 }))
  it('joins the cells of a report into wider ones', () => {
    const { times, perS } = ratesFrom({ cell_s: 0.05, cells })
    expect(times).toHaveLength(7)
    expect(times[1]).toBeCloseTo(0.25)
    expect(perS[1]?.placed).toBeCloseTo(400)
    expect(perS[2]?.sold_out).toBeCloseTo(800)
  })
  it('divides a last one by its own width', () =>
    expect(ratesFrom({ cell_s: 0.25, cells: [{ placed: 1 }] }).perS).toEqual([{ placed: 4 }, { placed: 4 }]))
})
