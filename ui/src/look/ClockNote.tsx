import { deviceAhead, useServerNow } from '../sale/clock'
import { timeLeft } from '../sale/format'
import { shared } from '../words/shared'

/** Says so where the visitor's clock is wrong: what it shows and the countdowns of the page will not agree. */
export function ClockNote() {
  useServerNow(true)
  const ahead = deviceAhead()
  return (
    <p role="status" className="figures border-l-4 border-edge pl-3 text-small text-muted empty:hidden not-empty:mb-4">
      {ahead !== undefined && shared().clockOff(timeLeft(inMinutes(Math.abs(ahead))), ahead > 0)}
    </p>
  )
}

// To the second it would be said anew each second, as the measure wavers.
const inMinutes = (ms: number) => Math.max(1, Math.round(ms / 60_000)) * 60_000
