import type { State } from '../api/bodies'
import type { Stand } from './journey'

export function buttonWord(stand: Stand, state: State): string {
  if (stand.at === 'asking') return 'Asking for your unit'
  if (stand.at === 'waiting') return 'In the queue'
  switch (state) {
    case 'on_sale':
      return 'Buy one'
    case 'not_open':
      return 'Not open yet'
    case 'opening':
      return 'One moment'
    case 'sold_out':
      return 'Sold out'
    case 'paused':
      return 'Paused'
    case 'closed':
      return 'Closed'
  }
}

/** What came of the press, or is coming of it. */
export function told(stand: Stand): string {
  if (stand.at === 'asking') {
    if (stand.trouble === 'unreachable') return 'No answer came. Your press is kept, and asked again until one does.'
    if (stand.trouble === 'busy') return 'Very many people are here. Your press is kept, and asked again in a moment.'
    return ''
  }
  if (stand.at === 'waiting') return 'A unit is set aside for you. Its order is being written down; you can stay or come back.'
  if (stand.at !== 'looking') return ''
  if (stand.note) return stand.note
  switch (stand.refusal?.kind) {
    case undefined:
      return ''
    case 'sold_out':
      return 'All units went before your press came. Should one come free, the button is back.'
    case 'not_open':
      return 'It is not open yet.'
    case 'paused':
      return 'The sale was paused before your press came. Nothing was taken.'
    case 'closed':
      return 'The sale closed before your press came.'
    default:
      return stand.refusal?.message ?? ''
  }
}

/** Why the button does not work, where nothing else was said. */
export function heldUp(state: State): string {
  switch (state) {
    case 'on_sale':
      return ''
    case 'not_open':
      return 'The button works from the second it opens. No need to reload.'
    case 'opening':
      return 'The sale is being made ready. This takes a moment.'
    case 'sold_out':
      return 'Should a unit come free, the button is back by itself.'
    case 'paused':
      return 'The sale rests for now. It goes on here by itself.'
    case 'closed':
      return 'This sale is over.'
  }
}
