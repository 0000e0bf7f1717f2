import { describe, expect, it } from 'vitest'
import { blockOf, blocksOf, numberAt } from './rows'

describe('numberAt', () => {
  it('counts up from the oldest', () => expect(numberAt(0, 5, false)).toBe(1))
  it('counts down from the newest', () => expect([0, 4].map((row) => numberAt(row, 5, true))).toEqual([5, 1]))
})

it('puts 1000 in the first block and 1001 in the second', () => expect([1, 1000, 1001].map(blockOf)).toEqual([0, 0, 1]))

describe('blocksOf', () => {
  it('is empty for an empty list', () => expect(blocksOf(0, 30, 0, false)).toEqual([]))
  it('stops at the end', () => expect(blocksOf(90, 120, 100, false)).toEqual([0]))
  it('takes both where the rows lie across an edge', () => expect(blocksOf(990, 1010, 5000, false)).toEqual([0, 1]))
  it('runs from the other end, newest first', () => expect(blocksOf(0, 20, 5005, true)).toEqual([4, 5]))
})
