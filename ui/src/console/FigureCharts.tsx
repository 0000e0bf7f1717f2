import { useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { getFigures } from '../api/figures'
import { Refused } from '../api/request'
import { session } from '../api/session'
import { count, duration } from '../sale/format'
import { words } from '../words/console'
import { answerLines } from './answerLines'
import { Chart, leastCount } from './Chart'
import { noHistory, withFigures, type History, type Point } from './figureHistory'
import { queries } from './queries'

const everyMs = 1000
const leastMs = 1

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
        <div className="grid gap-4 md:grid-cols-2 lg:grid-cols-3">
          <Charts points={points} />
        </div>
      )}
    </section>
  )
}

function Charts({ points }: { points: Point[] }) {
  const w = words()
  const times = points.map((point) => point.at)
  const now = times.at(-1) ?? 0
  const last = points.at(-1)
  const behind = last && last.records !== null && last.folded !== null ? Math.max(0, last.records - last.folded) : undefined
  const ago = (at: number) => `${Math.round(at - now)} s`.replace('-', '−')
  const answers = answerLines(points.map((point) => point.answersPerS))
  return (
    <>
      <Chart title={w.answersPerSecond} times={times} sayTime={ago} say={(n) => count(Math.round(n))} least={leastCount} lines={answers}>
        {answers.length === 0 && <p className="text-small text-board-muted">{w.quiet}</p>}
      </Chart>
      <Chart
        title={w.latencyTitle}
        times={times}
        sayTime={ago}
        say={duration}
        least={leastMs}
        lines={[
          { word: 'p50', tone: 'placed', values: points.map((point) => point.p50) },
          { word: 'p90', tone: 'sold-out', values: points.map((point) => point.p90) },
          { word: 'p99', tone: 'other', values: points.map((point) => point.p99) },
        ]}
      />
      <Chart
        title={w.logTitle}
        times={times}
        sayTime={ago}
        say={(n) => count(Math.round(n))}
        least={leastCount}
        lines={[
          { word: w.inLog, tone: 'sold-out', values: points.map((point) => point.records) },
          { word: w.inStore, tone: 'placed', dashed: true, values: points.map((point) => point.folded) },
        ]}
      >
        <p className="text-small text-board-muted">{behind !== undefined && w.behind(count(behind))}</p>
      </Chart>
    </>
  )
}
