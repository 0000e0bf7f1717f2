import { useQueries } from '@tanstack/react-query'
import { Link } from 'wouter'
import { getRehearsal, reportPath, type Rehearsal } from '../api/rehearsals'
import { Refused, Unreachable } from '../api/request'
import { count, duration, timeOfDay } from '../sale/format'
import { words } from '../words/console'
import { kindsOf, kindWord } from '../words/kinds'
import { Chart, counts } from './Chart'
import { bothLines, differences } from './comparison'
import { outcome, planOf, saySeconds, secondsOf } from './outcome'
import { orRefused } from './queries'
import { Shell } from './Shell'

/** Two rehearsals side by side: every number of theirs, and how the answers came. */
export function Compare({ ids }: { ids: string[] }) {
  const asked = useQueries({
    queries: ids.slice(0, 2).map((id) => ({ queryKey: ['rehearsal', id], queryFn: () => orRefused(getRehearsal(id)) })),
  })
  const both = asked.map((query) => query.data).filter((one): one is Rehearsal => one !== undefined && !(one instanceof Refused))
  const lost = asked.some((query) => query.failureReason instanceof Unreachable)
  const settled = asked.every((query) => query.data !== undefined)
  const [a, b] = both
  const w = words()
  return (
    <Shell title={w.compareTitle} link={lost ? 'lost' : settled ? 'open' : 'connecting'}>
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <h1 className="text-title font-semibold">{w.compareTitle}</h1>
        <Link href="/?rehearsals" className="underline underline-offset-4">
          {w.allRehearsals}
        </Link>
      </div>
      {settled && !(a && b) && <p className="pt-4 text-muted">{asked.length < 2 ? w.chooseTwo : w.noRehearsalLine}</p>}
      {a && b && (
        <>
          <ul className="grid gap-1 pt-4 text-lead">
            {differences(a, b).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <div className="mt-6">
            <Answers rehearsals={[a, b]} />
          </div>
          <Table a={a} b={b} />
        </>
      )}
    </Shell>
  )
}

/** Both in one drawing, so that what looks higher or longer is. */
function Answers({ rehearsals }: { rehearsals: Rehearsal[] }) {
  const { times, lines } = bothLines(rehearsals)
  const longest = Math.max(times.at(-1) ?? 0, ...rehearsals.map(({ over }) => secondsOf(over)))
  return (
    <Chart
      title={words().answersPerSecond}
      times={times}
      lines={lines}
      across={{ say: saySeconds, span: [0, longest] }}
      up={counts}
    />
  )
}

type Row = { word: string; says: (one: Rehearsal) => string; prose?: boolean }

function rowsOf(both: Rehearsal[]): Row[] {
  const w = words()
  const kinds = kindsOf(Object.assign({}, ...both.map((one) => one.answers)) as Record<string, number>)
  return [
    { word: w.outcomeRow, says: outcome, prose: true },
    { word: w.planRow, says: planOf, prose: true },
    { word: w.errorsRow, says: (one) => count(one.errors) },
    ...kinds.map((kind) => ({ word: kindWord(kind), says: (one: Rehearsal) => count(one.answers[kind] ?? 0) })),
    { word: w.tookRow, says: (one) => duration(1000 * one.elapsed_s) },
    { word: w.latencyOf('p50'), says: (one) => duration(one.latency.p50_ms) },
    { word: w.latencyOf('p90'), says: (one) => duration(one.latency.p90_ms) },
    { word: w.latencyOf('p99'), says: (one) => duration(one.latency.p99_ms) },
    { word: w.latencyOf('p99.9'), says: (one) => duration(one.latency.p99_9_ms) },
    { word: w.latencyOf(w.max), says: (one) => duration(one.latency.max_ms) },
  ]
}

function Table({ a, b }: { a: Rehearsal; b: Rehearsal }) {
  const w = words()
  return (
    <table className="figures mt-4 w-full table-fixed">
      <thead>
        <tr className="border-b border-line">
          <th scope="col" className="w-2/7 py-2 text-left text-small font-medium text-muted">
            {w.startedRow}
          </th>
          {[a, b].map((one) => (
            <th key={one.id} scope="col" className="py-2 pl-3 text-right font-semibold">
              <Link href={`/products/${one.id}`} className="underline decoration-line underline-offset-4">
                {timeOfDay(one.started_at ?? '')}
              </Link>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rowsOf([a, b]).map(({ word, says, prose }) => (
          <tr key={word} className="border-b border-line align-baseline">
            <th scope="row" className="py-2 text-left text-small font-normal text-muted">
              {word}
            </th>
            {[a, b].map((one) => (
              <td key={one.id} className={`py-2 pl-3 text-right wrap-anywhere ${prose ? '' : 'text-lead'}`}>
                {says(one)}
              </td>
            ))}
          </tr>
        ))}
        <tr>
          <th scope="row" className="py-2 text-left text-small font-normal text-muted">
            {w.report}
          </th>
          {[a, b].map((one) => (
            <td key={one.id} className="py-2 pl-3 text-right">
              {one.report && (
                <a className="underline underline-offset-4" href={reportPath(one.id)} target="_blank" rel="noopener">
                  {w.open}
                </a>
              )}
            </td>
          ))}
        </tr>
      </tbody>
    </table>
  )
}
