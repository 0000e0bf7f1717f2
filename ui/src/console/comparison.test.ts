import { describe, expect, it } from 'vitest'
import type { Rehearsal } from '../api/rehearsals'
import { bothLines, differences, timesOf } from './comparison'

const rehearsal = (buyers: number, p99_ms: number, part: Partial<Rehearsal> = {}): Rehearsal => ({
  id: `rehearsal-${buyers}`, state: 'done', buyers, over: '5s', quantity: 100, repeat_clickers: 0, quitters: 0, elapsed_s: 5,
  sent: buyers, answered: buyers, errors: 0, answers: {}, placed: 100, report: true,
  latency: { count: buyers, mean_ms: 1, p50_ms: 1, p90_ms: 1, p99_ms, p99_9_ms: 1, max_ms: 1 }, ...part,
})

describe('differences', () => {
  it('are said in words, the slower one by the faster', () => {
    expect(differences(rehearsal(10_000, 2), rehearsal(20_000, 64))).toEqual([
      'p50 was the same, at twice the buyers.',
      'p99 was 32 times as long in the second, at twice the buyers.',
      'Each placed 100.',
    ])
    expect(differences(rehearsal(10_000, 7), rehearsal(10_000, 2, { placed: 99, errors: 3 })).slice(1)).toEqual([
      'p99 was 3.5 times as long in the first, at as many buyers.',
      'The first placed 100, the second 99.',
      'Errors: 0 in the first, 3 in the second.',
    ])
    expect(differences(rehearsal(10_000, 2), rehearsal(5_000, 4))[1]).toBe('p99 was twice as long in the second, at half the buyers.')
  })
  it.each([[1.04, 1], [2.04, 2], [2.55, 2.5], [31.6, 32], [316.4, 316], [0.5, 0.5]])('%d times is %d', (ratio, times) => expect(timesOf(ratio)).toBe(times))
})

describe('bothLines', () => {
  it('has every kind of answer of both over one time', () => {
    const first = rehearsal(60, 1, { timeline: { cell_s: 0.25, cells: [{ placed: 10 }, { sold_out: 20 }] } })
    const second = rehearsal(60, 1, { timeline: { cell_s: 0.125, cells: [{ placed: 5 }, { placed: 5, no_answer: 1 }, {}, {}, { sold_out: 8 }] } })
    const { times, lines } = bothLines([first, second])
    expect(times).toEqual([0.125, 0.375, 0.625])
    expect(lines.map(({ word, tone, dashed, values }) => [word, tone, dashed, values])).toEqual([
      ['placed, first', 'placed', false, [40, 0, 0]],
      ['placed, second', 'placed', true, [40, 0, 0]],
      ['sold out, first', 'sold-out', false, [0, 80, 0]],
      ['sold out, second', 'sold-out', true, [0, 0, 32]],
      ['no answer, first', 'error', false, [0, 0, 0]],
      ['no answer, second', 'error', true, [4, 0, 0]],
    ])
  })
})
