import type { Product, State } from '../api/bodies'
import { language } from '../words/language'
import { shared } from '../words/shared'
import { dateTime } from './format'

/** The state at `now`: a time in the terms that has gone by since the server spoke counts already. */
export function stateAt(product: Product, now: number): State {
  const past = (time: string | undefined) => time !== undefined && Date.parse(time) <= now
  if (product.state === 'opening' || product.state === 'closed') return product.state
  if (past(product.closes_at)) return 'closed'
  if (product.state === 'not_open' && past(product.opens_at)) return 'on_sale'
  return product.state
}

/** What the countdown runs to: the opening, also while the sale is paused, then the closing; nothing once it cannot change by itself. */
export function nextMoment(product: Product, now: number): { word: string; at: number } | undefined {
  const state = stateAt(product, now)
  const opens = product.opens_at ? Date.parse(product.opens_at) : 0
  if (state !== 'closed' && opens > now) return { word: shared().opensIn, at: opens }
  if (state !== 'closed' && product.closes_at) return { word: shared().closesIn, at: Date.parse(product.closes_at) }
  return undefined
}

/** When it opens and closes by its terms, or has, in words: "Opens Sun, 29 Nov 2026, 10:00 GMT+1". */
export function scheduleOf({ opens_at, closes_at }: Product, now: number): string[] {
  const w = shared()
  return [
    ...(opens_at ? [(Date.parse(opens_at) > now ? w.opens : w.opened)(dateTime(opens_at, language.tag()))] : []),
    ...(closes_at ? [(Date.parse(closes_at) > now ? w.closes : w.hasClosed)(dateTime(closes_at, language.tag()))] : []),
  ]
}

export const titleOf = (product: Product): string => product.name.trim() || shared().product(product.id)
