import { duration } from '../sale/format'
import { words } from '../words/console'
import { Board } from './Chart'

type Latency = { count: number; p50_ms?: number; p90_ms?: number; p99_ms?: number; p99_9_ms?: number; max_ms?: number }

const leastMs = 0.01

/** Percentiles as bars. From one mark of the axis to the next it is ten times as long a wait, and the axis says so. */
export function LatencyBars({ latency, note }: { latency: Latency; note: string }) {
  const w = words()
  const rows: [string, number | undefined][] = [
    ['p50', latency.p50_ms],
    ['p90', latency.p90_ms],
    ['p99', latency.p99_ms],
    ['p99.9', latency.p99_9_ms],
    [w.max, latency.max_ms],
  ]
  const most = Math.max(1, Math.ceil(Math.log10(latency.max_ms || 1)))
  const decades = Array.from({ length: most - Math.log10(leastMs) + 1 }, (_, i) => leastMs * 10 ** i)
  const last = decades.length - 1
  const share = (ms: number) => Math.max(0, Math.log10(ms / leastMs) / Math.log10(10 ** most / leastMs))
  return (
    <Board title={w.latencyLog}>
      <dl className="figures grid gap-2">
        {rows
          .filter(([, ms]) => ms !== undefined)
          .map(([name, ms = 0]) => (
            <div key={name} className={row}>
              <dt className="text-small text-board-muted">{name}</dt>
              <dd className="order-last text-right whitespace-nowrap">{latency.count === 0 ? '–' : duration(ms)}</dd>
              <dd aria-hidden="true" className="mark h-3 bg-board-line">
                <div className="h-full bg-chart-plain transition-[width] duration-200" style={{ width: `${ms > 0 ? 100 * share(ms) : 0}%` }} />
              </dd>
            </div>
          ))}
      </dl>
      <div aria-hidden="true" className={`${row} figures text-small text-board-muted`}>
        <span />
        <span className="relative h-7">
          {decades.map((ms, i) => (
            <span key={ms} className="absolute border-l border-board-muted pt-1.5" style={{ left: `${100 * share(ms)}%` }}>
              <span className={`absolute top-1.5 whitespace-nowrap ${i === 0 ? '' : i === last ? '-translate-x-full' : '-translate-x-1/2 max-sm:hidden'} ${(last - i) % 2 === 0 ? '' : 'hidden'}`}>
                {mark(ms)}
              </span>
            </span>
          ))}
        </span>
      </div>
      <p className="text-small text-board-muted">{note}</p>
    </Board>
  )
}

const row = 'grid grid-cols-[3rem_minmax(0,1fr)_5.25rem] items-center gap-3'

const mark = (ms: number) => (ms >= 1000 ? `${ms / 1000} s` : `${Number(ms.toPrecision(1))} ms`)
