import type { Product, Terms } from '../api/bodies'
import { amountOf, typedAmount } from '../sale/money'

/** The form as typed. What is wrong with it is for the server to say, so nothing is judged here. */
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
    group: product?.group ?? '',
    opensAt: localTime(product?.opens_at),
    closesAt: localTime(product?.closes_at),
    window: product?.payment_window ?? '0s',
    amount: product?.price ? typedAmount(product.price) : '',
    currency: product?.price?.currency ?? '',
    url: product?.url ?? '',
    image: product?.image_url ?? '',
  }
}

export function termsFrom(typed: Typed): Terms {
  return {
    quantity: asNumber(typed.quantity),
    name: typed.name,
    limit_per_user: asNumber(typed.limit),
    payment_window: typed.window,
    ...(typed.orders.trim() ? { orders_per_user: asNumber(typed.orders) } : {}),
    ...(typed.group.trim() ? { group: typed.group.trim() } : {}),
    ...(typed.amount.trim() || typed.currency.trim() ? { price: priceFrom(typed) } : {}),
    ...(typed.url.trim() ? { url: typed.url.trim() } : {}),
    ...(typed.image.trim() ? { image_url: typed.image.trim() } : {}),
    ...(typed.opensAt ? { opens_at: new Date(typed.opensAt).toISOString() } : {}),
    ...(typed.closesAt ? { closes_at: new Date(typed.closesAt).toISOString() } : {}),
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

/** The value of a datetime-local input, in the visitor's zone, to the second. */
function localTime(iso: string | undefined): string {
  if (!iso) return ''
  const at = new Date(iso)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}

/** The smallest number that no product has as its id. */
export function freeId(products: Product[]): string {
  let id = 1
  while (products.some((product) => product.id === String(id))) id++
  return String(id)
}

/** Nothing that the server can be asked: these ids would change the path of the request itself. */
export const cannotBeAsked = (id: string): boolean => id === '' || id === '.' || id === '..'
