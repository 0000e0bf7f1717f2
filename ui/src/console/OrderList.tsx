import { useEffect, useEffectEvent, type ReactNode } from 'react'
import type { Order } from '../api/bodies'
import { count, timeOfDay } from '../sale/format'
import { words } from '../words/console'
import { useKeys, type Key } from '../look/keys'
import { useScaledRows } from './useScaledRows'

type Props = {
  rows: number
  at: (row: number) => { number: number | undefined; order: Order | undefined }
  onRange: (first: number, last: number) => void
  /** Rows are put in at the top, and what is being looked at has to stay in its place. */
  growsAtTop: boolean
  footer: ReactNode
}

const columns =
  'grid grid-cols-[4.75rem_minmax(0,1fr)_5rem] gap-3 px-3 sm:grid-cols-[5.5rem_minmax(0,1fr)_6rem_9.5rem] lg:grid-cols-[6rem_minmax(0,1fr)_6rem_10rem_10rem_21rem]'

/** The keys of the list, for the help of the page that it is on. */
export const listKeys: Key[] = [
  { key: 'a', does: 'start' },
  { key: 'm', does: 'middle' },
  { key: 'z', does: 'end' },
]

export function OrderList({ rows, at, onRange, growsAtTop, footer }: Props) {
  const { scroller, rowPx, heightPx, first, last, placeOf, show } = useScaledRows(rows, growsAtTop)
  const ranged = useEffectEvent(onRange)
  useEffect(() => ranged(first, last), [first, last, rows])
  const w = words()
  const jumps = [
    { word: w.toStart, to: 0 },
    { word: w.toMiddle, to: Math.floor(rows / 2) },
    { word: w.toEnd, to: rows - 1 },
  ]
  useKeys(listKeys.map((key, i) => ({ ...key, act: () => show(jumps[i]?.to ?? 0) })))
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-hidden rounded-box border border-line bg-surface">
      <div
        ref={scroller}
        tabIndex={0}
        role="region"
        aria-label={w.orders}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain -outline-offset-2 [overflow-anchor:none]"
      >
        <div role="table" aria-label={w.orders} aria-rowcount={rows + 1}>
          <div role="row" aria-rowindex={1} className={`${columns} sticky top-0 z-10 h-10 items-center border-b border-line bg-surface text-small font-medium text-muted`}>
            <span role="columnheader">{w.columns.number}</span>
            <span role="columnheader">{w.columns.user}</span>
            <span role="columnheader">{w.columns.status}</span>
            <span role="columnheader" className="max-sm:hidden">{w.columns.placedAt}</span>
            <span role="columnheader" className="max-lg:hidden">{w.columns.endedAt}</span>
            <span role="columnheader" className="max-lg:hidden">{w.columns.orderId}</span>
          </div>
          <div role="rowgroup" className="relative overflow-hidden" style={{ height: heightPx }}>
            {Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i).map((row) => (
              <Row key={row} index={row} start={placeOf(row)} height={rowPx} {...at(row)} />
            ))}
          </div>
        </div>
      </div>
      <div className="flex min-h-12 flex-wrap items-center gap-x-4 border-t border-line px-3 text-small text-muted">
        <span className="figures mr-auto">{footer}</span>
        {jumps.map(({ word, to }) => (
          <button key={word} type="button" className="py-2 text-ink underline underline-offset-4" onClick={() => show(to)}>
            {word}
          </button>
        ))}
      </div>
    </div>
  )
}

type RowProps = { index: number; start: number; height: number; number: number | undefined; order: Order | undefined }

function Row({ index, start, height, number, order }: RowProps) {
  const ended = order?.status === 'cancelled' || order?.status === 'expired' || order?.status === 'rejected'
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      style={{ height, transform: `translateY(${start}px)` }}
      className={`${columns} figures absolute inset-x-0 top-0 items-center border-b border-line ${ended ? 'text-muted' : ''}`}
    >
      <span role="cell" className="text-muted">{number === undefined ? '' : count(number)}</span>
      <span role="cell" className="truncate">{order?.user_id ?? '…'}</span>
      <span role="cell">{order && words().counts[order.status]}</span>
      <span role="cell" className="whitespace-nowrap max-sm:hidden">{order?.placed_at && timeOfDay(order.placed_at)}</span>
      <span role="cell" className="whitespace-nowrap max-lg:hidden">{order?.ended_at && timeOfDay(order.ended_at)}</span>
      <span role="cell" className="truncate font-mono text-small max-lg:hidden">{order?.order_id}</span>
    </div>
  )
}
