import type { Answer } from '../api/bodies'
import { dictionary } from './language'
import { problemWord } from './server'

/** How a buy ended: an answer to it, or what only its sender can tell. */
type Kind = Answer | 'rejected' | 'no_answer' | 'unexpected'

const first: Kind[] = ['placed', 'again', 'queued', 'sold_out']
const errors: Kind[] = ['rate_limited', 'unavailable', 'outcome_unknown', 'no_answer', 'unexpected']

// Where the name of the kind, or the words of its problem, would not do.
const en: Partial<Record<Kind, string>> = { again: 'the same again' }

const zh: Partial<Record<Kind, string>> = {
  placed: '已下单',
  again: '重复请求',
  queued: '排队中',
  order_limit: '订单数已满',
  rejected: '未成功',
  rate_limited: '被限流',
  outcome_unknown: '结果未知',
  no_answer: '无答复',
  unexpected: '意外',
}

const kinds = dictionary<Partial<Record<string, string>>>({ en, zh })

/** The word for a kind; one that the server learns later is shown by its name. */
export const kindWord = (kind: string): string => kinds()[kind] ?? problemWord(kind) ?? kind.replaceAll('_', ' ')

/** Whether the buyer was not told where they stand. */
export const isError = (kind: string): boolean => (errors as string[]).includes(kind)

/** The kinds of `answers`, in the order in which they are shown: errors last. */
export function kindsOf(answers: Record<string, number>): string[] {
  const order = [...first, '', ...errors] as string[]
  const place = (kind: string) => (order.includes(kind) ? order.indexOf(kind) : first.length)
  return Object.keys(answers).sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
}
