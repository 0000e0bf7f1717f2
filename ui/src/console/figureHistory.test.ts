import { describe, expect, it } from 'vitest'
import type { Figures } from '../api/figures'
import { noHistory, withFigures } from './figureHistory'

const figures = (process: string, placed: number, p99_ms: number, part: Partial<Figures> = {}): Figures => ({
  process, window_s: 1, answers_per_s: { placed }, latency: { count: 10, p50_ms: 1, p90_ms: 2, p99_ms }, records: 10, folded: 9, ...part,
})

describe('withFigures', () => {
  it('takes the slowest process’ latency', () => {
    const { points, latest } = withFigures(withFigures(noHistory, figures('a', 100, 5), 1), figures('b', 50, 9), 2)
    expect(Object.keys(latest)).toEqual(['a', 'b'])
    expect(points.map((point) => point.p99)).toEqual([5, 9])
  })
  it('counts a process once, by what it said last', () =>
    expect(withFigures(withFigures(noHistory, figures('a', 100, 5), 1), figures('a', 70, 4), 2).points[1]?.p99).toBe(4))
  it('forgets a process that is not heard of', () =>
    expect(withFigures(withFigures(noHistory, figures('a', 100, 5), 1), figures('b', 50, 3), 60).points[1]?.p99).toBe(3))
  it('draws nothing of a window that reaches far back', () =>
    expect(withFigures(noHistory, figures('a', 1, 1, { window_s: 600 }), 1).points).toEqual([]))
  it('has no latency where nobody was answered, and no log where it cannot be told', () => {
    const idle = figures('a', 0, 0, { latency: { count: 0 } })
    delete idle.records
    expect(withFigures(noHistory, idle, 1).points[0]).toMatchObject({ p50: null, p99: null, records: null, folded: 9 })
  })
})
