import type { Product, Terms } from '../api/bodies'
import { serverNow } from '../sale/clock'
import { amountOf, typedAmount } from '../sale/money'
import { goSpan, secondsOf, spanWords } from '../words/spans'

/**
 * The form as typed. A moment is empty, "+60" for so many seconds from another one, or "@" and a local time; the payment window
 * is seconds, or "=" and a length of time in words.
 */
export type Typed = {
  id: string
  quantity: string
  name: string
  limit: string
  orders: string
  group: string
  opensAt: string
  closesAt: string
  window: string
  unpaid: string
  amount: string
  currency: string
  url: string
  image: string
}

/** What the form shows before anything is typed: the terms of the product that has this id, else those of a new one. */
export function typedFrom(id: string, product: Product | undefined): Typed {
  return {
    id,
    quantity: String(product?.quantity ?? 100),
    name: product?.name ?? '',
    limit: String(product?.limit_per_user ?? 1),
    orders: String(product?.orders_per_user ?? ''),
    unpaid: String(product?.unpaid_per_address ?? ''),
    group: product?.group ?? '',
    opensAt: typedMoment(product?.opens_at),
    closesAt: typedMoment(product?.closes_at),
    window: typedWindow(product?.payment_window ?? '0s'),
    amount: product?.price ? typedAmount(product.price) : '',
    currency: product?.price?.currency ?? '',
    url: product?.url ?? '',
    image: product?.image_url ?? '',
  }
}

/** The windows to choose from, in seconds. */
export const windows = [0, 300, 900, 1800, 3600, 86_400].map(String)
/** The openings to choose from, in seconds from now, and the closings, in seconds from the opening. */
export const openings = [60, 300, 900, 3600, 86_400].map((seconds) => `+${seconds}`)
export const closings = [600, 1800, 3600, 86_400, 604_800].map((seconds) => `+${seconds}`)

function typedWindow(written: string): string {
  const seconds = secondsOf(written) ?? 0
  return windows.includes(String(seconds)) ? String(seconds) : `=${spanWords(seconds)}`
}

/** The seconds of the payment window; none of what is no length of time. */
export const windowOf = (typed: string): number | undefined =>
  typed.startsWith('=') ? secondsOf(typed.slice(1)) : Number(typed)

/** A moment as typed, in milliseconds; none of an empty one, NaN of one that is not there yet. */
export function momentOf(typed: string, from: number): number | undefined {
  if (typed === '') return undefined
  return typed.startsWith('+') ? from + Number(typed) * 1000 : new Date(typed.slice(1)).getTime()
}

export function momentsOf(typed: Typed, now = serverNow()) {
  const opens = momentOf(typed.opensAt, now)
  return { opens, closes: momentOf(typed.closesAt, opens ?? now) }
}

export function termsFrom(typed: Typed): Terms {
  const { opens, closes } = momentsOf(typed)
  return {
    quantity: asNumber(typed.quantity),
    name: typed.name,
    limit_per_user: asNumber(typed.limit),
    payment_window: goSpan(windowOf(typed.window) ?? 0),
    ...(typed.orders.trim() ? { orders_per_user: asNumber(typed.orders) } : {}),
    ...(typed.unpaid.trim() ? { unpaid_per_address: asNumber(typed.unpaid) } : {}),
    ...(typed.group.trim() ? { group: typed.group.trim() } : {}),
    ...(typed.amount.trim() || typed.currency.trim() ? { price: priceFrom(typed) } : {}),
    ...(typed.url.trim() ? { url: typed.url.trim() } : {}),
    ...(typed.image.trim() ? { image_url: typed.image.trim() } : {}),
    ...(opens === undefined ? {} : { opens_at: new Date(opens).toISOString() }),
    ...(closes === undefined ? {} : { closes_at: new Date(closes).toISOString() }),
  }
}

function priceFrom(typed: Typed): NonNullable<Terms['price']> {
  const currency = typed.currency.trim().toUpperCase()
  const amount = asNumber(typed.amount)
  return { amount: typeof amount === 'number' ? amountOf(typed.amount, currency) : amount, currency }
}

// What is not a number goes out as it was typed: the server then says what it wants instead.
export function asNumber(text: string): number {
  const trimmed = text.trim()
  return trimmed !== '' && Number.isFinite(Number(trimmed)) ? Number(trimmed) : (trimmed as unknown as number)
}

/** As a datetime-local input has it, in the visitor's zone, to the second. */
function typedMoment(iso: string | undefined): string {
  if (!iso) return ''
  const at = new Date(iso)
  return '@' + new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}

/** The smallest number above `least` that is no id of these. */
export function freeId(taken: string[], least = 0): string {
  let id = least + 1
  while (taken.includes(String(id))) id++
  return String(id)
}

