import type { Product } from '../api/bodies'
import { count } from '../sale/format'
import { words } from '../words/console'
import { typedFrom, type Typed } from './terms'
import { numbered } from './useSale'

/** What the terms as typed would do to the product, before they are sent. Whether they may be is for the server to say. */
export function changesInWords(product: Product, typed: Typed): string {
  const w = words().will
  const before = typedFrom(product.id, product)
  const more = Number(typed.quantity) - product.quantity
  const differs = (name: keyof Typed) => typed[name].trim() !== before[name]
  const told = [
    product.state === 'closed' && w.again,
    more > 0 && w.more(more, count(more)),
    more < 0 && w.fewer(-more, count(-more), count(product.held)),
    differs('limit') && w.limit(before.limit, typed.limit),
    differs('unpaid') && w.unpaid(before.unpaid, typed.unpaid),
    differs('orders') && w.orderLimit(before.orders, typed.orders),
    differs('group') && (typed.group.trim() ? w.group(typed.group.trim()) : w.everybody),
    differs('window') && w.window,
    (differs('amount') || differs('currency')) && w.price,
    (differs('url') || differs('image')) && w.links,
    differs('opensAt') && typed.opensAt !== '' && w.opens,
    differs('closesAt') && typed.closesAt !== '' && w.closes,
    differs('name') && w.name,
  ].filter((sentence) => sentence !== false)
  if (told.length === 0) return w.nothing
  const orders = numbered(product)
  return [...told, w.orders(orders, count(orders))].join(' ').trim()
}
