import type { Check, Finding, Verdict } from '../api/verify'
import { count, timeOfDay } from '../sale/format'
import { words } from '../words/console'
import { asksFirst, plainly } from '../words/verdict'
import { equation } from './equation'

/** What the judge said: of one product, where it is given, and of the whole. */
export function VerdictView({ verdict, product }: { verdict: Verdict; product: string }) {
  const w = words()
  const concerns = ({ product: of }: { product?: string }) => of === undefined || of === product
  const checks = verdict.checks.filter((check) => concerns(check) && check.holds)
  const first = checks.filter((check) => asksFirst(check.words))
  const rest = checks.filter((check) => !asksFirst(check.words))
  return (
    <div className="grid gap-4">
      <p className="figures text-small text-muted">
        {w.judged(count(verdict.orders), count(verdict.records), timeOfDay(verdict.judged_at))}
      </p>
      {verdict.findings.length > 0 && (
        <ul className="grid gap-3">
          {verdict.findings.map((finding, i) => (
            <FindingLine key={i} finding={finding} />
          ))}
        </ul>
      )}
      <CheckList checks={first} />
      {rest.length > 0 && (
        <details>
          <summary className="w-fit rounded-control text-muted hover:text-ink">{w.moreHold(rest.length)}</summary>
          <div className="pt-4">
            <CheckList checks={rest} />
          </div>
        </details>
      )}
      {verdict.left_out.filter(concerns).map((omission, i) => (
        <p key={i} className="text-small text-muted">
          {w.leftOut}: {omission.why}
        </p>
      ))}
    </div>
  )
}

function CheckList({ checks }: { checks: Check[] }) {
  return (
    <ul className="grid gap-3">
      {checks.map((check, i) => (
        <li key={i} className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-3">
          <svg viewBox="0 0 16 16" role="img" aria-label={words().holds} className="mt-1 size-4 fill-none stroke-ink stroke-2">
            <path d="M2 8.5 6 12.5 14 3.5" />
          </svg>
          <span>
            <span className="block">{plainly(check.words)}</span>
            <Sum of={check} />
          </span>
        </li>
      ))}
    </ul>
  )
}

function FindingLine({ finding }: { finding: Finding }) {
  return (
    <li className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-3 text-alarm">
      <svg viewBox="0 0 16 16" role="img" aria-label={words().fails} className="mt-1 size-4 fill-none stroke-current stroke-2">
        <path d="M3 3l10 10M13 3 3 13" />
      </svg>
      <span>
        {finding.words}
        <Sum of={finding} />
        {(finding.product ?? finding.place) && (
          <span className="block text-small text-muted wrap-anywhere">{[finding.product, finding.place].filter(Boolean).join(', ')}</span>
        )}
      </span>
    </li>
  )
}

function Sum({ of }: { of: Check | Finding }) {
  return <span className="figures block font-mono text-small text-muted wrap-anywhere">{equation(of)}</span>
}
