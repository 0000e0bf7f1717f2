import { QueryClient } from '@tanstack/react-query'
import { Unreachable } from '../api/request'

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
