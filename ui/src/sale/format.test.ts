import { describe, expect, it } from 'vitest'
import { count, duration, timeLeft, timeOfDay } from './format'

describe('count', () => {
  it.each([0, 7, 999, 1000, 12_345, 1_000_000, -1234])('%d is as Intl writes it', (n) =>
    expect(count(n)).toBe(new Intl.NumberFormat('en').format(n)))
})

describe('timeLeft', () => {
  it.each([
    [-5, '0:00'],
    [0, '0:00'],
    [1, '0:01'],
    [1000, '0:01'],
    [247_000, '4:07'],
    [3_847_000, '1:04:07'],
    [86_400_000, '1 day 0:00:00'],
    [262_987_000, '3 days 1:03:07'],
  ])('%d ms is %s', (ms, text) => expect(timeLeft(ms)).toBe(text))
})

describe('timeOfDay', () => {
  const at = new Date(2026, 2, 4, 9, 5, 7)
  it('leaves out today', () => expect(timeOfDay(at.toISOString(), at)).toBe('09:05:07'))
  it('names another day', () =>
    expect(timeOfDay(at.toISOString(), new Date(2026, 2, 5))).toBe('2026-03-04 09:05:07'))
})

describe('duration', () => {
  it.each([
    [0, '0 ms'],
    [0.002, '< 0.01 ms'],
    [0.0912, '0.09 ms'],
    [1.26, '1.3 ms'],
    [47.6, '48 ms'],
    [1234, '1.2 s'],
  ])('%d is %s', (ms, text) => expect(duration(ms)).toBe(text))
})
