import { useState } from 'react'
import { words } from '../words/console'
import { AnswersChart } from './AnswersChart'
import { PlacedChart } from './PlacedChart'
import { acrossOf, type Recap } from './recap'

/** The whole of a sale as it is kept, whoever watched. */
export function SaleCharts({ recap }: { recap: Recap }) {
  const [whole, setWhole] = useState(false)
  const { across, rush } = acrossOf(recap, whole)
  const w = words().recap
  return (
    <div className="grid gap-3">
      {rush && (
        <fieldset className="flex flex-wrap gap-x-5 gap-y-1 text-small print:hidden">
          <legend className="sr-only">{w.spans}</legend>
          {([false, true] as const).map((all) => (
            <label key={String(all)} className="flex items-center gap-2">
              <input type="radio" name="span" className="size-4 accent-ink" checked={whole === all} onChange={() => setWhole(all)} />
              {all ? w.all : w.rush}
            </label>
          ))}
        </fieldset>
      )}
      <div className="grid gap-4 md:grid-cols-2">
        <AnswersChart stretches={recap.stretches} across={across}>
          {recap.answers === 0 && <p className="text-small text-board-muted">{w.noAnswers}</p>}
        </AnswersChart>
        <PlacedChart marks={recap.marks} from={recap.begun} across={across} />
      </div>
    </div>
  )
}
