import { statuses, type Product, type Status } from '../api/bodies'
import { Button } from '../look/Button'
import { count } from '../sale/format'
import { words } from '../words/console'
import { downloadCsv } from './csv'
import { CsvButton } from './CsvButton'
import { numbered } from './useSale'

type Props = {
  product: Product
  status: Status | undefined
  onStatus: (status: Status | undefined) => void
  newest: boolean
  onNewest: (newest: boolean) => void
}

export function OrderTools({ product, status, onStatus, newest, onNewest }: Props) {
  const w = words()
  return (
    <div className="flex flex-wrap items-center gap-3 py-4 max-sm:gap-2">
      <select
        aria-label={w.status}
        className="figures h-10 min-w-0 rounded-control border border-edge bg-surface px-3 max-sm:flex-1 max-sm:px-1"
        value={status ?? ''}
        onChange={(event) => onStatus((event.target.value || undefined) as Status | undefined)}
      >
        <option value="">{w.all(count(numbered(product)))}</option>
        {statuses.map((one) => (
          <option key={one} value={one}>
            {w.counts[one]} {count(product[one])}
          </option>
        ))}
      </select>
      <Button aria-pressed={newest} onClick={() => onNewest(!newest)} className="aria-pressed:bg-ink aria-pressed:text-ground">
        {w.newestFirst}
      </Button>
      <CsvButton save={() => downloadCsv(product.id)} />
    </div>
  )
}
