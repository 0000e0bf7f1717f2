import { describe, expect, it } from 'vitest'
import type { Rehearsal } from '../api/rehearsals'
import { outcome, planOf, secondsOf } from './outcome'

const rehearsal = (part: Partial<Rehearsal> = {}): Rehearsal => ({
  id: 'rehearsal-1', state: 'done', buyers: 10_000, over: '5s', quantity: 100, repeat_clickers: 0, quitters: 0, elapsed_s: 5,
  sent: 10_000, answered: 10_000, errors: 0, answers: { placed: 100, sold_out: 9_900 }, placed: 100, oversold: 0, findings: 0, report: true,
  latency: { count: 0, mean_ms: 0, p50_ms: 0, p90_ms: 0, p99_ms: 0, p99_9_ms: 0, max_ms: 0 }, ...part,
})

describe('outcome', () => {
  it.each<[Partial<Rehearsal>, string]>([
    [{}, '100 placed, 0 oversold, no findings'],
    [{ oversold: 1, findings: 2, errors: 3 }, '100 placed, 1 oversold, 2 findings, 3 errors'],
    [{ state: 'failed', reason: 'the server ended' }, 'the server ended'],
    [{ state: 'cancelled' }, 'It was stopped early, so nothing was verified.'],
    [{ state: 'running' }, 'Running'],
  ])('%j is %s', (part, line) => expect(outcome(rehearsal(part))).toBe(line))
})

describe('planOf', () => {
  it('is short where nobody misbehaves', () => expect(planOf(rehearsal())).toBe('10,000 buyers over 5 seconds for 100 units'))
  it('tells of those who do', () =>
    expect(planOf(rehearsal({ quantity: 1, repeat_clickers: 10, quitters: 5 }))).toBe(
      '10,000 buyers over 5 seconds for 1 unit, 10\u00a0% click twice, 5\u00a0% never pay',
    ))
})

it('reads a duration', () => expect(['5s', '2.5s', '500ms', '1m0s'].map(secondsOf)).toEqual([5, 2.5, 0.5, 60]))
