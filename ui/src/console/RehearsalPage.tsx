import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { ended, reportPath, type Rehearsal } from '../api/rehearsals'
import { Button } from '../look/Button'
import { focusOn } from '../look/keys'
import { words } from '../words/console'
import { AnswersChart } from './AnswersChart'
import { askRemove, Confirm, type Question } from './Confirm'
import { NotBegun, useDemo } from './Demo'
import { LatencyBars } from './LatencyBars'
import { NextSteps } from './NextSteps'
import { NoProduct } from './NoProduct'
import { planOf, saySeconds, secondsOf } from './outcome'
import { PlacedChart } from './PlacedChart'
import { boardLink } from './ProductCard'
import { RehearsalBoard } from './RehearsalBoard'
import { Shell } from './Shell'
import { placedBy, stretchesFrom, stretchesOf, type Sample } from './stretches'
import { useRehearsal } from './useRehearsal'
import { VerdictView } from './VerdictView'

export function RehearsalPage({ id }: { id: string }) {
  const { rehearsal, refusal, samples, link, seenAt } = useRehearsal(id)
  const [question, setQuestion] = useState<Question>()
  const again = useDemo()
  const [, go] = useLocation()
  const w = words()
  return (
    <Shell
      title={rehearsal ? planOf(rehearsal) : w.rehearsals}
      link={link}
      seenAt={seenAt}
      keys={[{ key: 'd', does: 'again', act: () => focusOn('d') }]}
    >
      {refusal && <NoProduct refusal={refusal} title={w.noRehearsal} line={w.noRehearsalLine} />}
      {rehearsal && (
        <>
          <RehearsalBoard rehearsal={rehearsal}>
            <nav aria-label={w.pagesOf(id)} className="flex flex-wrap gap-x-6 gap-y-1">
              {rehearsal.report && (
                <a className={boardLink} href={reportPath(id)} target="_blank" rel="noopener">
                  {w.report}
                </a>
              )}
              <Link className={boardLink} href={`/order/${id}`}>
                {w.orders}
              </Link>
              <Link className={boardLink} href="/?rehearsals">
                {w.allRehearsals}
              </Link>
            </nav>
          </RehearsalBoard>
          <div className="flex flex-wrap items-center gap-3 pt-4">
            {ended(rehearsal) && (
              <Button kind="strong" aria-keyshortcuts="d" disabled={again.isPending} onClick={() => again.mutate(samePlan(rehearsal))}>
                {w.runAgain}
              </Button>
            )}
            <Button onClick={() => setQuestion(askRemove(rehearsal, () => go('/?rehearsals')))}>
              {ended(rehearsal) ? w.remove : w.stop}
            </Button>
            <NotBegun error={again.error} />
          </div>
          <Charts rehearsal={rehearsal} samples={samples} />
          {rehearsal.state === 'done' && <NextSteps />}
          {rehearsal.verdict && (
            <section aria-labelledby="verdict" className="mt-8 grid gap-4">
              <h2 id="verdict" className="border-b border-line pb-2 text-lead font-semibold">
                {w.verdict}
              </h2>
              <VerdictView verdict={rehearsal.verdict} product={id} rehearsed={rehearsal.placed} />
            </section>
          )}
        </>
      )}
      {question && <Confirm question={question} onClose={() => setQuestion(undefined)} />}
    </Shell>
  )
}

const samePlan = ({ buyers, over, quantity, repeat_clickers, quitters }: Rehearsal) => ({
  buyers,
  over,
  quantity,
  repeat_clickers,
  quitters,
})

function Charts({ rehearsal, samples }: { rehearsal: Rehearsal; samples: Sample[] }) {
  const stretches = rehearsal.timeline ? stretchesFrom(rehearsal.timeline) : stretchesOf(samples)
  const across = { say: saySeconds, span: [0, Math.max(secondsOf(rehearsal.over), stretches.at(-1)?.to ?? 0)] as [number, number] }
  const w = words()
  return (
    <div className="mt-6 grid gap-4 md:grid-cols-2 lg:grid-cols-3">
      <AnswersChart stretches={stretches} across={across}>
        <p className="text-small text-board-muted">{w.byTheRush}</p>
      </AnswersChart>
      <PlacedChart marks={placedBy(stretches)} from={0} across={across} />
      <LatencyBars latency={rehearsal.latency} note={w.fromArrival} />
    </div>
  )
}
