import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useEffectEvent, useLayoutEffect, useRef, type ReactNode } from 'react'
import type { Order } from '../api/bodies'
import { count, timeOfDay } from '../sale/format'

const rowHeight = 40
// A browser draws nothing beyond some 17 to 33 million pixels, so a longer list would silently miss its end.
export const mostRows = 400_000

type Props = {
  rows: number
  at: (row: number) => { number: number | undefined; order: Order | undefined }
  onRange: (first: number, last: number) => void
  /** Rows are put in at the top, and what is being looked at has to stay in its place. */
  growsAtTop: boolean
  footer: ReactNode
}

const columns =
  'grid grid-cols-[3.5rem_minmax(0,1fr)_5rem] gap-3 px-3 sm:grid-cols-[5.5rem_minmax(0,1fr)_6rem_9.5rem] lg:grid-cols-[6rem_minmax(0,1fr)_6rem_10rem_10rem_21rem]'

export function OrderList({ rows, at, onRange, growsAtTop, footer }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const shown = Math.min(rows, mostRows)
  const virtual = useVirtualizer({
    count: shown,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  })
  const items = virtual.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? 0
  const ranged = useEffectEvent(onRange)
  useEffect(() => ranged(first, last), [first, last, rows])
  useSteadyTop(scroller, shown, growsAtTop)

  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-hidden rounded-box border border-line bg-surface">
      <div ref={scroller} tabIndex={0} role="region" aria-label="Orders" className="min-h-0 flex-1 overflow-y-auto overscroll-contain -outline-offset-2">
        <div role="table" aria-label="Orders" aria-rowcount={rows + 1}>
          <div role="row" aria-rowindex={1} className={`${columns} sticky top-0 z-10 h-10 items-center border-b border-line bg-surface text-small font-medium text-muted`}>
            <span role="columnheader">number</span>
            <span role="columnheader">user</span>
            <span role="columnheader">status</span>
            <span role="columnheader" className="max-sm:hidden">placed at</span>
            <span role="columnheader" className="max-lg:hidden">ended at</span>
            <span role="columnheader" className="max-lg:hidden">order id</span>
          </div>
          <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => (
              <Row key={item.key} index={item.index} start={item.start} {...at(item.index)} />
            ))}
          </div>
        </div>
      </div>
      <div className="flex min-h-12 flex-wrap items-center gap-x-4 border-t border-line px-3 text-small text-muted">
        <span className="figures mr-auto">{footer}</span>
        <Jump word="To the start" onJump={() => virtual.scrollToIndex(0)} />
        <Jump word="To the end" onJump={() => virtual.scrollToIndex(shown - 1)} />
      </div>
    </div>
  )
}

function Jump({ word, onJump }: { word: string; onJump: () => void }) {
  return (
    <button type="button" className="py-2 text-ink underline underline-offset-4" onClick={onJump}>
      {word}
    </button>
  )
}

function useSteadyTop(scroller: React.RefObject<HTMLDivElement | null>, rows: number, growsAtTop: boolean) {
  const before = useRef(rows)
  useLayoutEffect(() => {
    const element = scroller.current
    if (element && growsAtTop && element.scrollTop > 0) element.scrollTop += (rows - before.current) * rowHeight
    before.current = rows
  }, [scroller, rows, growsAtTop])
}

type RowProps = { index: number; start: number; number: number | undefined; order: Order | undefined }

function Row({ index, start, number, order }: RowProps) {
  const ended = order?.status === 'cancelled' || order?.status === 'expired' || order?.status === 'rejected'
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      style={{ height: rowHeight, transform: `translateY(${start}px)` }}
      className={`${columns} figures absolute inset-x-0 top-0 items-center border-b border-line ${ended ? 'text-muted' : ''}`}
    >
      <span role="cell" className="text-muted">{number === undefined ? '' : count(number)}</span>
      <span role="cell" className="truncate">{order?.user_id ?? '…'}</span>
      <span role="cell">{order?.status}</span>
      <span role="cell" className="whitespace-nowrap max-sm:hidden">{order?.placed_at && timeOfDay(order.placed_at)}</span>
      <span role="cell" className="whitespace-nowrap max-lg:hidden">{order?.ended_at && timeOfDay(order.ended_at)}</span>
      <span role="cell" className="truncate font-mono text-small max-lg:hidden">{order?.order_id}</span>
    </div>
  )
}
