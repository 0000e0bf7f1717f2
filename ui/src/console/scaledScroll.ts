/**
 * A browser draws nothing beyond some 17 to 33 million pixels, so a longer list is given fewer: its bar runs over
 * `mostPx`, and a place of the bar stands for a place of the list. Only a jump goes by the bar; a turn of the wheel or a
 * key moves the list by as much as it moves the bar, or a million rows would race by.
 */
export type Scale = { rows: number; rowPx: number; viewPx: number }

export const mostPx = 8_000_000

const room = ({ rows, rowPx, viewPx }: Scale) => Math.max(0, rows * rowPx - viewPx)

/** The height that the bar runs over. */
export const barPx = ({ rows, rowPx }: Scale): number => Math.min(rows * rowPx, mostPx)

const barRoom = (scale: Scale) => Math.max(1, barPx(scale) - scale.viewPx)

/** Where the bar stands while the list is at `top`. */
export const barAt = (top: number, scale: Scale): number => (top / Math.max(1, room(scale))) * barRoom(scale)

/** The list's top after the bar went from `before` to `bar`, with the list at `top`. */
export function topAfter(top: number, before: number, bar: number, scale: Scale): number {
  const most = room(scale)
  if (barPx(scale) < mostPx) return Math.min(bar, most)
  if (bar <= 0) return 0
  if (bar > barRoom(scale) - 1) return most // a screen may have parts of pixels
  const moved = bar - before
  const jumped = Math.abs(moved) > 2 * scale.viewPx
  return Math.min(most, Math.max(0, jumped ? (bar / barRoom(scale)) * most : top + moved))
}
