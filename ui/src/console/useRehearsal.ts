import { useQuery } from '@tanstack/react-query'
import { useRef, useSyncExternalStore } from 'react'
import { getRehearsal, rehearsalPath, type Rehearsal } from '../api/rehearsals'
import { Refused, Unreachable } from '../api/request'
import { session } from '../api/session'
import { useStream, type Link } from '../api/stream'
import { orRefused, orTold, queries } from './queries'
import type { Sample } from './stretches'

const missingMs = 2_000

/** One rehearsal as it goes on, and what was seen of it on the way. */
export function useRehearsal(id: string) {
  const version = useSyncExternalStore(session.subscribe, session.version)
  const key = ['rehearsal', id]
  const samples = useRef<Sample[]>([])
  const query = useQuery({
    queryKey: key,
    queryFn: () => orTold(key, orRefused(getRehearsal(id))),
    staleTime: 0,
    // One that is not there may come; who did not sign in is not asked again and again.
    refetchInterval: ({ state: { data } }) => (data instanceof Refused && data.status !== 401 ? missingMs : false),
  })
  const refusal = query.data instanceof Refused ? query.data : undefined
  const rehearsal = query.data instanceof Refused ? undefined : query.data
  const stream = useStream(
    refusal ? undefined : `${rehearsalPath(id)}/events`,
    {
      rehearsal: (data) => {
        const now = data as Rehearsal
        const last = samples.current.at(-1)?.at ?? 0
        if (now.elapsed_s > last) samples.current.push({ at: now.elapsed_s, answers: now.answers })
        queries.setQueryData<Rehearsal>(key, now)
      },
    },
    { lost: () => void queries.invalidateQueries({ queryKey: key }) },
    version,
  )
  const link: Link = query.failureReason instanceof Unreachable ? 'lost' : refusal ? 'open' : stream
  return { rehearsal, refusal, samples: samples.current, link, seenAt: query.dataUpdatedAt }
}
