import { asOperator } from './session'

/** What one process measured in about the last second, over all products. */
export type Figures = {
  process: string
  at?: string
  window_s: number
  answers_per_s: Record<string, number>
  latency: { count: number; p50_ms?: number; p90_ms?: number; p99_ms?: number; max_ms?: number }
  /** The log's end, and how far the store has applied it: of all processes. Absent where they cannot be told. */
  records?: number
  folded?: number
}

export async function getFigures(): Promise<Figures> {
  return (await asOperator<Figures>('/api/figures')).body
}
