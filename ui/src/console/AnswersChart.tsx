import type { ReactNode } from 'react'
import type { AlignedData } from 'uplot'
import { count, duration } from '../sale/format'
import { words } from '../words/console'
import { kindWord } from '../words/kinds'
import { AreaMark, Board, counts } from './Chart'
import { Plot } from './Plot'
import type { Across } from './plotLook'
import { layersOf, sumOf, total, type Stretch } from './stretches'
import { sayAnswers, tonesOf } from './tones'

type Props = { stretches: Stretch[]; across: Across; children?: ReactNode }

/** How many were answered a second, by how; what the legend says are counts, of all of it. */
export function AnswersChart({ stretches, across, children }: Props) {
  const w = words()
  const { tones, edges, tops } = layersOf(stretches)
  const all = sumOf(stretches.map(({ answers }) => answers))
  // The highest layer first: each next one covers what is below its own top.
  const order = tones.map((_, i) => tones.length - 1 - i)
  return (
    <Board title={w.answersPerSecond}>
      <Plot
        label={w.answersPerSecond}
        data={[edges, ...order.map((i) => tops[i])] as AlignedData}
        shapes={order.map((i) => ({ tone: tones[i] ?? 'plain', layer: true }))}
        across={across}
        up={counts}
        stops={stretches.map(({ from }) => from)}
        read={(i) => saidOf(stretches[i], across)}
      />
      <ul className="figures flex flex-wrap gap-x-5 gap-y-1 text-small text-board-muted">
        {tonesOf(all).map(({ tone, kinds }) => (
          <li key={tone} className="flex items-baseline gap-2">
            <AreaMark tone={tone} />
            <span>
              {kinds.map((kind, i) => (
                <span key={kind}>
                  {i > 0 && w.and}
                  <span className="text-board-ink">{count(all[kind] ?? 0)}</span> {kindWord(kind)}
                </span>
              ))}
            </span>
          </li>
        ))}
      </ul>
      {children}
    </Board>
  )
}

/** "12.5 s, for 250 ms: 40 placed, 460 sold out; 2,000 a second" */
function saidOf(stretch: Stretch | undefined, { say }: Across): string {
  if (!stretch) return ''
  const tookS = stretch.to - stretch.from
  return words().inStretch(
    say(stretch.from, 0),
    duration(1000 * tookS),
    sayAnswers(stretch.answers, count),
    count(Math.round(total(stretch.answers) / tookS)),
  )
}
