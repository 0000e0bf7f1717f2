import { productPath } from './products'
import { request } from './request'
import type { SaleTimeline, ShareLink } from './schema'
import { asOperator } from './session'

export type { SaleTimeline, ShareLink } from './schema'

/** How a sale went; by a link to share nobody has to sign in. */
export async function getTimeline(id: string, share?: string): Promise<SaleTimeline> {
  const path = `${productPath(id)}/timeline`
  return (await (share ? request<SaleTimeline>(`${path}?share=${encodeURIComponent(share)}`) : asOperator<SaleTimeline>(path))).body
}

// A long log takes its time to be folded again.
const patienceMs = 5 * 60_000

export async function shareSale(id: string): Promise<ShareLink> {
  return (await asOperator<ShareLink>(`${productPath(id)}/share`, { method: 'POST', signal: AbortSignal.timeout(patienceMs) })).body
}
