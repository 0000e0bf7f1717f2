import type { Order } from '../api/bodies'
import type { HistoryEntry } from '../api/operators'
import type { Payment } from '../api/payments'
import { money } from '../sale/money'
import { orderWords } from '../words/orders'
import { paymentWords } from '../words/payments'

export type Event = { at: string; by: string; what: string }

/** What happened to an order, as it came: its own steps, who of the operators took them, and what was paid. */
export function happened(order: Order, history: HistoryEntry[], payments: Payment[]): Event[] {
  const o = orderWords()
  const e = o.events
  const byOperator = (...deeds: HistoryEntry['what'][]) => history.find(({ what, order_id }) => order_id === order.order_id && deeds.includes(what))
  const events: Event[] = []
  if (order.placed_at) events.push({ at: order.placed_at, by: o.byBuyer, what: e.placed })
  for (const payment of payments) {
    const teller = payment.payment_id === order.payment_id ? byOperator('pay')?.by : undefined
    events.push({ at: payment.at, by: teller ?? '', what: e.payment(money(payment), payment.payment_id) })
    if (payment.status !== 'paid') {
      const state = paymentWords().states[payment.status]
      events.push({ at: payment.changed_at, by: payment.refunded_by ?? o.bySale, what: e.became(state, payment.payment_id) })
    }
  }
  const played = order.payment_id === undefined && byOperator('pay')
  if (played) events.push({ at: played.at, by: played.by, what: e.paid })
  if (order.ended_at) {
    const [by, what] =
      order.void_reason !== undefined ? [o.byOperator, e.voided(order.void_reason)] : order.status === 'expired' ? [o.bySale, e.expired] : [o.byBuyer, e.cancelled]
    events.push({ at: order.ended_at, by: byOperator('cancel', 'void')?.by ?? by, what })
  }
  return events.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}
