import { useInfiniteQuery } from '@tanstack/react-query'
import type { Status } from '../api/bodies'
import { listOrders } from '../api/manage'
import { count } from '../sale/format'
import { words } from '../words/console'
import { OrderList } from './OrderList'
import { blockSize } from './rows'
import { useGrowing } from './useGrowing'

type Props = { id: string; newest: boolean; status: Status }

/** The orders of one status. Their numbers have gaps, so the list grows page by page as it is scrolled. */
export function FilteredOrders({ id, newest, status }: Props) {
  const pages = useInfiniteQuery({
    queryKey: ['orders', id, 'rows', status, newest],
    queryFn: ({ pageParam }) =>
      listOrders(id, { status, newest, limit: blockSize, ...(pageParam === undefined ? {} : { after: pageParam }) }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next,
  })
  const orders = pages.data?.pages.flatMap((page) => page.orders) ?? []
  return (
    <OrderList
      rows={orders.length}
      at={(row) => ({ number: orders[row]?.number, order: orders[row] })}
      onRange={useGrowing(pages, orders.length)}
      growsAtTop={false}
      footer={pages.isPending ? words().fetching : words().some(count(orders.length), words().counts[status], pages.hasNextPage)}
    />
  )
}
