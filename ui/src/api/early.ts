/** An answer, its text and, by the page's clock, when it began to come. */
export type Came = { response: Response; received: number; text: string }

declare global {
  /** What the page asked for while its scripts were loading (early.js). */
  var early: Record<string, { sent: number; came: Promise<Came | undefined> }> | undefined
}

const soonMs = 50
const oldMs = 15_000

/** Waits a moment for what was asked for early, and no longer: a page that is laid out twice takes longer than that. */
export const whatIsEarly = () =>
  Promise.race([
    Promise.all(Object.values(globalThis.early ?? {}).map(({ came }) => came)),
    new Promise((rested) => setTimeout(rested, soonMs)),
  ])

/** It is taken once, and not when it is old. */
export function takeEarly(path: string) {
  const found = globalThis.early?.[path]
  if (found) delete globalThis.early?.[path]
  return found && performance.now() - found.sent < oldMs ? found : undefined
}
