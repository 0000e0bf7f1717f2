import type { ReactNode } from 'react'
import type { AlignedData } from 'uplot'
import { count } from '../sale/format'
import { words } from '../words/console'
import { Plot } from './Plot'
import type { Across, Up } from './plotLook'
import type { Tone } from './tones'

/** One line of a chart. Two lines of one tone differ in their dashes. */
export type Line = { word: string; tone: Tone; dashed?: boolean; steps?: boolean; values: (number | null)[] }

type Props = {
  title: string
  times: number[]
  lines: Line[]
  across: Across
  up: Up
  /** The legend says the newest values; off where they are no present. */
  present?: boolean
  children?: ReactNode
}

/** An axis of whole numbers. */
export const counts: Up = { say: (n) => count(Math.round(n)), least: 5, whole: true }

/** Lines over time. The legend says in words what the canvas draws. */
export function Chart({ title, times, lines, across, up, present = false, children }: Props) {
  const said = (i: number) => lines.map(({ word, values }) => `${word} ${saidOf(values[i], up.say)}`).join(words().and)
  return (
    <Board title={title}>
      <Plot
        label={title}
        data={[times, ...lines.map((line) => line.values)] as AlignedData}
        shapes={lines.map(({ tone, dashed, steps }) => ({ tone, dashed, ...(steps ? { steps } : {}) }))}
        across={across}
        up={up}
        stops={times}
        read={(i) => words().is(across.say(times[i] ?? 0, 0), said(i))}
      />
      <ul className="figures flex flex-wrap gap-x-5 gap-y-1 text-small text-board-muted">
        {lines.map((line) => (
          <li key={line.word} className="flex items-center gap-2">
            <LineMark {...line} />
            {line.word}
            {present && <span className="text-board-ink">{saidOf(line.values.at(-1), up.say)}</span>}
          </li>
        ))}
      </ul>
      {children}
    </Board>
  )
}

/** Where every chart stands: on the dark of the board. */
export function Board({ title, children }: { title: string; children: ReactNode }) {
  return (
    <figure className="grid min-w-0 content-start gap-2 rounded-box border border-board-edge bg-board p-4 text-board-ink break-inside-avoid">
      <figcaption className="font-medium">{title}</figcaption>
      {children}
    </figure>
  )
}

const saidOf = (value: number | null | undefined, say: Up['say']) => (value === undefined || value === null ? '–' : say(value))

function LineMark({ tone, dashed }: Pick<Line, 'tone' | 'dashed'>) {
  return (
    <svg viewBox="0 0 16 4" className="h-1 w-4" aria-hidden="true">
      <path d="M0 2h16" strokeWidth="3" stroke={`var(--chart-${tone})`} strokeDasharray={dashed ? '5 3' : undefined} />
    </svg>
  )
}

export function AreaMark({ tone }: { tone: Tone }) {
  return (
    <svg viewBox="0 0 10 10" className="size-2.5 shrink-0" aria-hidden="true">
      <rect width="10" height="10" fill={`var(--chart-${tone})`} />
    </svg>
  )
}
