import { useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import type { Order, Product } from '../api/bodies'
import { listOrders } from '../api/manage'
import { getProduct, productPath } from '../api/products'
import { Refused, Unreachable } from '../api/request'
import { session } from '../api/session'
import { useStream, type Link } from '../api/stream'
import { clockError, noteServerTime } from '../sale/clock'
import { mergeNewest } from './newest'
import { orRefused, orTold, queries } from './queries'

const newestCount = 20
// A stream that died silently (a cable, a sleeping laptop) raises no error, so the product is also asked for now and then.
const heartbeatMs = 10_000
const missingMs = 2_000
// Each answer narrows what is known of the server's clock; one that came over a new connection says little.
const goodErrorMs = 20
const measureMs = 1_000

/** One sale as it is now: the product and its newest orders, kept fresh by one stream. */
export function useSale(id: string) {
  const version = useSyncExternalStore(session.subscribe, session.version)
  const key = ['product', id]
  const product = useQuery({
    queryKey: key,
    queryFn: () => orTold(key, orRefused(getProduct(id))),
    refetchInterval: (query) =>
      query.state.data instanceof Refused ? missingMs : clockError() > goodErrorMs ? measureMs : heartbeatMs,
  })
  const refusal = product.data instanceof Refused ? product.data : undefined
  const present = product.data instanceof Refused ? undefined : product.data
  const newestKey = ['orders', id, 'newest']
  const newest = useQuery({
    queryKey: newestKey,
    queryFn: () => orTold(newestKey, listNewest(id), (told, orders) => mergeNewest(orders, told, newestCount)),
    enabled: present !== undefined,
    staleTime: Infinity,
  })

  const stream = useStream(
    `${productPath(id)}/events`,
    {
      product: (data) => {
        const now = data as Product
        noteServerTime(now.server_time)
        queries.setQueryData(key, now)
        if (numbered(now) === 0) queries.setQueryData<Order[]>(newestKey, (known) => known && [])
      },
      orders: (data) =>
        queries.setQueryData<Order[]>(newestKey, (known) => mergeNewest(known ?? [], data as Order[], newestCount)),
    },
    {
      reopened: () => void queries.invalidateQueries({ queryKey: ['orders', id] }),
      lost: () => void queries.invalidateQueries({ queryKey: key }),
    },
    version,
  )

  const link: Link = product.failureReason instanceof Unreachable ? 'lost' : refusal ? 'open' : stream
  return { product: present, refusal, newest, link, seenAt: product.dataUpdatedAt }
}

const listNewest = async (id: string) => (await listOrders(id, { newest: true, limit: newestCount })).orders

/** How many orders of the product have a number. */
export const numbered = (product: Product): number =>
  product.placed + product.paid + product.cancelled + product.expired
