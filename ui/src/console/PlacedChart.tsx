import { words } from '../words/console'
import { Chart, counts } from './Chart'
import type { Across } from './plotLook'

type Props = { marks: { at: number; n: number }[]; from: number | undefined; across: Across }

/** So many orders were placed by then: from none, at `from`. */
export function PlacedChart({ marks, from, across }: Props) {
  const w = words()
  const begun = from === undefined || marks.length === 0 ? [] : [{ at: from, n: 0 }]
  const last = marks.at(-1)
  const end = across.span?.[1] ?? 0
  const points = [...begun, ...marks, ...(last && last.at < end ? [{ at: end, n: last.n }] : [])]
  return (
    <Chart
      title={w.placedTitle}
      times={points.map(({ at }) => at)}
      lines={[{ word: w.placedLine, tone: 'placed', steps: true, values: points.map(({ n }) => n) }]}
      across={across}
      up={counts}
      present
    />
  )
}
