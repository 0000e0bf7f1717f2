import 'uplot/dist/uPlot.min.css'
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState, useSyncExternalStore, type KeyboardEvent } from 'react'
import type uPlot from 'uplot'
import type { AlignedData } from 'uplot'
import { later } from '../api/later'
import type { Across, Shape, Up } from './plotLook'

const heightPx = 190
// What draws is half as much script as the console itself, and no figure waits for it.
const look = later(() => import('./plotLook'))

type Props = {
  label: string
  data: AlignedData
  shapes: Shape[]
  across: Across
  up: Up
  /** Where values can be read, in order. */
  stops: number[]
  /** The values at one of them. */
  read: (stop: number) => string
}

/** A drawing whose values can be read: with the pointer, or with the arrow keys. */
export function Plot({ label, data, shapes, across, up, stops, read }: Props) {
  const holder = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const [at, setAt] = useState<number>()
  const shown = at === undefined ? undefined : Math.min(at, stops.length - 1)
  const now = useRef({ across, up })
  useLayoutEffect(() => {
    now.current = { across, up }
  })
  const shapesKey = JSON.stringify(shapes) + useSyncExternalStore(watchLook, lookNow)
  const pointed = useEffectEvent((made: uPlot) => {
    const { left = -1 } = made.cursor
    if (left < 0) return setAt(undefined)
    const over = made.posToVal(left, 'x')
    setAt(Math.max(0, stops.findLastIndex((stop) => stop <= over)))
  })
  const make = useEffectEvent((within: HTMLElement, { plotIn }: Awaited<ReturnType<typeof look>>) =>
    plotIn(within, shapes, data, () => now.current, pointed),
  )

  useEffect(() => {
    const within = holder.current
    if (!within) return
    let over = false
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: within.clientWidth, height: heightPx }))
    void look().then((loaded) => {
      if (over) return
      plot.current = make(within, loaded)
      observer.observe(within)
    })
    return () => {
      over = true
      observer.disconnect()
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [shapesKey])
  useEffect(() => plot.current?.setData(data))

  const go = (event: KeyboardEvent) => {
    const last = stops.length - 1
    const from = shown ?? last + 1
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[event.key]
    if (to === undefined) return
    event.preventDefault()
    const stop = Math.max(0, Math.min(last, to))
    setAt(stop)
    plot.current?.setCursor({ left: plot.current.valToPos(stops[stop] ?? 0, 'x'), top: 0 }, false)
  }
  return (
    <>
      <div
        ref={holder}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, stops.length - 1)}
        aria-valuenow={shown ?? Math.max(0, stops.length - 1)}
        aria-valuetext={stops.length > 0 ? read(shown ?? stops.length - 1) : undefined}
        className="plot min-w-0 overflow-hidden rounded-control focus-visible:outline-board-ink"
        style={{ height: heightPx }}
        onKeyDown={go}
        onBlur={() => setAt(undefined)}
      />
      <p className="figures min-h-5 text-small wrap-anywhere text-board-ink print:hidden" data-reading>
        {shown !== undefined && stops.length > 0 && read(shown)}
      </p>
    </>
  )
}

// A canvas keeps the colours that it was drawn with.
const looks = ['print', '(forced-colors: active)', '(prefers-color-scheme: dark)'].map((query) => globalThis.matchMedia?.(query))

function watchLook(changed: () => void) {
  for (const look of looks) look?.addEventListener('change', changed)
  return () => {
    for (const look of looks) look?.removeEventListener('change', changed)
  }
}

const lookNow = () => looks.map((look) => look?.matches).join()
