import type { History, NewToken, OperatorToken, Role } from './schema'
import { asOperator } from './session'

export type { HistoryEntry, OperatorToken, Role } from './schema'

/** The roles that a token can be given. */
export const roles = ['view', 'operate', 'payments'] as const satisfies Role[]

export async function listTokens(): Promise<OperatorToken[]> {
  return (await asOperator<{ tokens: OperatorToken[] }>('/api/tokens')).body.tokens
}

export async function addToken(name: string, role: Role): Promise<NewToken> {
  return (await asOperator<NewToken>('/api/tokens', { method: 'POST', json: { name, role } })).body
}

export async function revokeToken(name: string): Promise<void> {
  await asOperator(`/api/tokens/${encodeURIComponent(name)}`, { method: 'DELETE' })
}

/** The newest entries, so many at most; or those of one order. */
export async function getHistory(product: string, most: number, order?: string): Promise<History> {
  const of = order ? `&order_id=${order}` : ''
  return (await asOperator<History>(`/api/products/${encodeURIComponent(product)}/history?limit=${most}${of}`)).body
}
