import { useEffect, useEffectEvent, useState } from 'react'

const firstDelayMs = 500
const longestDelayMs = 5_000

export type Link = 'connecting' | 'open' | 'lost'

/**
 * Keeps one event stream open while the component is on the page, and says how it is doing. EventSource gives up for
 * good on any answer but 200, as a server on its way up sends; so each loss is followed by a new one, after a delay that
 * doubles. The server begins every stream with the whole present state: what was missed needs no replay.
 */
export function useStream(
  path: string | undefined,
  listeners: Record<string, (data: unknown) => void>,
  turns: Partial<Record<'opened' | 'reopened' | 'lost', () => unknown>> = {},
  version = 0,
): Link {
  const [link, setLink] = useState<Link>('connecting')
  const names = Object.keys(listeners).join()
  const heard = useEffectEvent((name: string, data: string) => listeners[name]?.(JSON.parse(data)))
  const turned = useEffectEvent((turn: keyof typeof turns) => turns[turn]?.())

  useEffect(() => {
    if (path === undefined) return
    let source: EventSource | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let delay = firstDelayMs

    const connect = () => {
      source = new EventSource(path)
      source.onopen = () => {
        setLink('open')
        turned(delay > firstDelayMs ? 'reopened' : 'opened')
        delay = firstDelayMs
      }
      source.onerror = () => {
        source?.close()
        setLink('lost')
        turned('lost')
        timer = setTimeout(connect, delay)
        delay = Math.min(delay * 2, longestDelayMs)
      }
      for (const name of names.split(',')) {
        source.addEventListener(name, (event: MessageEvent<string>) => heard(name, event.data))
      }
    }
    // A device that comes back online should not sit out the rest of its delay.
    const hurry = () => {
      if (source?.readyState !== EventSource.CLOSED) return
      clearTimeout(timer)
      connect()
    }
    connect()
    window.addEventListener('online', hurry)
    return () => {
      window.removeEventListener('online', hurry)
      clearTimeout(timer)
      source?.close()
    }
  }, [path, names, version])

  return link
}
