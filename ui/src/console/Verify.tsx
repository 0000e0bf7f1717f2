import type { UseMutationResult } from '@tanstack/react-query'
import { Refused } from '../api/request'
import type { Verdict } from '../api/verify'
import { Button } from '../look/Button'
import { words } from '../words/console'
import { unjudgedWords } from '../words/failures'
import { VerdictView } from './VerdictView'

type Props = { product: string; judge: UseMutationResult<Verdict, Error, void> }

/** Proves after the fact that nothing was oversold or lost, at the press of a button. */
export function Verify({ product, judge }: Props) {
  const w = words()
  return (
    <section aria-labelledby="verify" className={`grid content-start gap-4 ${judge.data ? '' : 'print:hidden'}`}>
      <h2 id="verify" className="border-b border-line pb-2 text-lead font-semibold">
        {w.verifyTitle}
      </h2>
      <p className="max-w-prose text-muted print:hidden">{w.verifyLine}</p>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button kind="strong" className="print:hidden" disabled={judge.isPending} onClick={() => judge.mutate()}>
          {judge.isPending ? w.verifying : w.verify}
        </Button>
        <p role="status" className="text-lead font-semibold">
          {judge.data && sentence(w.findings(judge.data.findings.length))}
        </p>
      </div>
      <p role="alert" className="text-alarm empty:hidden">
        {judge.error instanceof Refused && judge.error.kind === 'not_judged' ? unjudgedWords(judge.error.problem) : judge.error?.message}
      </p>
      {judge.data && <VerdictView verdict={judge.data} product={product} />}
    </section>
  )
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
