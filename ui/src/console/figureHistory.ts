import type { Figures } from '../api/figures'

export type Point = {
  /** Seconds of the page's clock. */
  at: number
  p50: number | null
  p90: number | null
  p99: number | null
  records: number | null
  folded: number | null
}

/** What the processes measured, as this page was told: behind a proxy each question may reach another one. */
export type History = { latest: Record<string, { figures: Figures; at: number }>; points: Point[] }

export const noHistory: History = { latest: {}, points: [] }

const mostPoints = 120
// A process that was not heard of for longer has no say in the present.
const freshS = 6
// After an idle time the first window reaches back through all of it, and its mean would be drawn as of now.
const longestWindowS = 3

export function withFigures(history: History, figures: Figures, at: number): History {
  const told = { ...history.latest, [figures.process]: { figures, at } }
  const latest = Object.fromEntries(Object.entries(told).filter(([, one]) => at - one.at <= freshS))
  if (figures.window_s > longestWindowS) return { ...history, latest }
  return { latest, points: [...history.points, pointOf(latest, figures, at)].slice(-mostPoints) }
}

// Percentiles do not add up, so those of the slowest process stand for all.
function pointOf(latest: History['latest'], newest: Figures, at: number): Point {
  const all = Object.values(latest).map(({ figures }) => figures)
  const slowest = (name: 'p50_ms' | 'p90_ms' | 'p99_ms') => {
    const seen = all.filter((one) => one.latency.count > 0).map((one) => one.latency[name] ?? 0)
    return seen.length === 0 ? null : Math.max(...seen)
  }
  return {
    at,
    p50: slowest('p50_ms'),
    p90: slowest('p90_ms'),
    p99: slowest('p99_ms'),
    records: newest.records ?? null,
    folded: newest.folded ?? null,
  }
}
