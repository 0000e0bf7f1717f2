import 'uplot/dist/uPlot.min.css'
import { useEffect, useEffectEvent, useLayoutEffect, useRef, type ReactNode } from 'react'
import uPlot, { type AlignedData, type Options } from 'uplot'

/** The colours of the lines, as look/tokens.css names them. */
export type Tone = 'placed' | 'sold-out' | 'other' | 'error'

/** One line of a chart. Two lines of one tone differ in their dashes. */
export type Line = { word: string; tone: Tone; dashed?: boolean; values: (number | null)[] }

type Props = {
  title: string
  times: number[]
  lines: Line[]
  /** How a value is written, on the axis and in the legend. */
  say: (value: number) => string
  sayTime: (time: number) => string
  /** The least that the axis of values spans, so that a quiet time is not drawn as a busy one. */
  least: number
  /** What the axis of time spans, where that is known beforehand. */
  span?: [number, number]
  /** The legend says the present values; off where the end of the line is no present. */
  present?: boolean
  children?: ReactNode
}

const heightPx = 170

/** The least that an axis of whole numbers spans: below, its marks would say one number twice. */
export const leastCount = 5

/** Lines over time, on the dark of the board. The legend says in words what the canvas draws. */
export function Chart({ title, times, lines, say, sayTime, least, span, present = true, children }: Props) {
  const holder = useRef<HTMLDivElement>(null)
  const data = [times, ...lines.map((line) => line.values)] as AlignedData
  const names = lines.map((line) => `${line.word} ${line.tone} ${line.dashed}`).join()
  // The plot is made once, and how a time is written may go by what time it is.
  const said = useRef({ say, sayTime, least, span })
  useLayoutEffect(() => {
    said.current = { say, sayTime, least, span }
  })
  const make = useEffectEvent((within: HTMLElement) => new uPlot(optionsFor(within, lines, said), data, within))
  const plot = useRef<uPlot>(undefined)

  useEffect(() => {
    const within = holder.current
    if (!within) return
    const made = make(within)
    plot.current = made
    const observer = new ResizeObserver(() => made.setSize({ width: within.clientWidth, height: heightPx }))
    observer.observe(within)
    return () => {
      observer.disconnect()
      made.destroy()
    }
  }, [names])
  useEffect(() => plot.current?.setData(data))

  return (
    <figure className="grid min-w-0 content-start gap-3 rounded-box border border-board-edge bg-board p-4 text-board-ink">
      <figcaption className="font-medium">{title}</figcaption>
      <div ref={holder} aria-hidden="true" className="min-w-0 overflow-hidden" style={{ height: heightPx }} />
      <ul className="figures flex flex-wrap gap-x-5 gap-y-1 text-small text-board-muted">
        {lines.map((line) => (
          <li key={line.word} className="flex items-center gap-2">
            <Swatch line={line} />
            {line.word}
            {present && <span className="text-board-ink">{saidLast(line, say)}</span>}
          </li>
        ))}
      </ul>
      {children}
    </figure>
  )
}

const saidLast = ({ values }: Line, say: Props['say']) => {
  const last = values.at(-1)
  return last === undefined || last === null ? '–' : say(last)
}

function Swatch({ line }: { line: Line }) {
  return (
    <svg viewBox="0 0 16 4" className="h-1 w-4" aria-hidden="true">
      <path d="M0 2h16" strokeWidth="3" stroke={colour(line.tone)} strokeDasharray={line.dashed ? '5 3' : undefined} />
    </svg>
  )
}

const colour = (tone: Tone) => `var(--chart-${tone})`

function optionsFor(within: HTMLElement, lines: Line[], said: { current: Pick<Props, 'say' | 'sayTime' | 'least'> & { span: Props['span'] } }): Options {
  // A canvas knows no variables of CSS.
  const style = getComputedStyle(within)
  const read = (name: string) => style.getPropertyValue(name).trim()
  const axis = {
    stroke: read('--board-muted'),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: read('--board-line'), width: 1 },
    ticks: { show: false },
  }
  return {
    width: within.clientWidth,
    height: heightPx,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 12, 6, 0],
    scales: {
      x: { time: false, range: (_plot, low, high) => said.current.span ?? [low, Math.max(high, low + 1)] },
      y: { range: (_plot, _low, high) => [0, Math.max(said.current.least, high || 0) * 1.1] },
    },
    axes: [
      { ...axis, size: 26, space: 70, incrs: [1, 2, 5, 10, 15, 20, 30, 60], values: (_plot, at) => at.map((time) => said.current.sayTime(time)) },
      { ...axis, size: 58, space: 34, values: (_plot, at) => at.map((value) => said.current.say(value)) },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        stroke: read(`--chart-${line.tone}`),
        width: 2,
        points: { show: false },
        ...(line.dashed ? { dash: [6, 4] } : {}),
      })),
    ],
  }
}
