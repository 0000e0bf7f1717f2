import type { Order } from '../api/bodies'

export function holdingWords(order: Order, already: boolean): { headline: string; line: string } {
  switch (order.status) {
    case 'paid':
      return { headline: 'Paid', line: 'It is yours for good.' }
    case 'cancelled':
      return { headline: 'Cancelled', line: 'You gave the unit back, and it can be bought again.' }
    case 'expired':
      return { headline: 'Expired', line: 'It was not paid in time, and the unit went back on sale.' }
    default:
      return {
        headline: already ? 'Already yours' : 'It’s yours',
        line: already ? 'You bought one before. This is that order.' : placedLine(order),
      }
  }
}

const placedLine = (order: Order): string =>
  order.pay_by ? 'Your order is placed. Pay in time, and it stays yours.' : 'Your order is placed, and nothing can undo it.'
