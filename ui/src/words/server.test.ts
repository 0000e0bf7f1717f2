import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { language } from './language'
import { refusal, sentence } from './server'

const read = import.meta.glob<string>(
  ['../../../internal/{sale,httpapi,rehearsal}/*.go', '!**/*_test.go', '../../../api/openapi.yaml'],
  { query: '?raw', import: 'default', eager: true },
)
const sources = Object.entries(read).filter(([path]) => path.endsWith('.go')).map(([, text]) => text).join('\n')
const contract = Object.entries(read).find(([path]) => path.endsWith('.yaml'))?.[1] ?? ''

const kinds = [...new Set([...contract.matchAll(/- \/problems\/(\w+)/g)].map(([, kind]) => kind ?? ''))]
// As they stand in the code; what is put in is a number or a duration, and a name after a last blank. The
// bare "must be " goes before words of the framework about queries, which the pages make themselves.
const rules = [...sources.replace('"must be "', '').matchAll(/["`]((?:must |is required|is not a field|has a key|The server ended|What was kept|Its product could)[^\n]*?)["`](?=[,)\n]| \+)/g)].map(([, rule]) =>
  (rule ?? '').replace(/%[ds]/g, '10').replace(/ $/, ' name').replace(/from 1 to name$/, 'from 1 to 10'),
)

beforeEach(() => language.choose('zh'))
afterEach(() => language.choose('en'))

describe('the server in Chinese', () => {
  it('is read whole', () => {
    expect(kinds.length).toBeGreaterThanOrEqual(25)
    expect(rules.length).toBeGreaterThanOrEqual(25)
  })
  it.each(kinds)('has a word for the problem %s', (kind) => expect(refusal(kind, 'Title')).toMatch(/\p{Script=Han}/u))
  it.each(rules)('has words for the rule %s', (rule) => {
    expect(sentence(rule)).not.toBe(rule)
    expect(sentence(rule)).toMatch(/\p{Script=Han}/u)
  })
  it('keeps the numbers', () => expect(sentence('must be 1 to 100000')).toBe('必须为 1 到 100000'))
  it('adds what is particular', () =>
    expect(refusal('unavailable', 'Not available', 'Missing: redis, kafka')).toBe('暂时不可用：缺少 redis, kafka'))
  it('leaves what nobody here knows as it is', () => {
    expect(refusal('eclipsed', 'Eclipsed', '')).toBe('Eclipsed')
    expect(sentence('must be blue')).toBe('must be blue')
  })
})

describe('the server in English', () => {
  it('speaks for itself', () => {
    language.choose('en')
    expect(refusal('sold_out', 'Sold out', 'Gone')).toBe('Gone')
    expect(sentence('is required')).toBe('is required')
  })
})
