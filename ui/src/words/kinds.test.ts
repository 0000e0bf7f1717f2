import { afterEach, expect, it } from 'vitest'
import { kindsOf, kindWord } from './kinds'
import { language } from './language'

afterEach(() => language.choose('en'))

it('shows orders first, and errors last', () =>
  expect(kindsOf({ unexpected: 1, unavailable: 1, paused: 1, eclipsed: 1, sold_out: 1, placed: 1 })).toEqual([
    'placed', 'sold_out', 'eclipsed', 'paused', 'unavailable', 'unexpected',
  ]))
it.each([
  ['again', 'the same again', '重复请求'],
  ['sold_out', 'sold out', '已售罄'],
  ['eclipsed_now', 'eclipsed now', 'eclipsed now'],
])('%s is %s, and %s', (kind, en, zh) => {
  expect(kindWord(kind)).toBe(en)
  language.choose('zh')
  expect(kindWord(kind)).toBe(zh)
})
