import { useState, type ReactNode } from 'react'
import { Link } from 'wouter'
import type { Order } from '../api/bodies'
import { orderPage, voidable } from '../api/orders'
import { may } from '../api/session'
import { count, timeOfDay } from '../sale/format'
import { words } from '../words/console'
import { askVoid, Confirm, type Question } from './Confirm'
import { ScaledTable } from './ScaledTable'
import { useMe } from './useMe'

type Props = {
  rows: number
  at: (row: number) => { number: number | undefined; order: Order | undefined }
  onRange: (first: number, last: number) => void
  growsAtTop: boolean
  footer: ReactNode
}

const widths =
  'grid-cols-[4rem_minmax(0,1fr)_5rem] sm:grid-cols-[5.5rem_minmax(0,1fr)_6rem_9.5rem_2.75rem] lg:grid-cols-[6rem_minmax(0,1fr)_6rem_10rem_10rem_21rem_2.75rem]'

export function OrderList({ rows, at, onRange, growsAtTop, footer }: Props) {
  const [question, setQuestion] = useState<Question>()
  const operates = may(useMe(), 'operate')
  const w = words()
  const ended = (order: Order | undefined) =>
    order?.status === 'cancelled' || order?.status === 'expired' || order?.status === 'rejected'
  return (
    <>
      <ScaledTable
        label={w.orders}
        widths={widths}
        columns={[
          { word: w.columns.number },
          { word: w.columns.user },
          { word: w.columns.status },
          { word: w.columns.placedAt, className: 'max-sm:hidden' },
          { word: w.columns.endedAt, className: 'max-lg:hidden' },
          { word: w.columns.orderId, className: 'max-lg:hidden' },
          { word: w.columns.step, className: 'max-sm:hidden' }, // on the order's own page, too
        ]}
        rows={rows}
        at={(row) => {
          const { number, order } = at(row)
          return [
            <span className="text-muted">{number === undefined ? '' : count(number)}</span>,
            order ? <OrderLink order={order} /> : '…',
            order && (order.void_reason === undefined ? w.counts[order.status] : w.voided),
            order?.placed_at && timeOfDay(order.placed_at),
            order?.ended_at && timeOfDay(order.ended_at),
            <span className="font-mono text-small">{order?.order_id}</span>,
            order && operates && voidable(order) && (
              <button type="button" aria-label={w.voidOf(count(order.number ?? 0))} className="relative z-1 underline underline-offset-4" onClick={() => setQuestion(askVoid(order))}>
                {w.void}
              </button>
            ),
          ]
        }}
        quiet={(row) => ended(at(row).order)}
        onRange={onRange}
        growsAtTop={growsAtTop}
        footer={footer}
      />
      {question && <Confirm question={question} onClose={() => setQuestion(undefined)} />}
    </>
  )
}

/** Opens the order's page, wherever its row is pressed. */
export function OrderLink({ order }: { order: Order }) {
  return (
    <Link href={orderPage(order)} className="underline decoration-line underline-offset-4 after:absolute after:inset-0">
      {order.user_id}
    </Link>
  )
}
