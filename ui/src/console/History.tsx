import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getHistory, type HistoryEntry } from '../api/operators'
import type { Product } from '../api/bodies'
import { count, dateTime } from '../sale/format'
import { money } from '../sale/money'
import { words } from '../words/console'
import { historyWords } from '../words/history'
import { language } from '../words/language'
import { paymentWords } from '../words/payments'
import { secondsOf, spanWords } from '../words/spans'

const first = 20

/** Who did what to the product, when, and from what to what: asked for anew whenever its gate was, or an order ended. */
export function History({ product }: { product: Product }) {
  const { id, epoch, paid, cancelled } = product
  const [most, setMost] = useState(first)
  const page = useQuery({
    queryKey: ['history', id, epoch, paid, cancelled, most],
    queryFn: () => getHistory(id, most),
    placeholderData: (before) => before,
  })
  const entries = page.data?.entries
  const more = page.data?.next !== undefined && most < 1000
  const w = words()
  return (
    <section aria-labelledby="history" className="mt-8">
      <h2 id="history" className="border-b border-line pb-2 text-lead font-semibold">
        {w.history}
      </h2>
      {page.error && !entries && <p className="pt-4 text-muted">{page.error.message}</p>}
      {entries?.length === 0 && <p className="pt-4 text-muted">{w.noHistory}</p>}
      <ol>
        {entries?.map((entry) => (
          <li key={entry.number} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-b border-line py-2">
            <span className="figures text-small text-muted">{dateTime(entry.at, language.tag())}</span>
            <span className="font-medium wrap-anywhere">{entry.by}</span>
            <span>{w.deeds[entry.what]}</span>
            <span className="text-muted wrap-anywhere">{changesOf(entry)}</span>
          </li>
        ))}
      </ol>
      {(more || most > first) && (
        <button
          type="button"
          aria-disabled={!more || undefined}
          className="pt-3 underline underline-offset-4 aria-disabled:text-muted aria-disabled:no-underline"
          onClick={() => more && setMost(Math.min(5 * most, 1000))}
        >
          {w.earlier}
        </button>
      )}
    </section>
  )
}

/** "quantity: 100 → 200, paused: yes"; an order by its id. */
export function changesOf({ changes, order_id }: HistoryEntry): string {
  const h = historyWords()
  const said = changes.map(({ field, from, to }) => {
    if (from === 'true' || to === 'true') return h.is(fieldWord(field), to === 'true' ? h.yes : h.no)
    const [before, after] = [from, to].map((value) => (value === undefined ? '–' : valueWords(field, value)))
    return h.is(fieldWord(field), from === undefined ? `${after}` : `${before} → ${after}`)
  })
  return (order_id ? [order_id, ...said] : said).join(h.and)
}

const numbers = ['quantity', 'limit_per_user', 'orders_per_user', 'unpaid_per_address']

const fieldWord = (field: string): string => (historyWords().fields as Partial<Record<string, string>>)[field] ?? field

/** A value as people write it, of one that the record has as text. */
function valueWords(field: string, value: string): string {
  const [amount, currency] = value.split(' ')
  if (field === 'price' && amount && currency) return money({ amount: Number(amount), currency })
  if (field === 'payment_window') return spanWords(secondsOf(value) ?? 0)
  if (field === 'opens_at' || field === 'closes_at') return dateTime(value, language.tag())
  if (field === 'status') return ({ ...paymentWords().states, ...words().counts } as Partial<Record<string, string>>)[value] ?? value
  return numbers.includes(field) ? count(Number(value)) : value
}
