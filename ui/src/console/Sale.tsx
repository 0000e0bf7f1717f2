import { useMutation } from '@tanstack/react-query'
import { useDeferredValue, useState, type CSSProperties } from 'react'
import { Link, useLocation } from 'wouter'
import type { Order } from '../api/bodies'
import { may } from '../api/session'
import { verify } from '../api/verify'
import { focusOn } from '../look/keys'
import { serverNow, useServerNow } from '../sale/clock'
import { count, timeOfDay } from '../sale/format'
import { nextMoment, titleOf } from '../sale/state'
import { words } from '../words/console'
import { paymentWords } from '../words/payments'
import { shared } from '../words/shared'
import { Board } from './Board'
import { Confirm, type Question } from './Confirm'
import { downloadCsv } from './csv'
import { FigureCharts } from './FigureCharts'
import { History } from './History'
import { NoProduct } from './NoProduct'
import { OrderLink } from './OrderList'
import { OwedBack } from './OwedBack'
import { boardLink, BoardLink } from './ProductCard'
import { saleNow } from './saleNow'
import { SaleSoFar } from './SaleSoFar'
import { Shell } from './Shell'
import { Steps } from './Steps'
import { TermsDialog } from './TermsDialog'
import { useMe } from './useMe'
import { useSale } from './useSale'
import { Verify } from './Verify'

export function Sale({ id }: { id: string }) {
  const { product, refusal, newest, link, seenAt } = useSale(id)
  const [question, setQuestion] = useState<Question>()
  const [editing, setEditing] = useState(false)
  const judge = useMutation({ mutationFn: () => verify() })
  const [, go] = useLocation()
  const me = useMe()
  // What lies below comes once the sale itself is there to be used.
  const below = useDeferredValue(product !== undefined, false) && may(me, 'view')
  const now = useServerNow(product !== undefined && nextMoment(product, serverNow()) !== undefined)
  const path = encodeURIComponent(id)
  const w = words()
  return (
    <Shell
      title={product ? saleNow(product, now) : shared().product(id)}
      link={link}
      seenAt={seenAt}
      keys={[
        { key: 'p', does: 'pause', act: () => focusOn('p') },
        { key: 't', does: 'terms', act: () => setEditing(true) },
        { key: 'o', does: 'orders', act: () => go(`/order/${path}`) },
        { key: 'v', does: 'verify', act: () => judge.isPending || judge.mutate() },
      ]}
    >
      {refusal && <NoProduct refusal={refusal} title={w.noProduct(id)} line={w.noProductLine} />}
      {product && (
        <>
          <Board product={product} heading="h1" clock>
            <nav aria-label={w.pagesOf(titleOf(product))} className="flex flex-wrap gap-x-6 gap-y-1">
              <BoardLink href={`/order/${path}`}>{w.allOrders}</BoardLink>
              <BoardLink href={`/products/${path}?payments`}>{paymentWords().title}</BoardLink>
              <a className={boardLink} href={`/buy/${path}`} target="_blank" rel="noopener">
                {w.buyersPage}
              </a>
            </nav>
          </Board>
          <Steps product={product} onAsk={setQuestion} onEdit={() => setEditing(true)} onGone={() => go('/')} telling />
          <OwedBack id={id} onAsk={setQuestion} />
          {below && <SaleSoFar product={product} />}
          {below && <FigureCharts />}
          {below && (
            <div className="mt-8 grid items-start gap-x-10 gap-y-8 lg:grid-cols-2">
              <Newest id={id} orders={newest.data} problem={newest.error} onRetry={() => void newest.refetch()} />
              <Verify product={id} judge={judge} />
            </div>
          )}
          {below && me?.operator && <History product={product} />}
        </>
      )}
      {editing && may(me, 'operate') && <TermsDialog id={id} known={[]} total={0} onDone={() => setEditing(false)} />}
      {question && <Confirm question={question} onClose={() => setQuestion(undefined)} />}
    </Shell>
  )
}

const shown = 10

type NewestProps = { id: string; orders: Order[] | undefined; problem: Error | null; onRetry: () => void }

function Newest({ id, orders, problem, onRetry }: NewestProps) {
  const csv = useMutation({ mutationFn: () => downloadCsv(id) })
  const w = words()
  return (
    <section aria-labelledby="newest">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 border-b border-line pb-2">
        <h2 id="newest" className="text-lead font-semibold">
          {w.newest}
        </h2>
        <span className="flex gap-5">
          <button type="button" aria-label={w.download} className="underline underline-offset-4" onClick={() => csv.mutate()}>
            {w.csv}
          </button>
          <Link className="underline underline-offset-4" href={`/order/${encodeURIComponent(id)}`}>
            {w.allOrders}
          </Link>
        </span>
      </div>
      <p role="alert" className="pt-2 text-alarm empty:hidden">
        {csv.error?.message}
      </p>
      {problem && !orders && (
        <p className="pt-4 text-muted">
          {problem.message}{' '}
          <button type="button" className="text-ink underline underline-offset-4" onClick={onRetry}>
            {w.tryAgain}
          </button>
        </p>
      )}
      {orders?.length === 0 && <p className="pt-4 text-muted">{w.noOrders}</p>}
      <ol aria-labelledby="newest" style={{ '--digits': `${count(orders?.[0]?.number ?? 0).length}ch` } as CSSProperties}>
        {orders?.slice(0, shown).map((order) => (
          <li
            key={order.order_id}
            className="figures relative grid h-11 grid-cols-[max(3.5rem,var(--digits))_minmax(0,1fr)_5rem] items-center gap-3 border-b border-line sm:grid-cols-[max(4.5rem,var(--digits))_minmax(0,1fr)_5rem_5.5rem]"
          >
            <span className="text-muted">{order.number === undefined ? '' : count(order.number)}</span>
            <span className="truncate">
              <OrderLink order={order} />
            </span>
            <span>{w.counts[order.status]}</span>
            <span className="truncate text-right text-muted max-sm:hidden">{order.placed_at ? timeOfDay(order.placed_at) : ''}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}
