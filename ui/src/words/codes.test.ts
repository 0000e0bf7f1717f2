import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import codes from './codes.json'
import { failureWords, unjudgedWords } from './failures'
import { language } from './language'
import { problemWords, ruleWords } from './server'
import './serverRest'
import { equationIn, omissionWords, placeWords, plainly } from './verdict'

// All that the server says by a code (codes.json, of its own lists), in each language. What is particular to a case
// stands for each %v there, and has to stand in the other language too.
const args = ['‹0›', '‹1›', '‹2›', '‹3›', '‹4›', '‹5›']
const said: Record<keyof typeof codes, (code: string) => string | undefined> = {
  problems: (code) => problemWords(code, code),
  rules: (code) => ruleWords({ field: 'id', code: code as 'id', args, rule: '' }),
  failures: (code) => failureWords({ failure: code as 'unreadable', reason: '' }),
  unjudged: (code) => unjudgedWords({ type: '', status: 503, title: '', reason: code as 'gates_away' }),
  invariants: plainly,
  equations: (code) => equationIn({ code, args, holds: true }, Array(12).fill('7')),
  violations: (code) => equationIn({ code, args }, Array(12).fill('7')),
  omissions: (code) => omissionWords({ invariant: 'fold', code: code as 'no_gate', args, why: '' }),
  places: (code) => placeWords({ place_code: code as 'gate', place_args: args, words: '' }),
}

beforeEach(() => language.choose('zh'))
afterEach(() => language.choose('en'))

describe.each(Object.entries(codes) as [keyof typeof codes, Record<string, string>][])('%s', (part, all) => {
  it.each(Object.entries(all))('%s is said in both languages', (code, english) => {
    expect(english).toMatch(/^[\x20-\x7e]+$/)
    const chinese = said[part](code) ?? ''
    expect(chinese).toMatch(/\p{Script=Han}/u)
    expect(chinese).not.toMatch(/undefined/)
    const particulars = code === 'schema' ? [] : (english.match(/%[vq]/g) ?? [])
    for (const arg of args.slice(0, particulars.length)) expect(chinese).toContain(arg)
  })
})
