import { useEffect, useEffectEvent, type ReactNode } from 'react'
import { useKeys } from '../look/keys'
import type { PageKey } from './Shell'
import { words } from '../words/console'
import { useScaledRows } from './useScaledRows'
import { ZoneNote } from './ZoneNote'

/** `className` is of the head and of each cell, such as the width from which on it is there. */
export type Column = { word: string; className?: string }

type Props = {
  label: string
  /** The widths of the columns. */
  widths: string
  columns: Column[]
  rows: number
  /** The cells of a row. */
  at: (row: number) => ReactNode[]
  quiet?: (row: number) => boolean
  onRange: (first: number, last: number) => void
  /** Rows are put in at the top, and what is being looked at has to stay in its place. */
  growsAtTop: boolean
  footer: ReactNode
}

/** The keys of the list, for the help of the page that it is on. */
export const listKeys: PageKey[] = [
  { key: 'a', does: 'start' },
  { key: 'm', does: 'middle' },
  { key: 'z', does: 'end' },
]

/** A list of any length, of which only what is in sight is drawn. */
export function ScaledTable({ label, widths, columns, rows, at, quiet, onRange, growsAtTop, footer }: Props) {
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
  const grid = `grid gap-3 px-3 ${widths}`
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-hidden rounded-box border border-line bg-surface">
      <div
        ref={scroller}
        tabIndex={0}
        role="region"
        aria-label={label}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain -outline-offset-2 [overflow-anchor:none]"
      >
        <div role="table" aria-label={label} aria-rowcount={rows + 1}>
          <div role="row" aria-rowindex={1} className={`${grid} sticky top-0 z-10 h-10 items-center border-b border-line bg-surface text-small font-medium text-muted`}>
            {columns.map(({ word, className }) => (
              <span key={word} role="columnheader" className={`truncate ${className ?? ''}`}>
                {word}
              </span>
            ))}
          </div>
          <div role="rowgroup" className="relative overflow-hidden" style={{ height: heightPx }}>
            {Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i).map((row) => (
              <div
                key={row}
                role="row"
                aria-rowindex={row + 2}
                style={{ height: rowPx, transform: `translateY(${placeOf(row)}px)` }}
                className={`${grid} figures absolute inset-x-0 top-0 items-center border-b border-line ${quiet?.(row) ? 'text-muted' : ''}`}
              >
                {at(row).map((cell, i) => (
                  <span key={i} role="cell" className={`truncate ${columns[i]?.className ?? ''}`}>
                    {cell}
                  </span>
                ))}
              </div>
            ))}
          </div>
        </div>
      </div>
      <div className="flex min-h-12 flex-wrap items-center gap-x-4 border-t border-line px-3 py-1.5 text-small text-muted">
        <span className="figures mr-auto">{footer}</span>
        {/* On a phone no column of times is there. */}
        <ZoneNote className="max-sm:hidden" />
        <span className="flex gap-x-4">
          {jumps.map(({ word, to }) => (
            <button key={word} type="button" className="py-2 text-ink underline underline-offset-4" onClick={() => show(to)}>
              {word}
            </button>
          ))}
        </span>
      </div>
    </div>
  )
}
