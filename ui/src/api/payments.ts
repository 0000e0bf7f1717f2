import { productPath } from './products'
import { request } from './request'
import type { Order, Payment, Payments, PaymentStatus } from './schema'
import { asOperator } from './session'

export type { Payment, Payments, PaymentStatus } from './schema'

export const paymentStatuses = ['paid', 'late', 'refund_due', 'refunded'] as const satisfies PaymentStatus[]

export type PaymentQuery = { status?: PaymentStatus | undefined; after?: string | undefined; limit: number }

/** `quiet`: nobody is asked for a token, as where the page asks by itself. */
export async function listPayments(id: string, { status, after, limit }: PaymentQuery, quiet = false): Promise<Payments> {
  const search = new URLSearchParams({ limit: String(limit) })
  if (status) search.set('status', status)
  if (after) search.set('after', after)
  return (await (quiet ? request : asOperator)<Payments>(`${productPath(id)}/payments?${search}`)).body
}

/** Those that are for the order, or asked for it when they were late. */
export async function paymentsOfOrder({ product_id, order_id }: Order): Promise<Payment[]> {
  return (await asOperator<Payments>(`${productPath(product_id)}/payments?limit=1000&order_id=${order_id}`)).body.payments
}

export async function noteRefund({ product_id, payment_id }: Payment, reason: string): Promise<void> {
  const path = `${productPath(product_id)}/payments/${encodeURIComponent(payment_id)}/refunded`
  await asOperator(path, { method: 'POST', json: { reason } })
}

export async function voidOrder(id: string, reason: string): Promise<void> {
  await asOperator(`/api/orders/${id}/void`, { method: 'POST', json: { reason } })
}
