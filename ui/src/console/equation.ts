import type { Check, Finding } from '../api/verify'
import { count } from '../sale/format'
import { equationIn } from '../words/verdict'

/**
 * An equation with its numbers in it: "remaining 0 + held 100 = quantity 100". Where its words do not name every number,
 * the numbers follow them.
 */
export function equation(one: Check | Omit<Finding, 'invariant'>): string {
  const { words, numbers = [] } = one
  const said = equationIn(one, numbers.map(({ value }) => count(value)))
  if (said !== undefined) return said
  const parts = numbers.map(({ name, value }) => `${name} ${count(value)}`)
  const named = numbers.every(({ name }) => whole(name).test(words))
  if (!named || numbers.length < 2) return parts.length === 0 ? words : `${words}: ${parts.join(', ')}`
  return numbers.reduce((text, { name }, i) => text.replace(whole(name), parts[i] ?? ''), words)
}

const whole = (name: string) => new RegExp(`\\b${name}\\b`)
