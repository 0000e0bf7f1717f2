import uPlot, { type AlignedData, type Axis, type Options } from 'uplot'
import type { Tone } from './tones'

/** A line, or the layer below one. Two lines of one tone differ in their dashes. */
export type Shape = { tone: Tone; dashed?: boolean | undefined; layer?: boolean; steps?: boolean }

/** How the values of a direction are written, and what it spans. */
export type Across = { say: (at: number, apart: number) => string; clock?: boolean; leastApart?: number; span?: [number, number] | undefined }
/** `whole`: no mark stands between two whole numbers. */
export type Up = { say: (value: number) => string; least: number; whole?: true }

const hourS = 3600
const dayS = 24 * hourS
const roundS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, hourS, 2 * hourS, 6 * hourS, 12 * hourS, dayS, 2 * dayS, 7 * dayS, 14 * dayS]
const wholes = Array.from({ length: 30 }, (_, i) => [1, 2, 5][i % 3]! * 10 ** Math.floor(i / 3))

/** Draws within it. It is made once, and how a time is written may go by what time it is: so it asks `now`. */
export function plotIn(
  within: HTMLElement,
  shapes: Shape[],
  data: AlignedData,
  now: () => { across: Across; up: Up },
  pointed: (plot: uPlot) => void,
): uPlot {
  const hooks = { setCursor: [(plot: uPlot) => plot.cursor.event && pointed(plot)] }
  return new uPlot({ ...optionsFor(within, shapes, now), hooks }, data, within)
}

function optionsFor(within: HTMLElement, shapes: Shape[], now: () => { across: Across; up: Up }): Options {
  // A canvas knows no variables of CSS.
  const style = getComputedStyle(within)
  const read = (name: string) => style.getPropertyValue(name).trim()
  const font = `12px ${style.fontFamily}`
  const axis: Axis = {
    stroke: read('--board-muted'),
    font,
    grid: { stroke: read('--board-line'), width: 1 },
    ticks: { show: false },
  }
  const { clock, leastApart = 0 } = now().across
  const upwards: Axis = now().up.whole ? { ...axis, incrs: wholes } : axis
  return {
    width: within.clientWidth,
    height: within.clientHeight,
    legend: { show: false },
    cursor: { x: true, y: false, drag: { x: false, y: false }, points: { show: false } },
    padding: [8, clock ? 36 : 16, 6, 0],
    scales: {
      x: {
        time: clock === true,
        range: (_plot, low, high) => now().across.span ?? (high > low ? [low, high] : [low - 0.5, high + 0.5]),
      },
      y: { range: (_plot, _low, high) => [0, Math.max(now().up.least, high || 0) * 1.1] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        space: clock ? 80 : 60,
        incrs: roundS.filter((step) => step >= leastApart),
        values: (_plot, at, _axis, _space, apart) => at.map((time) => now().across.say(time, apart)),
      },
      { ...upwards, size: (plot, values) => sizeOf(plot, values, font), space: 34, values: (_plot, at) => at.map((value) => now().up.say(value)) },
    ],
    series: [{}, ...shapes.map((shape) => seriesOf(shape, read(`--chart-${shape.tone}`)))],
  }
}

const leastSize = 62
const gap = 10

/** How wide an axis is: as one that has none of the long numbers, so that charts are in line, or as they need. */
function sizeOf({ ctx }: uPlot, values: string[] | null, font: string): number {
  ctx.font = font
  return Math.max(leastSize, ...(values ?? []).map((value) => Math.ceil(ctx.measureText(value).width) + gap))
}

function seriesOf({ dashed, layer, steps }: Shape, colour: string): Options['series'][number] {
  const paths = steps || layer ? uPlot.paths.stepped?.({ align: 1 }) : undefined
  return {
    stroke: colour,
    width: layer ? 0 : 2,
    ...(layer ? { fill: colour, points: { show: false } } : { points: { fill: colour, size: 5 } }),
    ...(paths ? { paths } : {}),
    ...(dashed ? { dash: [6, 4] } : {}),
  }
}
