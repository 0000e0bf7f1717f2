import type { Check, Finding, Verdict } from '../api/verify'
import { count, timeOfDay } from '../sale/format'
import { words } from '../words/console'
import { asksFirst, omissionWords, placeWords, plainly, recoveryWords } from '../words/verdict'
import { equation } from './equation'

/** What the audit said of one product, and of the whole; of a rehearsal, with how many orders it had. */
export function VerdictView({ verdict, product, rehearsed }: { verdict: Verdict; product: string; rehearsed?: number }) {
  const w = words()
  const concerns = ({ product: of }: { product?: string }) => of === undefined || of === product
  const checks = verdict.checks.filter((check) => concerns(check) && check.holds)
  const rest = checks.filter((check) => !asksFirst(check.invariant))
  return (
    <div className="grid gap-4">
      <p className="figures text-small text-muted">
        {rehearsed === undefined
          ? w.judged(count(verdict.orders), count(verdict.records), timeOfDay(verdict.judged_at))
          : w.verifiedRehearsal(count(rehearsed), timeOfDay(verdict.judged_at))}
      </p>
      {verdict.findings.length > 0 && (
        <ul className="grid gap-3">
          {byInvariant(verdict.findings).map(([invariant, findings]) => (
            <Line key={invariant} invariant={invariant} of={findings} broken />
          ))}
        </ul>
      )}
      <Checks checks={checks.filter((check) => asksFirst(check.invariant))} />
      {rest.length > 0 && (
        <details>
          <summary className="w-fit rounded-control text-muted hover:text-ink">{w.moreHold(rest.length)}</summary>
          <div className="pt-4">
            <Checks checks={rest} />
          </div>
        </details>
      )}
      {(verdict.recovered ?? []).map((recovery) => (
        <p key={recovery.words} className="text-small text-muted">
          {w.recovered}: {recoveryWords(recovery)}
        </p>
      ))}
      {verdict.left_out.filter(concerns).map((omission, i) => (
        <p key={i} className="text-small text-muted">
          {w.leftOut}: {plainly(omission.invariant)} ({omissionWords(omission)})
        </p>
      ))}
    </div>
  )
}

function Checks({ checks }: { checks: Check[] }) {
  return (
    <ul className="grid gap-3">
      {byInvariant(checks).map(([invariant, of]) => (
        <Line key={invariant} invariant={invariant} of={of} />
      ))}
    </ul>
  )
}

function byInvariant<T extends { invariant: string }>(all: T[]): [string, T[]][] {
  const groups = new Map<string, T[]>()
  for (const one of all) groups.set(one.invariant, [...(groups.get(one.invariant) ?? []), one])
  return [...groups]
}

/** What has to hold, and below it each of its equations, or of what speaks against it. */
function Line({ invariant, of, broken = false }: { invariant: string; of: (Check | Finding)[]; broken?: boolean }) {
  const w = words()
  return (
    <li className={`grid grid-cols-[1rem_minmax(0,1fr)] gap-x-3 ${broken ? 'text-alarm' : ''}`}>
      <svg viewBox="0 0 16 16" role="img" aria-label={broken ? w.fails : w.holds} className="mt-1 size-4 fill-none stroke-current stroke-2">
        <path d={broken ? 'M3 3l10 10M13 3 3 13' : 'M2 8.5 6 12.5 14 3.5'} />
      </svg>
      <span>
        {plainly(invariant)}
        {of.map((one, i) => (
          <span key={i} className="figures block font-mono text-small text-muted wrap-anywhere">
            {equation(one)}
            {broken && where(one)}
          </span>
        ))}
      </span>
    </li>
  )
}

const where = (finding: Finding) =>
  [finding.product, placeWords(finding)].filter(Boolean).map((part) => ` · ${part}`)
