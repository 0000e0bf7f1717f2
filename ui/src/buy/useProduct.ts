import { useCallback, useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { Product } from '../api/bodies'
import { getProduct } from '../api/products'
import { Refused } from '../api/request'
import type { Link } from '../api/stream'
import { noteServerTime } from '../sale/clock'

const againMs = 2000

/** The product on the page. It comes by the stream; this asks for it where the stream cannot say what is wrong. */
export function useProduct(id: string) {
  const [product, setProduct] = useState<Product>()
  const [missing, setMissing] = useState(false)

  const shown = useRef<Product>(undefined)

  const show = useCallback((now: Product) => {
    shown.current = now
    noteServerTime(now.server_time)
    setProduct(now)
    setMissing(false)
  }, [])
  const ask = useCallback(async () => {
    const before = shown.current
    try {
      const now = await getProduct(id)
      // What the stream told meanwhile is no older.
      if (shown.current === before) flushSync(() => show(now))
    } catch (error) {
      if (error instanceof Refused) setMissing(true)
    }
  }, [id, show])

  useEffect(() => void ask(), [ask])
  return { product: missing ? undefined : product, missing, show, ask }
}

/** Asks for the product again and again for as long as its stream is away: a stream cannot tell "gone" from "deleted". */
export function useAskWhileLost(link: Link, ask: () => Promise<void>) {
  useEffect(() => {
    if (link !== 'lost') return
    void ask()
    const timer = setInterval(() => void ask(), againMs)
    return () => clearInterval(timer)
  }, [link, ask])
}
