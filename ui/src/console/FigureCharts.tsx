import { useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { getFigures } from '../api/figures'
import { Refused } from '../api/request'
import { session } from '../api/session'
import { count, duration } from '../sale/format'
import { words } from '../words/console'
import { Chart, counts } from './Chart'
import { noHistory, withFigures, type History, type Point } from './figureHistory'
import type { Across } from './plotLook'
import { queries } from './queries'

const everyMs = 1000
const leastMs = 1
// The least that is drawn of the time.
const leastS = 10

/** What the processes measure while the sale goes on, and whose figures they are. */
export function FigureCharts() {
  const version = useSyncExternalStore(session.subscribe, session.version)
  const key = ['figures', version]
  const history = useQuery({
    queryKey: key,
    queryFn: async () =>
      withFigures(queries.getQueryData<History>(key) ?? noHistory, await getFigures(), performance.now() / 1000),
    refetchInterval: (query) => (query.state.error instanceof Refused ? false : everyMs),
    structuralSharing: false,
  })
  const { points, latest } = history.data ?? noHistory
  const w = words()
  const processes = Object.keys(latest)
  return (
    <section aria-labelledby="figures" className="mt-8 grid gap-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6">
        <h2 id="figures" className="text-lead font-semibold">
          {w.figures}
        </h2>
        <p className="text-small text-muted wrap-anywhere">{processes.length > 0 && w.whose(processes)}</p>
      </div>
      {history.error instanceof Refused ? (
        <p className="text-muted">{history.error.message}</p>
      ) : (
        <div className="grid gap-4 md:grid-cols-2">
          <Charts points={points} />
        </div>
      )}
    </section>
  )
}

function Charts({ points }: { points: Point[] }) {
  const w = words()
  const now = points.at(-1)?.at ?? 0
  const times = points.map(({ at }) => at - now)
  const last = points.at(-1)
  const behind = last && last.records !== null && last.folded !== null ? Math.max(0, last.records - last.folded) : undefined
  const across: Across = { say: (at) => `${Math.round(at)} s`.replace('-', '−'), leastApart: 1, span: [Math.min(-leastS, times[0] ?? 0), 0] }
  return (
    <>
      <Chart
        title={w.latencyTitle}
        times={times}
        across={across}
        up={{ say: duration, least: leastMs }}
        present
        lines={[
          { word: 'p50', tone: 'second', values: points.map(({ p50 }) => p50) },
          { word: 'p90', tone: 'plain', dashed: true, values: points.map(({ p90 }) => p90) },
          { word: 'p99', tone: 'plain', values: points.map(({ p99 }) => p99) },
        ]}
      >
        {last?.p50 === null && <p className="text-small text-board-muted">{w.quiet}</p>}
      </Chart>
      <Chart
        title={w.logTitle}
        times={times}
        across={across}
        up={counts}
        present
        lines={[
          { word: w.inLog, tone: 'second', values: points.map(({ records }) => records) },
          { word: w.inStore, tone: 'plain', dashed: true, values: points.map(({ folded }) => folded) },
        ]}
      >
        <p className="text-small text-board-muted">{behind !== undefined && w.behind(count(behind))}</p>
      </Chart>
    </>
  )
}
