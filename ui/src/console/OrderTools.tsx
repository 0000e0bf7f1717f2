import { useMutation } from '@tanstack/react-query'
import { statuses, type Product, type Status } from '../api/bodies'
import { productPath } from '../api/products'
import { Refused, Unreachable } from '../api/request'
import { Button } from '../look/Button'
import { count } from '../sale/format'
import { numbered } from './useSale'

type Props = {
  product: Product
  status: Status | undefined
  onStatus: (status: Status | undefined) => void
  newest: boolean
  onNewest: (newest: boolean) => void
}

export function OrderTools({ product, status, onStatus, newest, onNewest }: Props) {
  const csv = useMutation({ mutationFn: () => downloadCsv(product.id) })
  return (
    <div className="flex flex-wrap items-center gap-3 py-4 max-sm:gap-2">
      <select
        aria-label="Status"
        className="figures h-10 min-w-0 rounded-control border max-sm:flex-1 border-edge bg-surface px-3"
        value={status ?? ''}
        onChange={(event) => onStatus((event.target.value || undefined) as Status | undefined)}
      >
        <option value="">all {count(numbered(product))}</option>
        {statuses.map((one) => (
          <option key={one} value={one}>
            {one} {count(product[one])}
          </option>
        ))}
      </select>
      <Button aria-pressed={newest} onClick={() => onNewest(!newest)} className="aria-pressed:bg-ink aria-pressed:text-ground">
        Newest first
      </Button>
      <span role="alert" className="text-right text-alarm max-sm:order-last max-sm:w-full max-sm:empty:hidden sm:flex-1">
        {csv.error?.message}
      </span>
      <Button aria-label="Download CSV" onClick={() => csv.mutate()} disabled={csv.isPending}>
        <span className="max-sm:hidden">Download </span>CSV
      </Button>
    </div>
  )
}

// The browser reads from the address after the click has returned, when is not said.
const keptMs = 60_000

// The API gives CSV by the Accept header alone, which a plain link cannot send.
async function downloadCsv(id: string) {
  const response = await fetch(`${productPath(id)}/orders`, { headers: { Accept: 'text/csv' } }).catch(() => {
    throw new Unreachable()
  })
  if (!response.ok) {
    const title = `The server answered ${response.status}.`
    throw new Refused(response.status, { type: '', title, status: response.status }, undefined)
  }
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await response.blob())
  link.download = `orders-${id}.csv`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), keptMs)
}
