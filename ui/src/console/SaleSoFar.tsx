import { useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import type { Product } from '../api/bodies'
import { Refused } from '../api/request'
import { session } from '../api/session'
import { getTimeline } from '../api/timeline'
import { words } from '../words/console'
import { BoardLink } from './ProductCard'
import { recapOf } from './recap'
import { SaleCharts } from './SaleCharts'

const everyMs = 2000

/** How the sale went from its beginning until now, and the way to its recap. */
export function SaleSoFar({ product }: { product: Product }) {
  const version = useSyncExternalStore(session.subscribe, session.version)
  const timeline = useQuery({
    queryKey: ['timeline', product.id, version],
    queryFn: () => getTimeline(product.id),
    refetchInterval: (query) => (query.state.error instanceof Refused ? false : everyMs),
  })
  const w = words().recap
  const recap = timeline.data && recapOf(product, timeline.data)
  return (
    <section aria-labelledby="so-far" className="mt-8 grid gap-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6">
        <h2 id="so-far" className="text-lead font-semibold">
          {recap && recap.marks.length > 0 ? recap.headline : w.soFar}
        </h2>
        <BoardLink href={`/products/${encodeURIComponent(product.id)}?recap`}>{w.link}</BoardLink>
      </div>
      {timeline.error && !timeline.data && <p className="text-muted">{timeline.error.message}</p>}
      {recap && <SaleCharts recap={recap} />}
    </section>
  )
}
