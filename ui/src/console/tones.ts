import { words } from '../words/console'
import { isError, kindsOf, kindWord } from '../words/kinds'

/**
 * The colours of the charts, as look/charts.css names them, and those of the report that `seckill rush --html` writes.
 * One colour has one meaning: what was said to a buyer. What is no answer is plain, or the second beside it.
 */
export type Tone = 'placed' | 'sold-out' | 'own' | 'shut' | 'error' | 'plain' | 'second'

const shut = ['not_open', 'paused', 'closed']

export function toneOf(kind: string): Tone {
  if (kind === 'placed' || kind === 'again') return 'placed'
  if (kind === 'sold_out') return 'sold-out'
  if (shut.includes(kind)) return 'shut'
  return isError(kind) ? 'error' : 'own'
}

/** The tones that these answers have, from the ground of a stack up, each with its kinds. */
export function tonesOf(answers: Record<string, number>): { tone: Tone; kinds: string[] }[] {
  const tones = new Map<Tone, string[]>()
  for (const kind of kindsOf(answers)) tones.set(toneOf(kind), [...(tones.get(toneOf(kind)) ?? []), kind])
  return [...tones].map(([tone, kinds]) => ({ tone, kinds }))
}

/** "100 placed, 9,900 sold out" */
export const sayAnswers = (answers: Record<string, number>, say: (n: number) => string): string =>
  kindsOf(answers)
    .filter((kind) => answers[kind])
    .map((kind) => `${say(answers[kind] ?? 0)} ${kindWord(kind)}`)
    .join(words().and)
