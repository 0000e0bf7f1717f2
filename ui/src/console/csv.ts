import { productPath } from '../api/products'
import { Refused, Unreachable } from '../api/request'
import { shared } from '../words/shared'

// The browser reads from the address after the click has returned, when is not said.
const keptMs = 60_000

/** Saves all orders as a file. The API gives CSV by the Accept header alone, which a plain link cannot send. */
export async function downloadCsv(id: string) {
  const response = await fetch(`${productPath(id)}/orders`, { headers: { Accept: 'text/csv' } }).catch(() => {
    throw new Unreachable()
  })
  if (!response.ok) {
    const title = shared().answered(response.status)
    throw new Refused(response.status, { type: '', title, status: response.status }, undefined)
  }
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await response.blob())
  link.download = `orders-${id}.csv`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), keptMs)
}
