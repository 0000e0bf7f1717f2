import { useInfiniteQuery } from '@tanstack/react-query'
import { listProducts, type ProductQuery } from '../api/manage'
import { Refused, Unreachable } from '../api/request'

const everyMs = 1000

/** The products that a query finds, page by page, and how many there are of each kind. A long list is asked for anew less often. */
export function useProducts(query: ProductQuery) {
  const pages = useInfiniteQuery({
    queryKey: ['products', query],
    queryFn: ({ pageParam, client, queryKey }) => listProducts(query, pageParam, client.getQueryData(queryKey) !== undefined),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    refetchInterval: ({ state }) => !(state.error instanceof Refused) && everyMs * (state.data?.pages.length ?? 1) ** 2,
    placeholderData: (before) => before,
  })
  const all = pages.data?.pages
  return {
    ...pages,
    products: all?.flatMap((page) => page.products),
    counts: all?.[0]?.counts,
    lost: pages.failureReason instanceof Unreachable,
  }
}
