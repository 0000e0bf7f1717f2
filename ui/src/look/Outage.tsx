/** Says that what is on the page may be old. It lies over the page, so that nothing moves when it comes and goes. */
export function Outage({ lost, note }: { lost: boolean; note?: string | undefined }) {
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-0 z-20 flex justify-center p-4">
      {lost && (
        <p className="outage rounded-box border border-board-line bg-board px-4 py-3 text-board-ink">
          The server cannot be reached. Trying again.
          {note && <span className="figures text-board-muted"> {note}</span>}
        </p>
      )}
    </div>
  )
}
