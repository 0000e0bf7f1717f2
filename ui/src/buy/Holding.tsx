import type { Order, Product } from '../api/bodies'
import { useServerNow } from '../sale/clock'
import { count, timeLeft, timeOfDay } from '../sale/format'
import { money, payLink } from '../sale/money'
import { words } from '../words/buy'
import { holdingWords, paymentWords } from './holdingWords'
import { holds, owes } from './journey'
import { PayAtShop, Settle, type Settling } from './Settle'
import type { useJourney } from './useJourney'

type Props = Settling & { product: Product | undefined; title: string; journey: ReturnType<typeof useJourney>; order: Order }

/** The order in hand. While it holds a unit the board itself is yellow: the unit is this buyer's. */
export function Holding({ product, title, journey, order, ...settling }: Props) {
  const owed = owes(order)
  const now = useServerNow(owed)
  const link = payLink(settling.shop, order)
  const held = [order, ...journey.others].filter(holds).length
  const { headline, line } = holdingWords(order, journey.stand.at === 'holding' && journey.stand.already)
  return (
    <>
      <section
        className={`grid gap-5 rounded-box border p-5 ${holds(order) ? 'border-flash-edge bg-flash text-on-flash selection:bg-on-flash selection:text-flash' : 'border-board-edge bg-board text-board-ink'}`}
      >
        <p className="wrap-anywhere">{title}</p>
        <div role="status" className="grid gap-2">
          <h1 className="text-headline font-semibold tracking-tight text-balance">{headline}</h1>
          <p>{line}</p>
          <p className="font-medium empty:hidden">{paymentWords(order)}</p>
        </div>
        {owed && order.pay_by && (
          <p className="flex items-baseline justify-between gap-4 border-t border-current pt-4">
            {words().timeToPay}
            <span role="timer" className="figures text-right text-figure font-semibold">
              {timeLeft(Date.parse(order.pay_by) - now)}
            </span>
          </p>
        )}
        <dl className="figures grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 border-t border-current pt-4 text-small">
          <Line word={words().user}>{order.user_id}</Line>
          {order.number !== undefined && <Line word={words().number}>{count(order.number)}</Line>}
          {order.price && <Line word={words().price}>{money(order.price)}</Line>}
          {order.placed_at && <Line word={words().placedAt}>{timeOfDay(order.placed_at)}</Line>}
          <Line word={words().order}>
            <span className="font-mono">{order.order_id}</span>
          </Line>
        </dl>
      </section>
      {owed && <Settle order={order} {...settling} />}
      {!owed && order.status === 'placed' && link && <PayAtShop link={link} className="min-h-14 text-lead" />}
      <div className="flex flex-wrap justify-center gap-x-6">
        {(!holds(order) || held < (product?.limit_per_user ?? 1)) && (
          <Quiet onPress={journey.putAside}>{holds(order) ? words().buyAnother : words().back}</Quiet>
        )}
        <Quiet onPress={journey.leave}>{words().not(order.user_id)}</Quiet>
      </div>
    </>
  )
}

function Line({ word, children }: { word: string; children: React.ReactNode }) {
  return (
    <>
      <dt>{word}</dt>
      <dd className="text-right wrap-anywhere">{children}</dd>
    </>
  )
}

export function Quiet({ onPress, children }: { onPress: () => void; children: React.ReactNode }) {
  return (
    <button type="button" className="py-2 underline underline-offset-4 wrap-anywhere" onClick={onPress}>
      {children}
    </button>
  )
}
