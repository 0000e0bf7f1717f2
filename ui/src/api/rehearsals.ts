import { asOperator } from './session'
import type { Verdict } from './verify'

export type Answers = Record<string, number>

export type Latency = {
  count: number
  mean_ms: number
  p50_ms: number
  p90_ms: number
  p99_ms: number
  p99_9_ms: number
  max_ms: number
}

/** A rush on a product of the server's own. Its id is also its product's. */
export type Rehearsal = {
  id: string
  state: 'running' | 'verifying' | 'done' | 'failed' | 'cancelled'
  /** failed: why, in a sentence. */
  reason?: string
  buyers: number
  over: string
  quantity: number
  repeat_clickers: number
  quitters: number
  payment_window?: string
  started_at?: string
  ended_at?: string
  elapsed_s: number
  sent: number
  answered: number
  errors: number
  answers: Answers
  placed: number
  /** Second clicks, by how they were answered. */
  repeats?: Answers
  paid?: number
  quit?: number
  unpaid?: number
  expired?: number
  latency: Latency
  /** These two once it is judged. */
  oversold?: number
  findings?: number
  report: boolean
  timeline?: { cell_s: number; cells: Answers[] }
  verdict?: Verdict
}

export type Plan = { buyers: unknown; over: string; quantity: unknown; repeat_clickers: unknown; quitters: unknown }

export const isRehearsal = (product: string): boolean => product.startsWith('rehearsal-')
export const ended = ({ state }: Rehearsal): boolean => state === 'done' || state === 'failed' || state === 'cancelled'

const root = '/api/rehearsals'
export const rehearsalPath = (id: string) => `${root}/${encodeURIComponent(id)}`
export const reportPath = (id: string) => `${rehearsalPath(id)}/report`

/** Without a plan it is the demo sale: 10,000 buyers over 5 s at 100 units. */
export async function beginRehearsal(plan: Partial<Plan> = {}): Promise<Rehearsal> {
  return (await asOperator<Rehearsal>(root, { method: 'POST', json: plan })).body
}

/** The newest first, without timelines and verdicts. */
export async function listRehearsals(): Promise<Rehearsal[]> {
  return (await asOperator<{ rehearsals: Rehearsal[] }>(root)).body.rehearsals
}

export async function getRehearsal(id: string): Promise<Rehearsal> {
  return (await asOperator<Rehearsal>(rehearsalPath(id))).body
}

/** Stops one that runs, within seconds, and removes one that has ended, with its product and the product's orders. */
export async function removeRehearsal(id: string): Promise<void> {
  await asOperator(rehearsalPath(id), { method: 'DELETE' })
}
