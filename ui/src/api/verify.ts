import { asOperator } from './session'

type Amount = { name: string; value: number }
export type Check = { invariant: string; product?: string; words: string; numbers?: Amount[]; holds: boolean }
export type Finding = { invariant: string; product?: string; place?: string; words: string; numbers?: Amount[] }

/** What the audit said. A check, a finding or an omission without a product is of the whole. */
export type Verdict = {
  judged_at: string
  took_s: number
  products: number
  orders: number
  records: number
  checks: Check[]
  findings: Finding[]
  left_out: { invariant: string; product?: string; why: string }[]
}

// A long log takes its time to be folded again.
const patienceMs = 5 * 60_000

export async function verify(): Promise<Verdict> {
  const signal = AbortSignal.timeout(patienceMs)
  return (await asOperator<Verdict>('/api/verify', { method: 'POST', signal })).body
}
