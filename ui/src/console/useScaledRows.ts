import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react'
import { barAt, barPx, topAfter, type Scale } from './scaledScroll'

const rowPx = 40
const headPx = 40
// Rows drawn beyond what is in sight, so that a turn of the wheel does not show a gap.
const beyond = 12
const restMs = 150

/** The rows of a list that are in sight, however long it is. `growsAtTop`: what is looked at stays in its place. */
export function useScaledRows(rows: number, growsAtTop: boolean) {
  const scroller = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState({ top: 0, bar: 0, viewPx: 0 })
  const scaleOf = (viewPx: number): Scale => ({ rows, rowPx, viewPx })

  const put = (top: number) => {
    const bar = barAt(top, scaleOf(at.viewPx))
    if (scroller.current) scroller.current.scrollTop = bar
    setAt({ ...at, top, bar })
  }
  const scrolled = useEffectEvent(() => {
    const bar = scroller.current?.scrollTop ?? 0
    setAt((was) => ({ ...was, bar, top: topAfter(was.top, was.bar, bar, scaleOf(was.viewPx)) }))
  })
  // Wheel and keys move list and bar alike, so the bar drifts from its place; it is put right once it rests.
  const rested = useEffectEvent(() => {
    if (Math.abs(barAt(at.top, scaleOf(at.viewPx)) - at.bar) > 1) put(at.top)
  })
  const sized = useEffectEvent(() => {
    const viewPx = Math.max(0, (scroller.current?.clientHeight ?? 0) - headPx)
    setAt((was) => ({ ...was, viewPx }))
  })
  useEffect(() => {
    const element = scroller.current
    if (!element) return
    let rest: ReturnType<typeof setTimeout>
    const onScroll = () => {
      scrolled()
      clearTimeout(rest)
      rest = setTimeout(() => rested(), restMs)
    }
    const observer = new ResizeObserver(() => sized())
    observer.observe(element)
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      clearTimeout(rest)
      observer.disconnect()
      element.removeEventListener('scroll', onScroll)
    }
  }, [])

  const before = useRef(rows)
  const grown = useEffectEvent(() => {
    const came = rows - before.current
    before.current = rows
    if (came !== 0 && at.top > 0) put(Math.max(0, growsAtTop ? at.top + came * rowPx : at.top))
  })
  useLayoutEffect(() => grown(), [rows])

  const first = Math.max(0, Math.floor(at.top / rowPx) - beyond)
  const last = Math.min(rows - 1, Math.ceil((at.top + at.viewPx) / rowPx) + beyond)
  return {
    scroller,
    rowPx,
    heightPx: barPx(scaleOf(at.viewPx)),
    first,
    last,
    /** Where a row lies, within what is scrolled. */
    placeOf: (row: number) => row * rowPx - at.top + at.bar,
    show: (row: number) => put(Math.min(row * rowPx, Math.max(0, rows * rowPx - at.viewPx))),
  }
}
