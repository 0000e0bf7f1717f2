import type { Figures } from './schema'
import { asOperator } from './session'

export type { Figures }

export async function getFigures(): Promise<Figures> {
  return (await asOperator<Figures>('/api/figures')).body
}
