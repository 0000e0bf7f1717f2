import { useState } from 'react'
import { Link } from 'wouter'
import { newestOf } from '../api/products'
import type { Product, Status } from '../api/bodies'
import { count } from '../sale/format'
import { stateAt, stateWords, titleOf } from '../sale/state'
import { serverNow } from '../sale/clock'
import { EveryOrder } from './EveryOrder'
import { FilteredOrders } from './FilteredOrders'
import { NoProduct } from './NoProduct'
import { OrderTools } from './OrderTools'
import { Shell } from './Shell'
import { useFreshOrders } from './useFreshOrders'
import { useSale } from './useSale'

export function Orders({ id }: { id: string }) {
  const { product, refusal, newest, link, seenAt } = useSale(id)
  const [status, setStatus] = useState<Status>()
  const [newestFirst, setNewestFirst] = useState(false)
  useFreshOrders(product)
  const total = newestOf(newest.data ?? [])
  const list = { id, newest: newestFirst }
  return (
    <Shell title={product ? `Orders of ${titleOf(product)}` : `Product ${id}`} link={link} seenAt={seenAt} filled>
      {refusal && <NoProduct id={id} refusal={refusal} />}
      {product && (
        <>
          <Heading product={product} />
          <OrderTools product={product} status={status} onStatus={setStatus} newest={newestFirst} onNewest={setNewestFirst} />
          {newest.error && !newest.data ? (
            <p role="alert" className="py-4 text-alarm">
              {newest.error.message}{' '}
              <button type="button" className="text-ink underline underline-offset-4" onClick={() => void newest.refetch()}>
                Try again
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
  return (
    <div className="flex flex-wrap items-baseline justify-between gap-x-8 gap-y-1">
      <h1 className="text-title font-semibold wrap-anywhere">
        Orders of{' '}
        <Link href={`/products/${encodeURIComponent(product.id)}`} className="underline decoration-line underline-offset-4">
          {titleOf(product)}
        </Link>
      </h1>
      <p className="figures text-muted">
        {stateWords[stateAt(product, serverNow())]}: <span data-count="held">{count(product.held)}</span> of{' '}
        {count(product.quantity)} held, {product.remaining === undefined ? '–' : count(product.remaining)} remaining,{' '}
        {count(product.queued)} queued
      </p>
    </div>
  )
}
