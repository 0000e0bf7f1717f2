// Numbers are dense, 1..n, so an unfiltered list needs no cursor: the place of a row gives its number, and its number
// the block that has to be fetched. That is what lets a list of any length jump to its end.

export const blockSize = 1000

export const numberAt = (row: number, total: number, newest: boolean): number => (newest ? total - row : row + 1)

export const blockOf = (number: number): number => Math.floor((number - 1) / blockSize)

/** The blocks, lowest first, that the rows from `first` to `last` are in. */
export function blocksOf(first: number, last: number, total: number, newest: boolean): number[] {
  if (total === 0) return []
  const ends = [first, Math.min(last, total - 1)].map((row) => blockOf(numberAt(row, total, newest)))
  const [low, high] = [Math.min(...ends), Math.max(...ends)]
  return Array.from({ length: high - low + 1 }, (_, i) => low + i)
}
