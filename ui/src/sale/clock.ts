import { useEffect, useState } from 'react'
import { errorOf, middle, narrowed, seenBounds, type Bounds } from './bounds'

// Sales open and close by the server's clock. A visitor's may be wrong by hours, and may be set while the page is open,
// so time goes on here by the page's own, which nobody sets.
let bounds: Bounds | undefined
let notedAt = 0

/** Times of the page's clock: when an answer was asked for, and when it came. */
type Times = { sent: number; received: number }

export function noteServerTime(serverTime: string, times?: Times) {
  const received = times?.received ?? performance.now()
  bounds = narrowed(bounds, seenBounds(Date.parse(serverTime), times?.sent, received), received - notedAt)
  notedAt = received
}

export const serverNow = (): number => (bounds ? performance.now() + middle(bounds) : Date.now())

/** How wrong `serverNow` may be, in milliseconds; infinite as long as nothing was measured. */
export const clockError = (): number => (bounds ? errorOf(bounds) : Infinity)

const noticedMs = 30_000

/** How far this device's clock is ahead of the server's, where somebody would notice it. */
export function deviceAhead(): number | undefined {
  if (clockError() > noticedMs / 2) return undefined
  const ahead = Date.now() - serverNow()
  return Math.abs(ahead) < noticedMs ? undefined : ahead
}

/** The server's time, anew each second while `running`. */
export function useServerNow(running: boolean): number {
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    if (!running) return
    let timer: ReturnType<typeof setTimeout>
    const tick = () => {
      setNow(serverNow())
      timer = setTimeout(tick, 1000 - (serverNow() % 1000))
    }
    tick()
    return () => clearTimeout(timer)
  }, [running])
  return now
}
