import { QueryClient } from '@tanstack/react-query'
import { Refused, Unreachable } from '../api/request'

// A server that is gone is asked again until it is back; a refusal is an answer, and asking again would not change it.
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: 'always',
      retry: (_failures, error) => error instanceof Unreachable,
      retryDelay: (failures) => Math.min(500 * 2 ** failures, 4000),
      staleTime: 1000,
      gcTime: 60_000,
    },
    mutations: { networkMode: 'always' },
  },
})

/**
 * A refusal is what the server has to say about a thing, as good as the thing itself; as an error it would be forgotten
 * with each new try, and the page would flicker.
 */
export async function orRefused<T>(asked: Promise<T>): Promise<T | Refused> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Refused) return error
    throw error
  }
}
