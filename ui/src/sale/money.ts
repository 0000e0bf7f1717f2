import type { Price } from '../api/bodies'
import { language } from '../words/language'

// ISO 4217: how many digits an amount has behind its point, where that is not two. What browsers say is of another list.
const unusual: Record<number, string> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
}

const digits = new Map(Object.entries(unusual).flatMap(([n, codes]) => codes.split(' ').map((code) => [code, Number(n)])))

const digitsOf = (currency: string): number => digits.get(currency) ?? 2

/** A price as its reader writes one: €19.99, ￥1,999. */
export function money({ amount, currency }: Price): string {
  const n = digitsOf(currency)
  return new Intl.NumberFormat(language.tag(), {
    style: 'currency', currency, minimumFractionDigits: n, maximumFractionDigits: n,
  }).format(amount / 10 ** n)
}

/** The amount of a price in whole units, as one types it: 19.99. */
export const typedAmount = ({ amount, currency }: Price): string => (amount / 10 ** digitsOf(currency)).toFixed(digitsOf(currency))

/** What was typed in whole units, in the smallest ones: 19.99 is 1999. */
export const amountOf = (typed: string, currency: string): number => Number(`${typed.trim()}e${digitsOf(currency)}`)

/** Where an order is paid: at the shop's link, which is told of what. None where a browser cannot go there. */
export function payLink(shop: string | undefined, order: { order_id: string; product_id: string }): string | undefined {
  if (shop === undefined || !URL.canParse(shop)) return undefined
  const link = new URL(shop)
  link.searchParams.set('order', order.order_id)
  link.searchParams.set('product', order.product_id)
  return link.href
}
