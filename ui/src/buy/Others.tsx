import { useId, type ReactNode } from 'react'
import type { Order } from '../api/bodies'
import { useServerNow } from '../sale/clock'
import { count, timeLeft, timeOfDay } from '../sale/format'
import { words } from '../words/buy'
import { holdingWords, paymentWords } from './holdingWords'
import { holds, owes } from './journey'
import { Settle, type Settling } from './Settle'

type Props = Settling & { title: string; orders: Order[] }

/** The buyer's orders that the page is not about, each with how it stands and what can be done with it. */
export function Others({ title, orders, ...settling }: Props) {
  const id = useId()
  const now = useServerNow(orders.some(owes))
  return (
    <section aria-labelledby={id} className="grid gap-3">
      <h2 id={id} className="text-lead font-semibold wrap-anywhere">
        {title}
      </h2>
      <ul className="grid gap-3">
        {orders.map((order) => (
          <Other key={order.order_id} order={order} now={now} {...settling} />
        ))}
      </ul>
    </section>
  )
}

/** `children`: what it is an order of. */
export function Other({ order, now, children, ...settling }: Settling & { order: Order; now: number; children?: ReactNode }) {
  const id = useId()
  return (
    <li className="grid gap-3 rounded-box border border-line bg-surface p-4">
      <div id={id} className="grid gap-1">
        {children}
        <p className="flex flex-wrap items-baseline gap-x-2.5">
          <svg viewBox="0 0 10 10" className="size-2.5" aria-hidden="true">
            <rect x=".5" y=".5" width="9" height="9" className={holds(order) ? 'fill-flash stroke-flash-edge' : 'fill-none stroke-edge'} />
          </svg>
          <span className="mr-auto font-semibold">{owes(order) ? words().toPay : holdingWords(order, false).headline}</span>
          {owes(order) && order.pay_by && (
            <span role="timer" className="figures font-semibold">
              {timeLeft(Date.parse(order.pay_by) - now)}
            </span>
          )}
        </p>
        <p className="figures flex flex-wrap gap-x-3 text-small text-muted">
          {order.number !== undefined && <span>{`${words().number} ${count(order.number)}`}</span>}
          {order.placed_at && <span>{timeOfDay(order.placed_at)}</span>}
        </p>
        <p className="text-small empty:hidden">{paymentWords(order)}</p>
        <p className="font-mono text-small text-muted wrap-anywhere">{order.order_id}</p>
      </div>
      {owes(order) && <Settle order={order} {...settling} describedBy={id} small />}
    </li>
  )
}
