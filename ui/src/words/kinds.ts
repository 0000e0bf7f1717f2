import { dictionary } from './language'

/** How a buy is answered, in the order in which the answers are shown. */
const answerKinds = [
  'placed',
  'again',
  'queued',
  'sold_out',
  'already_bought',
  'order_limit',
  'not_open',
  'closed',
  'paused',
  'rejected',
  'rate_limited',
  'unavailable',
  'no_answer',
  'unexpected',
] as const

type Kind = (typeof answerKinds)[number]

const en: Record<Kind, string> = {
  placed: 'placed',
  again: 'the same again',
  queued: 'queued',
  sold_out: 'sold out',
  already_bought: 'already bought',
  order_limit: 'order limit',
  not_open: 'not open',
  closed: 'closed',
  paused: 'paused',
  rejected: 'rejected',
  rate_limited: 'rate limited',
  unavailable: 'unavailable',
  no_answer: 'no answer',
  unexpected: 'unexpected',
}

const zh: Record<Kind, string> = {
  placed: '已下单',
  again: '重复请求',
  queued: '排队中',
  sold_out: '已售罄',
  already_bought: '已买过',
  order_limit: '订单数已满',
  not_open: '未开始',
  closed: '已结束',
  paused: '已暂停',
  rejected: '未成功',
  rate_limited: '被限流',
  unavailable: '不可用',
  no_answer: '无答复',
  unexpected: '意外',
}

const kinds = dictionary({ en, zh })

/** The word for a kind; one that the server learns later is shown by its name. */
export const kindWord = (kind: string): string => (kinds() as Record<string, string>)[kind] ?? kind.replaceAll('_', ' ')

/** The kinds of `answers`, in their order, those that nobody here knows last. */
export function kindsOf(answers: Record<string, number>): string[] {
  const place = (kind: string) => {
    const at = (answerKinds as readonly string[]).indexOf(kind)
    return at < 0 ? answerKinds.length : at
  }
  return Object.keys(answers).sort((a, b) => place(a) - place(b))
}
