import type { CSSProperties, ReactNode } from 'react'
import { ended, type Rehearsal } from '../api/rehearsals'
import { count } from '../sale/format'
import { RehearsalMark } from '../sale/StateMark'
import { Units } from '../sale/Units'
import { words } from '../words/console'
import { kindsOf, kindWord } from '../words/kinds'
import { AreaMark } from './Chart'
import { outcome, planOf } from './outcome'
import { toneOf, type Tone } from './tones'

/** One rehearsal at a glance: the units as on every board, and under them the crowd that came for them. */
export function RehearsalBoard({ rehearsal, children }: { rehearsal: Rehearsal; children?: ReactNode }) {
  const { state, quantity, placed, expired = 0, answered, buyers } = rehearsal
  const over = ended(rehearsal)
  const held = Math.min(quantity, placed - expired)
  const w = words()
  return (
    <div className="grid gap-5 rounded-box border border-board-edge bg-board p-5 text-board-ink sm:p-6">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-2">
        <p className="figures flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <RehearsalMark />
          {planOf(rehearsal)}
        </p>
        <p className="flex items-center gap-2 font-medium">
          {!over && (
            <span className="underway text-small" aria-hidden="true">
              <i />
              <i />
              <i />
            </span>
          )}
          {w.states[state]}
        </p>
      </div>
      <div role="status" className="grid gap-1">
        {over ? (
          <h1 className="text-outcome font-semibold tracking-tight text-balance break-keep">{outcome(rehearsal)}</h1>
        ) : (
          <h1 className="sr-only">{outcome(rehearsal)}</h1>
        )}
      </div>
      {!over && (
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span data-count="answered" className="figures text-hero font-semibold tracking-tight">
            {count(answered)}
          </span>
          <span className="text-board-muted">{w.ofAnswered(count(buyers))}</span>
        </p>
      )}
      <Units product={{ quantity, held, queued: 0, remaining: quantity - held }} state={over ? 'closed' : 'on_sale'} />
      <Crowd rehearsal={rehearsal} />
      {!over && <p className="text-small text-board-muted">{waits(rehearsal)}</p>}
      {children}
    </div>
  )
}

function waits({ state, answered, buyers }: Rehearsal): string {
  const w = words()
  if (state === 'verifying') return w.judging
  return answered >= buyers ? w.waitsForPay : w.comeIn
}

const fills: Record<Tone, string> = {
  placed: 'bg-chart-placed',
  'sold-out': 'bg-chart-sold-out',
  own: 'bg-chart-own',
  shut: 'bg-chart-shut',
  error: 'bg-chart-error',
  plain: 'bg-chart-plain',
  second: 'bg-chart-plain',
}

function Crowd({ rehearsal }: { rehearsal: Rehearsal }) {
  const { answers, buyers, paid, quit, expired, repeats, errors } = rehearsal
  const w = words()
  const kinds = kindsOf(answers)
  const second = Object.values(repeats ?? {}).reduce((sum, n) => sum + n, 0)
  const counts: { word: string; n: number | undefined; tone?: Tone }[] = [
    ...kinds.map((kind) => ({ word: kindWord(kind), n: answers[kind], tone: toneOf(kind) })),
    { word: w.counts.paid, n: paid },
    { word: w.quit, n: quit },
    { word: w.counts.expired, n: expired },
    { word: w.secondClicks, n: second || undefined },
    { word: w.errorsRow, n: errors },
  ]
  return (
    <div className="grid gap-4">
      <div className="grid gap-1.5">
        <p className="text-small text-board-muted">{w.crowd}</p>
        <div className="mark flex h-3 bg-board-line" aria-hidden="true">
          {kinds.map((kind) => (
            <span key={kind} className={`transition-[width] duration-200 ${fills[toneOf(kind)]}`} style={{ width: `${(100 * (answers[kind] ?? 0)) / buyers}%` } as CSSProperties} />
          ))}
        </div>
      </div>
      <dl className="flex flex-wrap gap-x-8 gap-y-3">
        {counts
          .filter(({ n }) => n !== undefined)
          .map(({ word, n, tone }) => (
            <div key={word} className="flex min-w-14 flex-col-reverse">
              <dt className="flex items-baseline gap-1.5 text-small text-board-muted">
                {tone && <AreaMark tone={tone} />}
                {word}
              </dt>
              <dd className="figures text-figure font-medium">{count(n ?? 0)}</dd>
            </div>
          ))}
      </dl>
    </div>
  )
}
