import { useEffect, useRef, useState } from 'react'
import { dialogIsOpen } from './keys'

// The name of the script changes with its content, so the page that is served now names another one once there is a
// newer version of it.
const script = /<script type="module"[^>]* src="([^"]+)"/
const lookEveryMs = 5 * 60_000
const readableMs = 2_000
const triedKey = 'seckill.newer'

async function newerThere(): Promise<string | undefined> {
  const own = document.querySelector('script[type=module][src]')?.getAttribute('src')
  const answer = await fetch(location.pathname, { headers: { Accept: 'text/html' }, cache: 'no-cache' }).catch(() => undefined)
  if (!answer?.ok) return undefined
  const there = script.exec(await answer.text().catch(() => ''))?.[1]
  return there === own ? undefined : there
}

// What is typed and not sent would be lost, and so would be a question that waits for its answer.
const inTheMiddle = () => dialogIsOpen() || document.activeElement?.matches('input, select, textarea') === true

// Behind a proxy two versions may answer in turn, while one replaces the other: each is loaded once, not for ever.
function tryOnce(version: string): boolean {
  try {
    if (sessionStorage.getItem(triedKey) === version) return false
    sessionStorage.setItem(triedKey, version)
    return true
  } catch {
    return false
  }
}

/**
 * Whether the server has a newer version of this page. It is looked for when the server is back from an outage, as after
 * an update, when the page is looked at again, and now and then; and it is loaded by itself where that disturbs nobody.
 */
export function useNewerVersion(lost: boolean): 'loading' | 'waiting' | undefined {
  const [newer, setNewer] = useState<'loading' | 'waiting'>()
  const look = useRef(async () => {
    const version = await newerThere()
    if (version === undefined) return
    const load = !inTheMiddle() && tryOnce(version)
    setNewer(load ? 'loading' : 'waiting')
    if (load) setTimeout(() => location.reload(), readableMs)
  })
  const wasLost = useRef(false)
  useEffect(() => {
    if (wasLost.current && !lost) void look.current()
    wasLost.current = lost
  }, [lost])
  useEffect(() => {
    const seen = () => {
      if (document.visibilityState === 'visible') void look.current()
    }
    const timer = setInterval(seen, lookEveryMs)
    document.addEventListener('visibilitychange', seen)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', seen)
    }
  }, [])
  return newer
}
