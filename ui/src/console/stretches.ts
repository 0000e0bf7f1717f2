import type { Answers, Rehearsal } from '../api/rehearsals'
import type { SaleTimeline } from '../api/timeline'
import { tonesOf, type Tone } from './tones'

/** What buyers were answered in one stretch of time, in seconds: of a rehearsal from its start, of a sale since 1970. */
export type Stretch = { from: number; to: number; answers: Answers }

/** How far a rehearsal was at one moment: everything is counted from its start. */
export type Sample = { at: number; answers: Answers }

const leastS = 0.2
// As many as can be told apart, and as the report has.
const mostColumns = 100

/** From what was seen while it went on. A moment that was missed is spread over the stretch between its neighbours. */
export function stretchesOf(samples: Sample[]): Stretch[] {
  const stretches: Stretch[] = []
  let last: Sample = { at: 0, answers: {} }
  for (const sample of samples) {
    if (sample.at - last.at < leastS) continue
    const before = last.answers
    const answers = Object.fromEntries(Object.entries(sample.answers).map(([kind, n]) => [kind, n - (before[kind] ?? 0)]))
    stretches.push({ from: last.at, to: sample.at, answers })
    last = sample
  }
  return stretches
}

/** From the report, once there is one: complete, whoever was looking. */
export function stretchesFrom({ cell_s, cells }: NonNullable<Rehearsal['timeline']>, most = mostColumns): Stretch[] {
  const wide = Math.max(1, Math.ceil(cells.length / most))
  const stretches: Stretch[] = []
  for (let i = 0; i < cells.length; i += wide) {
    const part = cells.slice(i, i + wide)
    stretches.push({ from: i * cell_s, to: (i + part.length) * cell_s, answers: sumOf(part) })
  }
  return stretches
}

/** From what the server has kept of a sale. */
export const stretchesOfSale = ({ answers }: SaleTimeline): Stretch[] =>
  answers.map((part) => ({ from: Date.parse(part.from) / 1000, to: Date.parse(part.to) / 1000, answers: part.answers }))

export function sumOf(parts: Answers[]): Answers {
  const sum: Answers = {}
  for (const part of parts) for (const [kind, n] of Object.entries(part)) sum[kind] = (sum[kind] ?? 0) + n
  return sum
}

export const total = (answers: Answers): number => Object.values(answers).reduce((sum, n) => sum + n, 0)

/** Answers a second as layers that lie on each other: where each stretch begins and ends, and the top of each layer from there on. */
export function layersOf(stretches: Stretch[]): { tones: Tone[]; edges: number[]; tops: number[][] } {
  const layers = tonesOf(sumOf(stretches.map(({ answers }) => answers)))
  const edges: number[] = []
  const tops: number[][] = layers.map(() => [])
  stretches.forEach(({ from, to, answers }, i) => {
    let top = 0
    edges.push(from)
    layers.forEach(({ kinds }, layer) => {
      for (const kind of kinds) top += (answers[kind] ?? 0) / (to - from)
      tops[layer]?.push(top)
    })
    if (stretches[i + 1]?.from === to) return
    edges.push(to)
    for (const layer of tops) layer.push(0)
  })
  return { tones: layers.map(({ tone }) => tone), edges, tops }
}

/** How many had been answered so at the end of each stretch. */
export function placedBy(stretches: Stretch[]): { at: number; n: number }[] {
  let n = 0
  return stretches.map(({ to, answers }) => ({ at: to, n: (n += answers.placed ?? 0) }))
}

const busiest = 0.9
const worthS = 10

/**
 * When nearly everybody came: the shortest run of stretches with nine of ten answers, and a little of what was around it.
 * None where it is most of the time from `from` to `to` anyhow.
 */
export function rushOf(stretches: Stretch[], [from, to]: [number, number]): [number, number] | undefined {
  const first = stretches[0]
  const last = stretches.at(-1)
  if (!first || !last) return undefined
  const needed = busiest * stretches.reduce((sum, { answers }) => sum + total(answers), 0)
  let best: [number, number] = [first.from, last.to]
  let within = 0
  let start = 0
  for (const { to: ended, answers } of stretches) {
    within += total(answers)
    for (let begun = stretches[start]; begun && within >= needed; begun = stretches[++start]) {
      if (ended - begun.from < best[1] - best[0]) best = [begun.from, ended]
      within -= total(begun.answers)
    }
  }
  const around = Math.max(worthS / 4, (best[1] - best[0]) / 2)
  const rush: [number, number] = [Math.max(from, best[0] - around), Math.min(to, best[1] + around)]
  return to - from > Math.max(worthS, 4 * (rush[1] - rush[0])) ? rush : undefined
}

