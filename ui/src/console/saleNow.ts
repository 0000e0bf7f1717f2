import type { Product } from '../api/bodies'
import { count, timeLeft } from '../sale/format'
import { nextMoment, stateAt, titleOf } from '../sale/state'
import { words } from '../words/console'
import { shared } from '../words/shared'

/** How it stands in a few words, for the tab of a browser: "63 left · Keyboard", "4:07 · Keyboard". */
export function saleNow(product: Product, now: number): string {
  const state = stateAt(product, now)
  const moment = nextMoment(product, now)
  const stands =
    state === 'on_sale' && product.remaining !== undefined ? words().left(count(product.remaining)) : state === 'not_open' && moment ? timeLeft(moment.at - now) : shared().states[state]
  return `${stands} · ${titleOf(product)}`
}
