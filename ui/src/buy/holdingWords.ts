import type { Order } from '../api/bodies'
import { words } from '../words/buy'

export function holdingWords(order: Order, already: boolean): { headline: string; line: string } {
  const w = words()
  switch (order.status) {
    case 'paid':
      return { headline: w.paid, line: w.paidLine }
    case 'cancelled':
      return { headline: w.cancelled, line: w.cancelledLine }
    case 'expired':
      return { headline: w.expired, line: w.expiredLine }
    default:
      if (already) return { headline: w.alreadyYours, line: w.alreadyLine }
      return { headline: w.yours, line: order.pay_by ? w.toPayLine : w.firmLine }
  }
}
