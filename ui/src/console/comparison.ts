import type { Rehearsal } from '../api/rehearsals'
import { count } from '../sale/format'
import { words } from '../words/console'
import { kindWord } from '../words/kinds'
import type { Line } from './Chart'
import { sumOf } from './stretches'
import { tonesOf } from './tones'

/** What differs, in words: "p99 was 32 times as long in the second, at twice the buyers". */
export function differences(a: Rehearsal, b: Rehearsal): string[] {
  const w = words().differs
  const lines: string[] = []
  for (const [name, first, second] of [
    ['p50', a.latency.p50_ms, b.latency.p50_ms],
    ['p99', a.latency.p99_ms, b.latency.p99_ms],
  ] as const) {
    if (!first || !second) continue
    const later = second >= first
    const [more, fewer] = later ? [b, a] : [a, b]
    lines.push(w.latency(name, timesOf(later ? second / first : first / second), later ? 1 : 0, timesOf(more.buyers / fewer.buyers)))
  }
  lines.push(a.placed === b.placed ? w.samePlaced(count(a.placed)) : w.placed(count(a.placed), count(b.placed)))
  if (a.errors !== b.errors) lines.push(w.errors(count(a.errors), count(b.errors)))
  return lines
}

/** How many times, as one says it: 32, 2.5, and 1 for what nobody would tell apart. */
export const timesOf = (ratio: number): number =>
  Math.abs(ratio - 1) < 0.05 ? 1 : Number(ratio.toPrecision(ratio >= 100 ? 3 : 2))

const leastS = 0.25

/** Both timelines over one time, as rates: the first as whole lines, the second dashed, each answer in its colour. */
export function bothLines(both: Rehearsal[]): { times: number[]; lines: Line[] } {
  const timelines = both.flatMap(({ timeline }, i) => (timeline ? [{ ...timeline, i }] : []))
  const wideS = Math.max(leastS, ...timelines.map(({ cell_s }) => cell_s))
  const ends = timelines.map(({ cell_s, cells }) => cells.length * cell_s)
  const n = Math.max(1, Math.ceil(Math.max(...ends, 0) / wideS))
  const lines = tonesOf(sumOf(timelines.flatMap(({ cells }) => cells))).flatMap(({ tone, kinds }) =>
    timelines.map(({ cell_s, cells, i }): Line => {
      const values = Array.from({ length: n }, () => 0)
      cells.forEach((cell, at) => {
        const to = Math.floor(((at + 0.5) * cell_s) / wideS)
        values[to] = (values[to] ?? 0) + kinds.reduce((sum, kind) => sum + (cell[kind] ?? 0), 0) / wideS
      })
      return { word: words().ofWhich(kinds.map(kindWord).join(words().and), i), tone, dashed: i === 1, values }
    }),
  )
  return { times: Array.from({ length: n }, (_, i) => (i + 0.5) * wideS), lines }
}
