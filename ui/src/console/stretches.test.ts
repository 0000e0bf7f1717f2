import { describe, expect, it } from 'vitest'
import { layersOf, placedBy, rushOf, stretchesFrom, stretchesOf, stretchesOfSale } from './stretches'

describe('stretchesOf', () => {
  it('is what came between two looks', () =>
    expect(stretchesOf([{ at: 0.5, answers: { placed: 100 } }, { at: 1, answers: { placed: 100, sold_out: 50 } }])).toEqual([
      { from: 0, to: 0.5, answers: { placed: 100 } },
      { from: 0.5, to: 1, answers: { placed: 0, sold_out: 50 } },
    ]))
  it('leaves out looks that are too near to each other', () =>
    expect(stretchesOf([{ at: 0.1, answers: { placed: 1 } }, { at: 0.3, answers: { placed: 3 } }])).toEqual([{ from: 0, to: 0.3, answers: { placed: 3 } }]))
  it('is nothing before there was anything', () => expect(stretchesOf([])).toEqual([]))
})

describe('stretchesFrom', () => {
  it('joins the cells of a report as its own chart does, and loses nobody', () => {
    const cells = Array.from({ length: 150 }, (_, i) => (i < 5 ? { placed: 20 } : { sold_out: 40 }))
    const stretches = stretchesFrom({ cell_s: 0.05, cells })
    expect(stretches).toHaveLength(75)
    expect(stretches[2]).toEqual({ from: 0.2, to: expect.closeTo(0.3) as number, answers: { placed: 20, sold_out: 40 } })
    expect(placedBy(stretches).at(-1)?.n).toBe(100)
  })
})

it('a sale has the stretches that the server kept', () =>
  expect(
    stretchesOfSale({ answers: [{ from: '1970-01-01T00:00:01.000Z', to: '1970-01-01T00:00:01.100Z', answers: { placed: 1 } }], latency: { count: 1 }, placed: [] }),
  ).toEqual([{ from: 1, to: 1.1, answers: { placed: 1 } }]))

describe('layersOf', () => {
  it('lays rates on each other, and goes to nothing where nobody was answered', () =>
    expect(
      layersOf([
        { from: 0, to: 0.5, answers: { placed: 50, sold_out: 10 } },
        { from: 0.5, to: 1, answers: { sold_out: 20 } },
        { from: 3, to: 4, answers: { sold_out: 2, again: 1 } },
      ]),
    ).toEqual({ tones: ['placed', 'sold-out'], edges: [0, 0.5, 1, 3, 4], tops: [[100, 0, 0, 1, 0], [120, 40, 0, 3, 0]] }))
})

describe('rushOf', () => {
  const quiet = (from: number) => ({ from, to: from + 1, answers: { not_open: 1 } })
  it('is where nearly everybody came', () => {
    const rush = { from: 5000, to: 5001, answers: { sold_out: 9000 } }
    expect(rushOf([quiet(0), quiet(4000), rush, quiet(9000)], [0, 9001])).toEqual([4997.5, 5003.5])
  })
  it('is none where that is most of it', () => {
    expect(rushOf([], [0, 0])).toBeUndefined()
    expect(rushOf([quiet(0), quiet(1), quiet(2)], [0, 3])).toBeUndefined()
  })
})
