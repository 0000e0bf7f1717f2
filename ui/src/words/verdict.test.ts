import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { language } from './language'
import { equationIn, plainly } from './verdict'

const read = import.meta.glob<string>(['../../../internal/verify/*.go', '!**/*_test.go'], { query: '?raw', import: 'default', eager: true })
const source = Object.values(read).join('\n')
const invariants = [...source.matchAll(/^\t\w+ +Invariant = "([^"]+)"/gm)].map(([, name]) => name ?? '')
const calls = [...source.matchAll(/\.(?:check|equation)\((.+?)\)\n/gs)].map(([, call]) => call ?? '').filter((call) => call.includes('Number{'))

/** The words of an equation are the last text before its first number. */
const equations = calls.map((call): [string, number] => {
  const [before = '', ...numbers] = call.split(/Number\{/)
  return [before.match(/"[^"]*"/g)?.at(-1)?.slice(1, -1).replace(/^: /, 'partition 3: ') ?? '', numbers.length]
})

const han = /\p{Script=Han}/u
beforeEach(() => language.choose('zh'))
afterEach(() => language.choose('en'))

describe('the audit in Chinese', () => {
  it('is read whole', () => {
    expect(invariants).toHaveLength(19)
    expect(equations).toHaveLength(18)
  })
  it.each(invariants)('has words for %s, in English too', (invariant) => {
    expect(plainly(invariant)).toMatch(han)
    language.choose('en')
    expect(plainly(invariant)).not.toBe(invariant)
  })
  it.each(equations)('has all numbers of "%s"', (words, n) => {
    const numbers = Array.from({ length: n }, (_, i) => `<${i}>`)
    const said = equationIn(words, numbers)
    expect(said).toMatch(han)
    for (const number of numbers) expect(said).toContain(number)
  })
  it('says of which partition, and that it is not so', () =>
    expect(equationIn('not so: partition 7: position <= log end', ['9', '8'])).toBe('不成立：分区 7：位置 9 ≤ 日志末尾 8'))
  it('leaves what nobody here knows to the audit', () => expect(equationIn('the moon is full', [])).toBeUndefined())
})
