import { shared } from '../words/shared'
import { useNewerVersion } from './version'

type Props = { lost: boolean; note?: string | undefined }

/** Says that what is on the page may be old, or the page itself. It lies over the page, so that nothing moves when it comes and goes. */
export function Outage({ lost, note }: Props) {
  const newer = useNewerVersion(lost)
  const w = shared()
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-0 z-20 grid justify-items-center gap-2 p-4">
      {newer && (
        <p className={bar}>
          {w.older}{' '}
          {newer === 'loading' ? (
            w.loading
          ) : (
            <button type="button" className="pointer-events-auto underline underline-offset-4" onClick={() => location.reload()}>
              {w.load}
            </button>
          )}
        </p>
      )}
      {lost && (
        <p className={`outage ${bar}`}>
          {w.lost}
          {note && <span className="figures text-board-muted"> {note}</span>}
        </p>
      )}
    </div>
  )
}

const bar = 'rounded-box border border-board-line bg-board px-4 py-3 text-board-ink'
