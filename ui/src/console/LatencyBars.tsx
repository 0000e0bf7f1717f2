import type { Latency } from '../api/rehearsals'
import { duration } from '../sale/format'
import { words } from '../words/console'

const leastMs = 0.01

/** Percentiles as bars on a logarithmic scale: a bar that is one step longer stands for ten times as long a wait. */
export function LatencyBars({ latency, title, note }: { latency: Latency; title: string; note: string }) {
  const rows: [string, number][] = [
    ['p50', latency.p50_ms],
    ['p90', latency.p90_ms],
    ['p99', latency.p99_ms],
    ['p99.9', latency.p99_9_ms],
    [words().max, latency.max_ms],
  ]
  const mostMs = 10 ** Math.ceil(Math.log10(Math.max(10, latency.max_ms)))
  const share = (ms: number) => (ms <= leastMs ? 0 : Math.log10(ms / leastMs) / Math.log10(mostMs / leastMs))
  return (
    <figure className="grid content-start gap-3 rounded-box border border-board-edge bg-board p-4 text-board-ink">
      <figcaption className="font-medium">{title}</figcaption>
      <dl className="grid gap-2.5">
        {rows.map(([name, ms]) => (
          <div key={name} className="figures grid grid-cols-[3rem_minmax(0,1fr)_4.5rem] items-center gap-3">
            <dt className="text-small text-board-muted">{name}</dt>
            <dd className="order-last text-right">{latency.count === 0 ? '–' : duration(ms)}</dd>
            <dd aria-hidden="true" className="h-3 bg-board-line">
              <div className="h-full bg-chart-placed transition-[width] duration-200" style={{ width: `${100 * share(ms)}%` }} />
            </dd>
          </div>
        ))}
      </dl>
      <p className="text-small text-board-muted">{note}</p>
    </figure>
  )
}
