import type { Product } from '../api/bodies'
import type { SaleTimeline } from '../api/timeline'
import { count, duration, timeLeft } from '../sale/format'
import { words } from '../words/console'
import type { Across } from './plotLook'
import { rushOf, stretchesOfSale, sumOf, total, type Stretch } from './stretches'

export type Recap = {
  /** "Sold out in 43 ms" */
  headline: string
  stretches: Stretch[]
  /** So many orders were placed by then, in seconds since 1970. */
  marks: { at: number; n: number }[]
  /** When it began, as far as can be told. */
  begun: number | undefined
  answers: number
  firstAt: number | undefined
  lastUnitAt: number | undefined
}

/** How a sale went, of what is kept of it. */
export function recapOf(product: Product, timeline: SaleTimeline): Recap {
  const stretches = stretchesOfSale(timeline)
  const marks = timeline.placed.map(({ number, at }) => ({ at: Date.parse(at) / 1000, n: number }))
  const firstAt = marks[0]?.at
  const lastUnitAt = marks.find(({ n }) => n === product.quantity)?.at
  const opens = product.opens_at ? Date.parse(product.opens_at) / 1000 : undefined
  // A time of opening that was put later than the first order is not the one at which it began.
  const begun = opens !== undefined && firstAt !== undefined && opens <= firstAt ? opens : (firstAt ?? stretches[0]?.from)
  return {
    headline: headlineOf(product, begun, lastUnitAt),
    stretches,
    marks,
    begun,
    answers: total(sumOf(stretches.map(({ answers }) => answers))),
    firstAt,
    lastUnitAt,
  }
}

function headlineOf(product: Product, begun: number | undefined, lastUnitAt: number | undefined): string {
  const w = words().recap
  const { quantity, held, cancelled, expired } = product
  if (begun === undefined || lastUnitAt === undefined) return held === 0 ? w.nothingSold : w.soldOf(count(held), count(quantity))
  const took = tookWords(1000 * (lastUnitAt - begun))
  // With units that came back, the last one may have been taken by more orders than there are units.
  return cancelled + expired === 0 ? w.soldOutIn(took) : w.ordersIn(count(quantity), took)
}

const minuteMs = 60_000

/** 43 ms, 1.2 s, 4:07 */
export const tookWords = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : ms < minuteMs ? duration(ms) : timeLeft(ms))

const dayS = 86_400
const two = (n: number) => String(n).padStart(2, '0')

/** A moment on the axis of a sale, as finely as its marks are apart; of 0, to the millisecond. */
export function sayMoment(at: number, apart: number): string {
  const time = new Date(Math.round(at * 1000))
  if (apart >= dayS) return `${two(time.getMonth() + 1)}-${two(time.getDate())}`
  const minutes = `${two(time.getHours())}:${two(time.getMinutes())}`
  if (apart >= minuteMs / 1000) return minutes
  const seconds = `${minutes}:${two(time.getSeconds())}`
  if (apart >= 1) return seconds
  return `${seconds}.${String(time.getMilliseconds()).padStart(3, '0').slice(0, apart >= 0.1 ? 1 : apart > 0 ? 2 : 3)}`
}

/** What the drawings of a sale span: the rush, where it is a small part of the whole. */
export function acrossOf({ stretches, marks, begun }: Recap, whole: boolean): { across: Across; rush: boolean } {
  const ends = [begun, stretches[0]?.from, stretches.at(-1)?.to, marks.at(-1)?.at].filter((at) => at !== undefined)
  if (ends.length === 0) return { across: { say: () => '', clock: true }, rush: false }
  const all: [number, number] = [Math.min(...ends), Math.max(...ends)]
  const rush = rushOf(stretches, all)
  const [from, to] = !whole && rush ? rush : all
  return { across: { say: sayMoment, clock: true, span: [from, Math.max(to, from + 0.2)] }, rush: rush !== undefined }
}
