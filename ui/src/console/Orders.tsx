import { useState } from 'react'
import { Link } from 'wouter'
import { newestOf } from '../api/manage'
import type { Product, Status } from '../api/bodies'
import { count } from '../sale/format'
import { stateAt, titleOf } from '../sale/state'
import { RehearsalMark } from '../sale/StateMark'
import { serverNow } from '../sale/clock'
import { words } from '../words/console'
import { shared } from '../words/shared'
import { EveryOrder } from './EveryOrder'
import { FilteredOrders } from './FilteredOrders'
import { NoProduct } from './NoProduct'
import { OrderTools } from './OrderTools'
import { listKeys } from './ScaledTable'
import { Shell } from './Shell'
import { useFreshOrders } from './useFreshOrders'
import { useSale } from './useSale'

export function Orders({ id }: { id: string }) {
  const { product, refusal, newest, link, seenAt } = useSale(id)
  const [status, setStatus] = useState<Status>()
  const [newestFirst, setNewestFirst] = useState(false)
  useFreshOrders(product)
  const total = newestOf(newest.data ?? [])
  const w = words()
  const list = { id, newest: newestFirst }
  return (
    <Shell
      title={product ? w.ordersOf + titleOf(product) : shared().product(id)}
      link={link}
      seenAt={seenAt}
      filled
      keys={listKeys}
    >
      {refusal && <NoProduct refusal={refusal} title={w.noProduct(id)} line={w.noProductLine} />}
      {product && (
        <>
          <Heading product={product} />
          <OrderTools product={product} status={status} onStatus={setStatus} newest={newestFirst} onNewest={setNewestFirst} />
          {newest.error && !newest.data ? (
            <p role="alert" className="py-4 text-alarm">
              {newest.error.message}{' '}
              <button type="button" className="text-ink underline underline-offset-4" onClick={() => void newest.refetch()}>
                {w.tryAgain}
              </button>
            </p>
          ) : status ? (
            <FilteredOrders key={`${status} ${newestFirst}`} {...list} status={status} />
          ) : (
            <EveryOrder key={String(newestFirst)} {...list} total={newest.data && total} />
          )}
        </>
      )}
    </Shell>
  )
}

function Heading({ product }: { product: Product }) {
  const w = words()
  return (
    <div className="flex flex-wrap items-baseline justify-between gap-x-8 gap-y-1">
      <h1 className="text-title font-semibold wrap-anywhere">
        {w.ordersOf}
        <Link href={`/products/${encodeURIComponent(product.id)}`} className="underline decoration-line underline-offset-4">
          {titleOf(product)}
        </Link>{' '}
        {product.rehearsal && <RehearsalMark />}
      </h1>
      <p className="figures text-muted">
        {w.stateIs(shared().states[stateAt(product, serverNow())])}
        <span data-count="held">{count(product.held)}</span>
        {w.heldLine(count(product.quantity), product.remaining === undefined ? '–' : count(product.remaining), count(product.queued))}
      </p>
    </div>
  )
}
