import { useMutation } from '@tanstack/react-query'
import { Link, useLocation } from 'wouter'
import { beginRehearsal, type Plan } from '../api/rehearsals'
import { Refused } from '../api/request'
import { Button } from '../look/Button'
import { words } from '../words/console'
import { queries } from './queries'

/** Begins a rehearsal, the demo sale where nothing else is said, and goes where it can be seen. */
export function useDemo() {
  const [, go] = useLocation()
  return useMutation({
    mutationFn: (plan: Partial<Plan> | void) => beginRehearsal(plan ?? {}),
    onSuccess: (begun) => {
      queries.setQueryData(['rehearsal', begun.id], begun)
      void queries.invalidateQueries({ queryKey: ['rehearsals'] })
      go(`/products/${begun.id}`)
    },
  })
}

/** The first minute: nothing is on sale, and one press shows what the rush will be like. */
export function Demo() {
  const demo = useDemo()
  const w = words()
  return (
    <div className="grid gap-5 rounded-box border border-board-edge bg-board p-5 text-board-ink sm:p-6">
      <h2 className="text-title font-semibold">{w.nothing}</h2>
      <p className="max-w-prose text-board-muted">{w.nothingLine}</p>
      <div className="@container" aria-hidden="true">
        <div className="units" style={{ '--quantity': 100 } as React.CSSProperties} />
      </div>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
        <Button
          kind="primary"
          className="h-12 text-lead focus-visible:outline-flash max-sm:w-full"
          aria-keyshortcuts="d"
          disabled={demo.isPending}
          onClick={() => demo.mutate()}
        >
          {demo.isPending ? w.starting : w.demo}
        </Button>
        <NotBegun error={demo.error} />
      </div>
    </div>
  )
}

/** Why a rehearsal did not begin; where another one is under way, the way to it. */
export function NotBegun({ error }: { error: Error | null }) {
  const running = error instanceof Refused && error.kind === 'rehearsal_running' ? error.problem.detail : undefined
  return (
    <p role="alert" className="empty:hidden">
      {running ? (
        <>
          {words().isUnderWay}{' '}
          <Link href={`/products/${running}`} className="underline underline-offset-4 focus-visible:outline-current">
            {words().watchIt}
          </Link>
        </>
      ) : (
        error?.message
      )}
    </p>
  )
}
