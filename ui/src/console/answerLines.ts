import { isError, kindsOf, kindWord } from '../words/kinds'
import type { Line, Tone } from './Chart'

export function toneOf(kind: string): Tone {
  if (kind === 'placed' || kind === 'again') return 'placed'
  if (kind === 'sold_out') return 'sold-out'
  return isError(kind) ? 'error' : 'other'
}

/** Answers by kind as lines, in their order; the second and further ones of a tone are dashed. */
export function answerLines(over: Record<string, number>[]): Line[] {
  const kinds = kindsOf(Object.assign({}, ...over) as Record<string, number>)
  return kinds.map((kind, i) => ({
    word: kindWord(kind),
    tone: toneOf(kind),
    dashed: kinds.slice(0, i).some((before) => toneOf(before) === toneOf(kind)),
    values: over.map((answers) => answers[kind] ?? 0),
  }))
}
