import { notifyManager, QueryClient, type QueryKey } from '@tanstack/react-query'
import { Refused, Unreachable } from '../api/request'

// What has come is shown at once, and not in a turn of its own.
notifyManager.setScheduler(queueMicrotask)

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

/** The answer, or what a stream told while it was on its way: that is no older, and a stream that is quiet tells it no second time. */
export async function orTold<T>(key: QueryKey, asked: Promise<T>, told: (meanwhile: T, answer: T) => T = (meanwhile) => meanwhile): Promise<T> {
  const before = queries.getQueryData<T>(key)
  const answer = await asked
  const meanwhile = queries.getQueryData<T>(key)
  return answer instanceof Refused || meanwhile === undefined || meanwhile === before ? answer : told(meanwhile, answer)
}
