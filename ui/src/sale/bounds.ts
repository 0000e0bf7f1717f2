/**
 * How far the server's clock is ahead of this page's, as an interval: the server stamps its time between the moment when
 * it was asked and the moment when its answer came, so the difference lies between the two. What a stream brings was
 * stamped before it came, which bounds it from below alone.
 */
export type Bounds = { low: number; high: number }

// Two good clocks part by less than this, in milliseconds a millisecond.
const drift = 0.0001
// The server's time is cut to whole milliseconds.
const grainMs = 1

export function seenBounds(serverMs: number, sent: number | undefined, received: number): Bounds {
  return { low: serverMs - received, high: sent === undefined ? Infinity : serverMs - sent + grainMs }
}

/** Both of what was known, `ageMs` ago, and what was seen now. Where they rule each other out, a clock was set anew. */
export function narrowed(known: Bounds | undefined, seen: Bounds, ageMs: number): Bounds {
  if (!known) return seen
  const slack = ageMs * drift
  const both = { low: Math.max(known.low - slack, seen.low), high: Math.min(known.high + slack, seen.high) }
  return both.low <= both.high ? both : seen
}

export const middle = ({ low, high }: Bounds): number => (high === Infinity ? low : (low + high) / 2)

/** How wrong the middle may be, in milliseconds. */
export const errorOf = ({ low, high }: Bounds): number => (high - low) / 2
