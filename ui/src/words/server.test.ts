import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { language } from './language'
import { failureWords, unjudgedWords } from './failures'
import { problemWords, ruleWords } from './server'
import './serverRest'

beforeEach(() => language.choose('zh'))
afterEach(() => language.choose('en'))

// That there are words for every code is for the compiler: the codes are those of api/openapi.yaml.
describe('the server in Chinese', () => {
  it('has what is particular to a rule, in its place', () => {
    expect(ruleWords({ field: 'quantity', code: 'range', args: ['1', '100000'], rule: 'must be 1 to 100000' })).toBe('必须为 1 到 100000')
    expect(ruleWords({ field: 'id', code: 'required', rule: 'is required' })).toBe('必填')
  })
  it('adds what is particular to a problem', () => expect(problemWords('not_judged', 'Could not judge', 'redis')).toBe('暂时无法核验：redis'))
  it('says why nothing could be judged', () =>
    expect(unjudgedWords({ type: '', status: 503, title: 'Could not judge', detail: 'the store', reason: 'store_behind' })).toBe('暂时无法核验：存储还没有跟上日志，请稍后再试'))
  it('says why a rehearsal failed', () => expect(failureWords({ failure: 'not_on_sale', reason: 'away' })).toBe('它的商品无法开售（away）'))
  it('leaves what nobody here knows as it is', () => {
    expect(problemWords('eclipsed', 'Eclipsed')).toBe('Eclipsed')
    expect(ruleWords({ field: 'id', code: 'blue' as 'id', rule: 'must be blue' })).toBe('must be blue')
    expect(failureWords({ reason: 'the moon is full' })).toBe('the moon is full')
  })
})

describe('the server in English', () => {
  it('speaks for itself', () => {
    language.choose('en')
    expect(problemWords('sold_out', 'Sold out', 'Gone')).toBe('Sold out: Gone')
    expect(ruleWords({ field: 'id', code: 'required', rule: 'is required' })).toBe('is required')
    expect(failureWords({ failure: 'ended_early', reason: 'The server ended' })).toBe('The server ended')
  })
})
