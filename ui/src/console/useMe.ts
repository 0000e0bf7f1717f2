import { useEffect, useSyncExternalStore } from 'react'
import type { Session } from '../api/bodies'
import { session } from '../api/session'

let learning: Promise<void> | undefined

/** Who the server takes this page for; undefined until it has said so. */
export function useMe(): Session | undefined {
  const me = useSyncExternalStore(session.subscribe, session.me)
  useEffect(() => {
    if (!me) learning ??= session.learn().catch(() => undefined).finally(() => (learning = undefined)) // whatever is asked for next says what is wrong
  }, [me])
  return me
}
