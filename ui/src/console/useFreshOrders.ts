import { useEffect } from 'react'
import type { Product } from '../api/bodies'
import { queries } from './queries'

const everyMs = 1000

/** Fetches the orders on the page again when the counters say that some of them changed, once a second at most. */
export function useFreshOrders(product: Product | undefined) {
  const id = product?.id
  const counts = product && [product.epoch, product.placed, product.paid, product.cancelled, product.expired].join()
  useEffect(() => {
    if (id === undefined) return
    const timer = setTimeout(() => {
      void queries.invalidateQueries({ queryKey: ['orders', id, 'rows'] })
    }, everyMs)
    return () => clearTimeout(timer)
  }, [id, counts])
}
