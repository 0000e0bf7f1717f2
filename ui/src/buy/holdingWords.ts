import type { Order } from '../api/bodies'
import { words } from '../words/buy'

/** What has become of the money, where it did not just pay the order. */
export const paymentWords = ({ payment }: Order): string => (payment && payment.status !== 'paid' ? words().payment[payment.status] : '')

export function holdingWords(order: Order, already: boolean): { headline: string; line: string } {
  const w = words()
  switch (order.status) {
    case 'paid':
      return { headline: w.paid, line: w.paidLine }
    case 'cancelled':
      if (order.void_reason !== undefined) return { headline: w.voided, line: w.voidedLine(order.void_reason, order.payment_id !== undefined) }
      return { headline: w.cancelled, line: w.cancelledLine }
    case 'expired':
      return { headline: w.expired, line: w.expiredLine }
    default:
      if (already) return { headline: w.alreadyYours, line: w.alreadyLine }
      return { headline: w.yours, line: order.pay_by ? w.toPayLine : w.firmLine }
  }
}
