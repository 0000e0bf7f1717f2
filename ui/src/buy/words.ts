import type { State } from '../api/bodies'
import { words } from '../words/buy'
import type { Stand } from './journey'

export function buttonWord(stand: Stand, state: State): string {
  if (stand.at === 'asking') return words().asking
  if (stand.at === 'waiting') return words().inQueue
  return words().buttons[state]
}

/** What came of the press, or is coming of it. */
export function told(stand: Stand): string {
  const w = words()
  if (stand.at === 'asking') {
    if (stand.trouble === undefined) return ''
    return stand.trouble === 'unreachable' ? w.unanswered : w.busy
  }
  if (stand.at === 'waiting') return w.waiting
  if (stand.at !== 'looking') return ''
  if (stand.note) return w[stand.note]
  return stand.refusal ? ((w.refused as Partial<Record<string, string>>)[stand.refusal.kind] ?? stand.refusal.message) : ''
}

/** Why the button does not work, where nothing else was said. */
export const heldUp = (state: State): string => words().heldUp[state]
