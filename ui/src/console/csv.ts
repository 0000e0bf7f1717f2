import { listPayments, type Payment } from '../api/payments'
import { productPath } from '../api/products'
import { Refused, Unreachable } from '../api/request'
import { shared } from '../words/shared'
import { blockSize } from './rows'

// The browser reads from the address after the click has returned, when is not said.
const keptMs = 60_000

function save(file: Blob, name: string) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), keptMs)
}

/** Saves all orders as a file. The API gives CSV by the Accept header alone, which a plain link cannot send. */
export async function downloadCsv(id: string) {
  const response = await fetch(`${productPath(id)}/orders`, { headers: { Accept: 'text/csv' } }).catch(() => {
    throw new Unreachable()
  })
  if (!response.ok) {
    const title = shared().answered(response.status)
    throw new Refused(response.status, { type: '', title, status: response.status }, undefined)
  }
  save(await response.blob(), `orders-${id}.csv`)
}

const head = [
  'payment_id', 'product_id', 'order_id', 'amount', 'currency', 'status', 'reason', 'late_order_id', 'refunded_by', 'at', 'changed_at',
] as const satisfies (keyof Payment)[]

/** Saves all payments as a file. */
export async function downloadPayments(id: string) {
  const lines = [head.join()]
  for (let after: string | undefined = ''; after !== undefined; ) {
    const page = await listPayments(id, { after, limit: blockSize })
    lines.push(...page.payments.map((payment) => head.map((name) => cell(payment[name])).join()))
    after = page.next
  }
  save(new Blob([lines.map((line) => `${line}\r\n`).join('')], { type: 'text/csv' }), `payments-${id}.csv`)
}

/** A value as RFC 4180 has it, and as no spreadsheet takes it for a formula. */
export function cell(value: string | number = ''): string {
  const text = String(value).replace(/^(?=[=+@-])/, "'")
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
