import { expect, test } from 'vitest'
import { goSpan, secondsOf, soldInWords, spanWords } from './spans'

test.each([
  ['15 minutes', 900],
  ['15m', 900],
  ['1h30m', 5400],
  ['1 hour, 30 min', 5400],
  ['90 s', 90],
  ['1.5 hours', 5400],
  ['2 days', 172_800],
  ['2 小时 5 分钟', 7500],
  ['0s', 0],
  ['', undefined],
  ['15', undefined],
  ['soon', undefined],
  ['15 minutesx', undefined],
  ['5 m o', undefined],
])('%s is %s seconds', (typed, seconds) => expect(secondsOf(typed)).toBe(seconds))

test.each([
  [900, '15m', '15 minutes'],
  [5400, '1h30m', '1 hour 30 minutes'],
  [604_800, '168h', '7 days'],
  [10, '10s', '10 seconds'],
  [10.5, '10.5s', '10.5 seconds'],
  [0, '0s', '0 seconds'],
])('%s seconds are %s to the server, and "%s"', (seconds, go, words) => {
  expect([goSpan(seconds), spanWords(seconds)]).toEqual([go, words])
})

test.each([
  ['43ms', '43 ms'],
  ['1.234s', '1.2 s'],
  ['2m3.4s', '2 minutes 3 seconds'],
  ['2h0m1s', '2 hours'],
  ['100h', '4 days 4 hours'],
])('%s is "%s"', (written, words) => expect(soldInWords(written)).toBe(words))
