import { useInfiniteQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { Link } from 'wouter'
import { listPayments, paymentStatuses, type Payment, type PaymentStatus } from '../api/payments'
import { may } from '../api/session'
import { count, timeOfDay } from '../sale/format'
import { money } from '../sale/money'
import { titleOf } from '../sale/state'
import { words } from '../words/console'
import { paymentWords, reasonWord } from '../words/payments'
import { shared } from '../words/shared'
import { askRefunded, Confirm, type Question } from './Confirm'
import { downloadPayments } from './csv'
import { CsvButton } from './CsvButton'
import { queries } from './queries'
import { blockSize } from './rows'
import { listKeys, ScaledTable } from './ScaledTable'
import { Shell } from './Shell'
import { useGrowing } from './useGrowing'
import { useMe } from './useMe'
import { useSale } from './useSale'

const everyMs = 5_000

/** What was paid for a product, whether there still is one or not: payments outlive it. */
export function Payments({ id, shown }: { id: string; shown: PaymentStatus | undefined }) {
  const { product, link, seenAt } = useSale(id)
  const [status, setStatus] = useState(shown)
  const [question, setQuestion] = useState<Question>()
  const w = words()
  const p = paymentWords()
  const title = product ? titleOf(product) : shared().product(id)
  return (
    <Shell title={p.titleOf + title} link={link} seenAt={seenAt} filled keys={listKeys}>
      <h1 className="text-title font-semibold wrap-anywhere">
        {p.titleOf}
        <Link href={`/products/${encodeURIComponent(id)}`} className="underline decoration-line underline-offset-4">
          {title}
        </Link>
      </h1>
      <div className="flex flex-wrap items-center gap-3 py-4 max-sm:gap-2">
        <select
          aria-label={w.status}
          className="h-10 min-w-0 rounded-control border border-edge bg-surface px-3 max-sm:flex-1"
          value={status ?? ''}
          onChange={(event) => setStatus(paymentStatuses.find((one) => one === event.target.value))}
        >
          <option value="">{p.all}</option>
          {paymentStatuses.map((one) => (
            <option key={one} value={one}>
              {p.states[one]}
            </option>
          ))}
        </select>
        <CsvButton save={() => downloadPayments(id)} />
      </div>
      {status && <p className="pb-4 text-muted">{p.tells[status]}</p>}
      <List key={status} id={id} status={status} onAsk={setQuestion} />
      {question && <Confirm question={question} onClose={() => setQuestion(undefined)} />}
    </Shell>
  )
}

type ListProps = { id: string; status: PaymentStatus | undefined; onAsk: (question: Question) => void }

const widths =
  'grid-cols-[minmax(0,1fr)_5.5rem_5.25rem] sm:grid-cols-[minmax(0,1fr)_6rem_5.5rem_9.5rem_5.25rem] lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_6rem_5.5rem_15rem_9.5rem_5.25rem]'

/** They come by their ids, so the list grows page by page as it is scrolled. */
function List({ id, status, onAsk }: ListProps) {
  const queryKey = ['payments', id, status]
  const pages = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) =>
      listPayments(id, { status, after: pageParam, limit: blockSize }, queries.getQueryData(queryKey) !== undefined),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    refetchInterval: ({ state }) => !state.error && state.data?.pages.length === 1 && everyMs,
  })
  const payments = pages.data?.pages.flatMap((page) => page.payments) ?? []
  const onRange = useGrowing(pages, payments.length)
  const w = words()
  const p = paymentWords()
  if (pages.error && !pages.data) {
    return (
      <p role="alert" className="py-4 text-alarm">
        {pages.error.message}{' '}
        <button type="button" className="text-ink underline underline-offset-4" onClick={() => void pages.refetch()}>
          {w.tryAgain}
        </button>
      </p>
    )
  }
  return (
    <ScaledTable
      label={p.title}
      widths={widths}
      columns={[
        { word: p.columns.id },
        { word: p.columns.order, className: 'max-lg:hidden' },
        { word: p.columns.amount, className: 'text-right' },
        { word: p.columns.state, className: 'max-sm:hidden' },
        { word: p.columns.why, className: 'max-lg:hidden' },
        { word: p.columns.when, className: 'max-sm:hidden' },
        { word: w.columns.step },
      ]}
      rows={payments.length}
      at={(row) => {
        const payment = payments[row]
        if (!payment) return []
        return [
          payment.payment_id,
          <span className="font-mono text-small">{payment.order_id}</span>,
          money(payment),
          p.states[payment.status],
          payment.reason && reasonWord(payment.reason),
          timeOfDay(payment.at),
          <RefundButton payment={payment} onAsk={onAsk} otherwise={<span className="sm:hidden">{p.states[payment.status]}</span>} />,
        ]
      }}
      quiet={(row) => payments[row]?.status === 'refunded'}
      onRange={onRange}
      growsAtTop={false}
      footer={pages.isPending ? p.fetching : p.some(payments.length, count(payments.length), pages.hasNextPage)}
    />
  )
}

type RefundProps = { payment: Payment; onAsk: (question: Question) => void; otherwise?: ReactNode }

/** Says that a payment was paid back, where it is owed back and one may say so. */
export function RefundButton({ payment, onAsk, otherwise }: RefundProps) {
  const me = useMe()
  if (payment.status !== 'refund_due' || !may(me, 'payments')) return otherwise
  return (
    <button
      type="button"
      aria-label={paymentWords().refundedOf(payment.payment_id)}
      className="underline underline-offset-4"
      onClick={() => onAsk(askRefunded(payment))}
    >
      {paymentWords().refunded}
    </button>
  )
}
