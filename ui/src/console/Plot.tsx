import 'uplot/dist/uPlot.min.css'
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState, useSyncExternalStore, type KeyboardEvent } from 'react'
import uPlot, { type AlignedData } from 'uplot'
import { heightPx, optionsFor, type Across, type Shape, type Up } from './plotLook'

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
  const look = useSyncExternalStore(watchLook, lookNow)
  const shapesKey = JSON.stringify(shapes) + look
  const pointed = useEffectEvent((made: uPlot) => {
    const { left = -1 } = made.cursor
    if (left < 0) return setAt(undefined)
    const over = made.posToVal(left, 'x')
    setAt(Math.max(0, stops.findLastIndex((stop) => stop <= over)))
  })
  const make = useEffectEvent((within: HTMLElement) => {
    const options = optionsFor(within, shapes, () => now.current)
    return new uPlot({ ...options, hooks: { setCursor: [(made) => made.cursor.event && pointed(made)] } }, data, within)
  })

  useEffect(() => {
    const within = holder.current
    if (!within) return
    const made = make(within)
    plot.current = made
    const observer = new ResizeObserver(() => made.setSize({ width: within.clientWidth, height: heightPx }))
    observer.observe(within)
    return () => {
      observer.disconnect()
      made.destroy()
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
