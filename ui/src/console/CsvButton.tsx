import { useMutation } from '@tanstack/react-query'
import { Button } from '../look/Button'
import { words } from '../words/console'

/** Saves a list as a file. What went wrong stands beside it, in the row of tools that it closes. */
export function CsvButton({ save }: { save: () => Promise<void> }) {
  const csv = useMutation({ mutationFn: save })
  const w = words()
  return (
    <>
      <span role="alert" className="text-right text-alarm max-sm:order-last max-sm:w-full max-sm:empty:hidden sm:flex-1">
        {csv.error?.message}
      </span>
      <Button aria-label={w.download} onClick={() => csv.mutate()} disabled={csv.isPending}>
        <span className="max-sm:hidden">{w.download}</span>
        <span className="sm:hidden">{w.csv}</span>
      </Button>
    </>
  )
}
