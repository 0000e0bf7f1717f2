import { ended, type Rehearsal } from '../api/rehearsals'
import { count } from '../sale/format'
import { words } from '../words/console'
import { failureWords } from '../words/failures'
import { spanWords } from '../words/spans'

/** How a rehearsal stands, in one line: at its end "100 placed, 0 oversold, no findings". */
export function outcome(rehearsal: Rehearsal): string {
  const w = words()
  const { state, placed, oversold, findings, errors } = rehearsal
  if (state === 'failed') return failureWords(rehearsal) || w.failedLine
  if (state === 'cancelled') return w.stoppedLine
  if (!ended(rehearsal) || findings === undefined) return state === 'verifying' ? w.judging : w.states.running
  const line = w.outcome(count(placed), count(oversold ?? 0), findings)
  return errors === 0 ? line : line + w.and + w.errors(errors, count(errors))
}

/** What was rehearsed: "10,000 buyers over 5 seconds for 100 units". */
export function planOf({ buyers, over, quantity, repeat_clickers, quitters }: Rehearsal): string {
  const w = words()
  return (
    w.plan(count(buyers), spanWords(secondsOf(over)), quantity, count(quantity)) +
    (repeat_clickers > 0 ? w.repeatersPlan(repeat_clickers) : '') +
    (quitters > 0 ? w.quittersPlan(quitters) : '')
  )
}

const unitS: Record<string, number> = { ms: 0.001, s: 1, m: 60 }

/** A duration as Go writes it, of a minute at most: 5s, 2.5s, 1m0s. */
export const secondsOf = (text: string): number =>
  [...text.matchAll(/([\d.]+)(ms|s|m)/g)].reduce((sum, [, n, unit]) => sum + Number(n) * (unitS[unit ?? ''] ?? 0), 0)

/** On an axis: 2 s, 2.5 s, 0.25 s. */
export const saySeconds = (at: number): string => `${Number(at.toFixed(2))} s`
