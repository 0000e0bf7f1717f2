import { describe, expect, it } from 'vitest'
import { barAt, barPx, mostPx, topAfter } from './scaledScroll'

const short = { rows: 1000, rowPx: 40, viewPx: 600 }
const long = { rows: 1_000_000, rowPx: 40, viewPx: 600 }
const end = 1_000_000 * 40 - 600

describe('a list that the browser can draw', () => {
  it('is as high as its rows', () => expect(barPx(short)).toBe(40_000))
  it('scrolls as any other', () => expect(topAfter(0, 0, 1234, short)).toBe(1234))
})

describe('a million rows', () => {
  it('are no higher than a browser can draw', () => expect(barPx(long)).toBe(mostPx))
  it('move by a turn of the wheel', () => expect(topAfter(20_000_000, 4_000_000, 4_000_100, long)).toBe(20_000_100))
  it('jump to the middle with the bar', () =>
    expect(topAfter(0, 0, (mostPx - 600) / 2, long)).toBe(end / 2))
  it('have both of their ends', () => {
    expect(topAfter(500, 100, 0, long)).toBe(0)
    expect(topAfter(0, 0, mostPx - 600, long)).toBe(end)
  })
  it('stand where the bar says', () => {
    expect(barAt(0, long)).toBe(0)
    expect(barAt(end, long)).toBe(mostPx - 600)
  })
})
