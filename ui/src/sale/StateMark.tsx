import type { State } from '../api/bodies'
import { shared } from '../words/shared'

const shapes: Record<State, React.ReactNode> = {
  on_sale: <rect width="10" height="10" className="fill-flash" />,
  sold_out: <rect width="10" height="10" className="fill-held" />,
  paused: <path d="M0 0h4v10H0zM6 0h4v10H6z" className="fill-board-ink" />,
  not_open: <rect x=".75" y=".75" width="8.5" height="8.5" className="fill-none stroke-flash stroke-[1.5]" />,
  opening: <rect x=".75" y=".75" width="8.5" height="8.5" className="fill-none stroke-flash stroke-[1.5]" />,
  closed: <path d="M.5 5h9" className="fill-none stroke-board-muted stroke-2" />,
}

/** `word`: what it is called here, if not as usual. */
export function StateMark({ state, word = shared().states[state] }: { state: State; word?: string | undefined }) {
  return (
    <span className="inline-flex items-center gap-2 font-medium whitespace-nowrap">
      <svg viewBox="0 0 10 10" className="size-2.5" aria-hidden="true">
        {shapes[state]}
      </svg>
      {word}
    </span>
  )
}

/** Stands beside every product that a rehearsal made. */
export function RehearsalMark() {
  return (
    <span className="rounded-control border border-current px-1.5 py-px text-small font-medium whitespace-nowrap">
      {shared().rehearsal}
    </span>
  )
}
