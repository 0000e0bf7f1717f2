import type { Answers, Rehearsal } from '../api/rehearsals'

/** Answers a second by kind: those of each stretch stand at its end, and those of the first at its start as well. */
export type Rates = { times: number[]; perS: Answers[] }

/** How far a rehearsal was at one moment: everything is counted from its start. */
export type Sample = { at: number; answers: Answers }

const cellS = 0.25

/** From what was seen while it went on. A moment that was missed is spread over the stretch between its neighbours. */
export function ratesOf(samples: Sample[]): Rates {
  const rates: Rates = { times: [], perS: [] }
  let from: Sample = { at: 0, answers: {} }
  for (const to of samples) {
    const tookS = to.at - from.at
    if (tookS < cellS * 0.9) continue
    rates.times.push(to.at)
    rates.perS.push(mapped(to.answers, (n, kind) => (n - (from.answers[kind] ?? 0)) / tookS))
    from = to
  }
  return fromStart(rates)
}

/** From the report, once there is one: complete, whoever was looking. */
export function ratesFrom({ cell_s, cells }: NonNullable<Rehearsal['timeline']>): Rates {
  const wide = Math.max(1, Math.round(cellS / cell_s))
  const rates: Rates = { times: [], perS: [] }
  for (let i = 0; i < cells.length; i += wide) {
    const part = cells.slice(i, i + wide)
    const sum: Answers = {}
    for (const cell of part) for (const [kind, n] of Object.entries(cell)) sum[kind] = (sum[kind] ?? 0) + n
    rates.times.push((i + part.length) * cell_s)
    rates.perS.push(mapped(sum, (n) => n / (part.length * cell_s)))
  }
  return fromStart(rates)
}

const fromStart = ({ times, perS }: Rates): Rates => ({ times: times.length > 0 ? [0, ...times] : [], perS: [...perS.slice(0, 1), ...perS] })

const mapped = (answers: Answers, to: (n: number, kind: string) => number): Answers =>
  Object.fromEntries(Object.entries(answers).map(([kind, n]) => [kind, to(n, kind)]))
