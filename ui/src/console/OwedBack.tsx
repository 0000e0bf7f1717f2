import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { listPayments } from '../api/payments'
import { money } from '../sale/money'
import { paymentWords, reasonWord } from '../words/payments'
import type { Question } from './Confirm'
import { RefundButton } from './Payments'
import { useMe } from './useMe'

const shown = 5
const everyMs = 5_000

/** What is owed back, and what to do with it; nothing where nothing is. */
export function OwedBack({ id, onAsk }: { id: string; onAsk: (question: Question) => void }) {
  const operator = useMe()?.operator ?? false
  const owed = useQuery({
    queryKey: ['payments', id, 'owed'],
    queryFn: () => listPayments(id, { status: 'refund_due', limit: shown }, true),
    refetchInterval: (query) => !query.state.error && everyMs,
    enabled: operator,
  })
  const p = paymentWords()
  if (!owed.data?.payments.length) return null
  return (
    <section aria-labelledby="owed" className="mt-8">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 border-b border-line pb-2">
        <h2 id="owed" className="text-lead font-semibold">
          {p.owedBack}
        </h2>
        <Link className="underline underline-offset-4" href={`/products/${encodeURIComponent(id)}?payments=refund_due`}>
          {p.allOwed}
        </Link>
      </div>
      <p className="py-2 text-muted">{p.tells.refund_due}</p>
      <ul aria-labelledby="owed" className="gap-x-4 sm:grid sm:grid-cols-[auto_minmax(0,1fr)_minmax(0,1fr)_auto]">
        {/* The next one takes the place of one that was refunded, and so the focus. */}
        {owed.data.payments.map((payment, i) => (
          <li key={i} className="figures col-span-full flex flex-wrap items-baseline gap-x-4 gap-y-1 border-b border-line py-2 sm:grid sm:grid-cols-subgrid">
            <span className="font-medium sm:text-right">{money(payment)}</span>
            <span className="wrap-anywhere">{payment.payment_id}</span>
            <span className="mr-auto text-muted">{payment.reason && reasonWord(payment.reason)}</span>
            <RefundButton payment={payment} onAsk={onAsk} />
          </li>
        ))}
      </ul>
    </section>
  )
}
