import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { Link } from 'wouter'
import type { Order } from '../api/bodies'
import { getHistory } from '../api/operators'
import { cancellable, findOrder, voidable } from '../api/orders'
import { paymentsOfOrder } from '../api/payments'
import { Unreachable } from '../api/request'
import { may } from '../api/session'
import { Button } from '../look/Button'
import { count, dateTime } from '../sale/format'
import { money } from '../sale/money'
import { words } from '../words/console'
import { language } from '../words/language'
import { orderWords } from '../words/orders'
import { askCancel, askVoid, Confirm, type Question } from './Confirm'
import { CopyButton } from './CopyButton'
import { searchPage } from './FoundOrders'
import { happened } from './happened'
import { Shell } from './Shell'
import { useMe } from './useMe'

const everyMs = 2_000

/** One order: what it is, what happened to it and by whom, and what can be done to it. */
export function OrderPage({ id }: { id: string }) {
  const [question, setQuestion] = useState<Question>()
  const found = useQuery({ queryKey: ['orders', 'one', id], queryFn: () => findOrder(id), refetchInterval: everyMs })
  const order = found.data
  const o = orderWords()
  const title = !order ? o.title : order.number === undefined ? o.kinds.order : o.order(count(order.number))
  return (
    <Shell title={title} link={found.failureReason instanceof Unreachable ? 'lost' : found.isPending ? 'connecting' : 'open'} seenAt={found.dataUpdatedAt}>
      {(order === null || (found.error && !order)) && (
        <div role="status" className="grid gap-2 py-8">
          <h1 className="text-title font-semibold">{found.error ? found.error.message : o.noOrder}</h1>
          <p className="text-muted">
            {!found.error && `${o.noOrderLine} `}
            <Link href={searchPage({})} className="text-ink underline underline-offset-4">
              {o.title}
            </Link>
          </p>
        </div>
      )}
      {order && (
        <>
          <Heading order={order} title={title} onAsk={setQuestion} />
          <Facts order={order} />
          <Happened order={order} />
        </>
      )}
      {question && <Confirm question={question} onClose={() => setQuestion(undefined)} />}
    </Shell>
  )
}

function Heading({ order, title, onAsk }: { order: Order; title: string; onAsk: (question: Question) => void }) {
  const operates = may(useMe(), 'operate')
  const o = orderWords()
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 pb-5">
      <h1 className="text-title font-semibold">
        {title} <span className="font-normal text-muted">{order.void_reason === undefined ? words().counts[order.status] : words().voided}</span>
      </h1>
      {operates && cancellable(order) && <Button onClick={() => onAsk(askCancel(order))}>{o.cancel}</Button>}
      {operates && voidable(order) && <Button onClick={() => onAsk(askVoid(order))}>{o.voidIt}</Button>}
    </div>
  )
}

function Facts({ order }: { order: Order }) {
  const o = orderWords()
  const link = 'underline decoration-line underline-offset-4'
  return (
    <dl className="grid gap-y-3 border-t border-line pt-4 sm:grid-cols-[10rem_minmax(0,1fr)]">
      <Fact name={o.of}>
        <Link href={`/products/${encodeURIComponent(order.product_id)}`} className={link}>
          {order.product_id}
        </Link>
      </Fact>
      <Fact name={o.buyer} copied={order.user_id}>
        <Link href={searchPage({ user_id: order.user_id })} className={link} aria-description={o.theirOrders}>
          {order.user_id}
        </Link>
      </Fact>
      <Fact name={o.orderId} copied={order.order_id}>
        <span className="font-mono">{order.order_id}</span>
      </Fact>
      {order.price && <Fact name={o.price}>{money(order.price)}</Fact>}
      {order.pay_by && order.status === 'placed' && <Fact name={o.payBy}>{dateTime(order.pay_by, language.tag())}</Fact>}
      {order.payment_id && (
        <Fact name={o.payment} copied={order.payment_id}>
          {order.payment_id}
        </Fact>
      )}
      {order.void_reason && <Fact name={o.reason}>{order.void_reason}</Fact>}
    </dl>
  )
}

function Fact({ name, copied, children }: { name: string; copied?: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="figures flex flex-wrap items-baseline gap-x-4 wrap-anywhere max-sm:-mt-2">
        <span className="min-w-0">{children}</span>
        {copied && <CopyButton text={copied} what={name} />}
      </dd>
    </>
  )
}

/** Its records and its payments, as they came. */
function Happened({ order }: { order: Order }) {
  const of = [order.order_id, order.status, order.payment_id]
  const history = useQuery({ queryKey: ['orders', 'history', ...of], queryFn: () => getHistory(order.product_id, 1000, order.order_id) })
  const payments = useQuery({ queryKey: ['orders', 'payments', ...of], queryFn: () => paymentsOfOrder(order), refetchInterval: everyMs })
  const o = orderWords()
  const problem = history.error ?? payments.error
  return (
    <section aria-labelledby="happened" className="mt-8">
      <h2 id="happened" className="border-b border-line pb-2 text-lead font-semibold">
        {o.happened}
      </h2>
      {problem && <p className="pt-4 text-muted">{problem.message}</p>}
      <ol className="gap-x-4 sm:grid sm:grid-cols-[auto_fit-content(14rem)_minmax(0,1fr)]">
        {happened(order, history.data?.entries ?? [], payments.data ?? []).map((event, i) => (
          <li key={i} className="col-span-full flex flex-wrap items-baseline gap-x-4 gap-y-1 border-b border-line py-2 sm:grid sm:grid-cols-subgrid">
            <time dateTime={event.at} className="figures text-small text-muted">
              {dateTime(event.at, language.tag())}
            </time>
            <span className="font-medium wrap-anywhere max-sm:empty:hidden">{event.by}</span>
            <span className="wrap-anywhere">{event.what}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}
