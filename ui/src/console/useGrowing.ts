import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { blockSize } from './rows'

type Pages = Pick<UseInfiniteQueryResult, 'hasNextPage' | 'isFetching' | 'isError' | 'fetchNextPage'>

/** Fetches the next page once the rows in sight are near the end, also where they came there while the list was fetched anew. */
export function useGrowing({ hasNextPage, isFetching, isError, fetchNextPage }: Pages, rows: number) {
  const lastSeen = useRef(0)
  const grow = () => {
    if (hasNextPage && !isFetching && lastSeen.current > rows - blockSize / 2) void fetchNextPage()
  }
  useEffect(() => {
    if (!isError) grow()
  })
  return (_first: number, last: number) => {
    lastSeen.current = last
    grow()
  }
}
