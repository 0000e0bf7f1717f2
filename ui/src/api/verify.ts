import type { AuditReport as Verdict } from './schema'
import { asOperator } from './session'

export type { Check, Equation, Finding, Invariant, LeftOut, Omission, Place, Recovery, Violation, AuditReport as Verdict } from './schema'

// A long log takes its time to be folded again.
const patienceMs = 5 * 60_000

export async function verify(): Promise<Verdict> {
  const signal = AbortSignal.timeout(patienceMs)
  return (await asOperator<Verdict>('/api/verify', { method: 'POST', signal })).body
}
