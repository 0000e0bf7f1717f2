import { useState } from 'react'
import { Link } from 'wouter'
import type { Order } from '../api/bodies'
import { count, timeOfDay } from '../sale/format'
import { titleOf } from '../sale/state'
import { Board } from './Board'
import { Confirm, type Question } from './Confirm'
import { NoProduct } from './NoProduct'
import { Shell } from './Shell'
import { Steps } from './Steps'
import { useSale } from './useSale'

export function Sale({ id }: { id: string }) {
  const { product, refusal, newest, link, seenAt } = useSale(id)
  const [question, setQuestion] = useState<Question>()
  const path = encodeURIComponent(id)
  return (
    <Shell title={product ? titleOf(product) : `Product ${id}`} link={link} seenAt={seenAt}>
      {refusal && <NoProduct id={id} refusal={refusal} />}
      {product && (
        <>
          <Board product={product} heading="h1" />
          <Steps product={product} onAsk={setQuestion} />
          <section aria-labelledby="newest" className="mt-8">
            <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 border-b border-line pb-2">
              <h2 id="newest" className="text-lead font-semibold">
                Newest orders
              </h2>
              <span className="flex gap-6 whitespace-nowrap">
                <a className="underline underline-offset-4" href={`/buy/${path}`} target="_blank" rel="noopener">
                  Buyer’s page
                </a>
                <Link className="underline underline-offset-4" href={`/order/${path}`}>
                  All orders
                </Link>
              </span>
            </div>
            <Newest orders={newest.data} problem={newest.error} onRetry={() => void newest.refetch()} />
          </section>
        </>
      )}
      {question && <Confirm question={question} onClose={() => setQuestion(undefined)} />}
    </Shell>
  )
}

type NewestProps = { orders: Order[] | undefined; problem: Error | null; onRetry: () => void }

function Newest({ orders, problem, onRetry }: NewestProps) {
  if (problem && !orders) {
    return (
      <p className="pt-4 text-muted">
        {problem.message}{' '}
        <button type="button" className="text-ink underline underline-offset-4" onClick={onRetry}>
          Try again
        </button>
      </p>
    )
  }
  if (orders?.length === 0) return <p className="pt-4 text-muted">No orders yet.</p>
  return (
    <ol>
      {orders?.map((order) => (
        <li
          key={order.order_id}
          className="figures grid h-11 grid-cols-[3.5rem_minmax(0,1fr)_5rem] items-center sm:grid-cols-[5.5rem_minmax(0,1fr)_6rem_9.5rem] gap-3 border-b border-line"
        >
          <span className="text-muted">{order.number === undefined ? '' : count(order.number)}</span>
          <span className="truncate">{order.user_id}</span>
          <span>{order.status}</span>
          <span className="text-right whitespace-nowrap text-muted max-sm:hidden">{order.placed_at ? timeOfDay(order.placed_at) : ''}</span>
        </li>
      ))}
    </ol>
  )
}
