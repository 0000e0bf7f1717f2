import type { Product, State } from '../api/bodies'
import { shared } from '../words/shared'

/** The state at `now`: a time in the terms that has gone by since the server spoke counts already. */
export function stateAt(product: Product, now: number): State {
  const past = (time: string | undefined) => time !== undefined && Date.parse(time) <= now
  if (product.state === 'opening' || product.state === 'closed') return product.state
  if (past(product.closes_at)) return 'closed'
  if (product.state === 'not_open' && past(product.opens_at)) return 'on_sale'
  return product.state
}

/** What the countdown runs to: the opening, then the closing; nothing once the sale cannot change by itself. */
export function nextMoment(product: Product, now: number): { word: string; at: number } | undefined {
  const state = stateAt(product, now)
  if (state === 'not_open' && product.opens_at) return { word: shared().opensIn, at: Date.parse(product.opens_at) }
  if (state !== 'closed' && product.closes_at) return { word: shared().closesIn, at: Date.parse(product.closes_at) }
  return undefined
}

export const titleOf = (product: Product): string => product.name.trim() || shared().product(product.id)
