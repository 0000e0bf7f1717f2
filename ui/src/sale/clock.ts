import { useEffect, useState } from 'react'

// Sales open and close by the server's clock, and a visitor's may be wrong by hours. Every answer that carries
// server_time sets the difference anew; it is late by the way the answer took, which a countdown in seconds can bear.
let aheadMs = 0

export function noteServerTime(serverTime: string) {
  aheadMs = Date.parse(serverTime) - Date.now()
}

export const serverNow = (): number => Date.now() + aheadMs

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
