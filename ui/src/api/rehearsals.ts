import type { Rehearsal } from './schema'
import { asOperator } from './session'

export type { Latency, Rehearsal } from './schema'

export type Answers = Rehearsal['answers']

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
