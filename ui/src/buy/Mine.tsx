import { useEffect, useEffectEvent, useId, useRef, useState } from 'react'
import type { Order, Product } from '../api/bodies'
import { getProduct } from '../api/products'
import { Refused, request } from '../api/request'
import type { FoundOrders } from '../api/schema'
import { Button } from '../look/Button'
import { useServerNow } from '../sale/clock'
import { titleOf } from '../sale/state'
import { words } from '../words/buy'
import { mineWords } from '../words/mine'
import { shared } from '../words/shared'
import { identity } from './identity'
import { owes } from './journey'
import { Other } from './Others'
import { othersMs, useLooks } from './useJourney'
import { usePlays } from './usePlays'

const atOnce = 20

/** All orders of a buyer who is known, but for those that are `shown` already, each with its sale. */
export function Mine({ shown }: { shown: Order[] }) {
  const id = useId()
  const heading = useRef<HTMLHeadingElement>(null)
  const { orders, sales, more, grow, pending, trouble, update } = useMine()
  const others = orders.filter(({ order_id }) => !shown.some((one) => one.order_id === order_id))
  const now = useServerNow(others.some(owes))
  const plays = usePlays(others.some(owes))
  useEffect(() => heading.current?.focus(), [])
  const w = mineWords()
  return (
    <section aria-labelledby={id} className="grid gap-3">
      <h2 id={id} ref={heading} tabIndex={-1} className="text-lead font-semibold">
        {w.title}
      </h2>
      <p className="text-muted">{w.line}</p>
      <ul className="grid gap-3 empty:hidden">
        {others.map((order) => {
          const sale = sales.get(order.product_id)
          return (
            <Other key={order.order_id} order={order} now={now} plays={plays} shop={sale?.url} onOrder={update}>
              <p>
                <a href={`/buy/${encodeURIComponent(order.product_id)}`} className="underline underline-offset-4 wrap-anywhere">
                  {sale ? titleOf(sale) : shared().product(order.product_id)}
                </a>
              </p>
            </Other>
          )
        })}
      </ul>
      <p role="status" className="text-muted empty:hidden">
        {pending ? w.fetching : !more && others.length === 0 && w.none}
      </p>
      <p role="alert" className="text-alarm empty:hidden">
        {trouble}
      </p>
      {more && !pending && <Button onClick={() => void grow()}>{trouble ? words().lookAgain : w.more}</Button>}
    </section>
  )
}

function useMine() {
  const [orders, setOrders] = useState<Order[]>([])
  const [sales, setSales] = useState(() => new Map<string, Product>())
  /** Behind which the next page is; undefined once there is none. */
  const [after, setAfter] = useState<string | undefined>('')
  const [pending, setPending] = useState(true)
  const [trouble, setTrouble] = useState('')

  const grow = async () => {
    setPending(true)
    setTrouble('')
    try {
      const found = (await request<FoundOrders>(`/api/me/orders?limit=${atOnce}${after && `&after=${after}`}`)).body
      const unknown = new Set(found.orders.map((order) => order.product_id).filter((product) => !sales.has(product)))
      const got = await Promise.all([...unknown].map((product) => getProduct(product).catch(() => undefined))) // it may be gone
      setSales((all) => new Map([...all, ...got.flatMap((sale) => (sale ? [[sale.id, sale] as const] : []))]))
      setOrders((all) => [...all, ...found.orders])
      setAfter(found.next)
    } catch (error) {
      setTrouble((error as Error).message)
      if (error instanceof Refused && error.status === 401) await identity.check()
    }
    setPending(false)
  }
  const begin = useEffectEvent(() => void grow())
  useEffect(() => begin(), [])

  const update = (order: Order) => setOrders((all) => all.map((one) => (one.order_id === order.order_id ? order : one)))
  useLooks(orders.some(owes), othersMs, async (signal) => {
    for (const order of orders.filter(owes)) {
      const found = await request<Order>(`/api/orders/${order.order_id}`).catch(() => undefined)
      if (found && !signal.aborted) update(found.body)
    }
  })
  return { orders, sales, more: after !== undefined, grow, pending, trouble, update }
}
