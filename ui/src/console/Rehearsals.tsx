import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { ended, listRehearsals, reportPath, type Rehearsal } from '../api/rehearsals'
import { Refused, Unreachable } from '../api/request'
import { Button } from '../look/Button'
import { focusOn } from '../look/keys'
import { timeOfDay } from '../sale/format'
import { RehearsalMark } from '../sale/StateMark'
import { words } from '../words/console'
import { askRemove, Confirm, type Question } from './Confirm'
import { outcome, planOf } from './outcome'
import { RehearsalForm } from './RehearsalForm'
import { Shell } from './Shell'
import { ZoneNote } from './ZoneNote'

const everyMs = 2000

export function Rehearsals() {
  const list = useQuery({
    queryKey: ['rehearsals'],
    queryFn: listRehearsals,
    refetchInterval: (query) => (query.state.error instanceof Refused ? false : everyMs),
  })
  const [question, setQuestion] = useState<Question>()
  const lost = list.failureReason instanceof Unreachable
  const w = words()
  return (
    <Shell
      title={w.rehearsals}
      link={lost ? 'lost' : list.isSuccess ? 'open' : 'connecting'}
      seenAt={list.dataUpdatedAt}
      keys={[{ key: 'd', does: 'run', act: () => focusOn('d') }]}
    >
      <div className="grid items-start gap-8 lg:grid-cols-[19rem_minmax(0,1fr)]">
        <RehearsalForm />
        <section aria-labelledby="all-rehearsals">
          <h2 id="all-rehearsals" className="sr-only">
            {w.allRehearsals}
          </h2>
          {list.isError && !lost && (
            <p role="alert" className="text-alarm">
              {list.error.message}{' '}
              <button type="button" className="text-ink underline underline-offset-4" onClick={() => void list.refetch()}>
                {w.tryAgain}
              </button>
            </p>
          )}
          {list.data?.length === 0 && <p className="text-muted">{w.noRehearsals}</p>}
          {list.data && list.data.length > 0 && <List rehearsals={list.data} onAsk={setQuestion} />}
        </section>
      </div>
      {question && <Confirm question={question} onClose={() => setQuestion(undefined)} />}
    </Shell>
  )
}

type ListProps = { rehearsals: Rehearsal[]; onAsk: (question: Question) => void }

function List({ rehearsals, onAsk }: ListProps) {
  const [chosen, setChosen] = useState<string[]>([])
  const [, go] = useLocation()
  const w = words()
  // One that was deleted meanwhile cannot be compared; of three the two that were chosen last are.
  const there = chosen.filter((id) => rehearsals.some((one) => one.id === id))
  const choose = (id: string, on: boolean) => setChosen(on ? [...there, id].slice(-2) : there.filter((other) => other !== id))
  return (
    <>
      <div className="flex min-h-10 flex-wrap items-center justify-between gap-3 border-b border-line pb-3">
        <p className="flex flex-1 flex-wrap gap-x-4 text-muted">
          {w.compareHint}
          <ZoneNote />
        </p>
        <Button disabled={there.length !== 2} onClick={() => go(`/?compare=${there.toSorted().join(',')}`)}>
          {w.compare}
        </Button>
      </div>
      <ul>
        {rehearsals.map((one) => (
          <li key={one.id} className="grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-3 gap-y-1 border-b border-line py-4">
            <input
              type="checkbox"
              className="mt-1 size-4.5 accent-ink"
              aria-label={w.chosen(planOf(one))}
              disabled={!ended(one)}
              checked={there.includes(one.id)}
              onChange={(event) => choose(one.id, event.target.checked)}
            />
            <div className="grid gap-1">
              <p className="figures flex flex-wrap items-center gap-x-3 gap-y-1">
                <Link href={`/products/${one.id}`} className="font-semibold underline decoration-line underline-offset-4 hover:decoration-current">
                  {outcome(one)}
                </Link>
                <RehearsalMark />
              </p>
              <p className="figures text-small text-muted">
                {planOf(one)}
                {one.started_at && ` · ${timeOfDay(one.started_at)}`}
              </p>
              <p className="flex gap-5 text-small">
                {one.report && (
                  <a className="underline underline-offset-4" href={reportPath(one.id)} target="_blank" rel="noopener">
                    {w.report}
                  </a>
                )}
                <button type="button" className="underline underline-offset-4" onClick={() => onAsk(askRemove(one))}>
                  {ended(one) ? w.remove : w.stop}
                </button>
              </p>
            </div>
          </li>
        ))}
      </ul>
    </>
  )
}
