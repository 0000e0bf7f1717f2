import { useEffect, useRef } from 'react'
import type { Product } from '../api/bodies'
import { queries } from './queries'

const everyMs = 1000

/** Fetches the orders on the page again when the counters say that some of them changed, once a second at most. */
export function useFreshOrders(product: Product | undefined) {
  const id = product?.id
  const counts = product && [product.epoch, product.placed, product.paid, product.cancelled, product.expired].join()
  const seen = useRef(counts)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  useEffect(() => {
    if (counts === seen.current) return
    seen.current = counts
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      void queries.invalidateQueries({ queryKey: ['orders', id, 'rows'] })
    }, everyMs)
  }, [id, counts])

  useEffect(() => () => clearTimeout(timer.current), [])
}
