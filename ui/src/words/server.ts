import type { FieldError } from '../api/bodies'
import { language } from './language'

// What the server says, in its readers' language: by the code of a problem or of a rule. The
// server speaks English, so there the words are its own; so is whatever it learns to say later.
// Here is what a buyer may be told; the console has the rest (serverRest.ts).
export type Rule = (...args: string[]) => string
type Said = { problems: Partial<Record<string, string>>; rules: Partial<Record<string, Rule>> }

export const problems = {
  malformed: '请求无法读取',
  unauthorized: '仅限操作员',
  unauthenticated: '无法证明你的身份，或身份凭证已过期',
  not_you: 'user_id 不是你的',
  pass_required: '需要通过人机验证后的通行证',
  challenge_failed: '人机验证未通过',
  cross_origin: '不接受其他网站的请求',
  not_open: '尚未开始',
  not_found: '没有找到',
  timed_out: '请求到达得太慢',
  already_bought: '已经买过',
  order_limit: '订单数已达上限',
  sold_out: '已售罄',
  address_limit: '此网络未付款订单过多',
  not_eligible: '不面向此买家',
  payment_needed: '已付款由付款记录说明：POST /api/payments',
  order_final: '订单的状态不允许这样改变',
  closed: '已结束',
  too_many_streams: '此买家或此地址打开的实时更新过多',
  invalid: '格式正确，内容有误',
  rate_limited: '请求过多',
  internal: '意外错误',
  paused: '已暂停',
  unavailable: '暂时不可用',
  outcome_unknown: '不知道是否已完成：请用同一个键再试一次',
}

export const rules = {
  required: () => '必填',
  id: () => '必须为 1 到 64 个字符，仅限 A-Z、a-z、0-9、_ 和 -',
  user: () => '必须为 1 到 120 个字符，仅限 A-Z、a-z、0-9 和 . _ ~ : @ | / + = -',
}

const chinese: Said = { problems: { ...problems }, rules: { ...rules } }
const english: Said = { problems: {}, rules: {} }
const said = () => (language.now() === 'zh' ? chinese : english)

/** For a page that is told more. */
export function learn(more: Said) {
  Object.assign(chinese.problems, more.problems)
  Object.assign(chinese.rules, more.rules)
}

/** The words for a problem, where those of the server do not do. */
export const problemWord = (code: string): string | undefined => said().problems[code]

/** A problem, by its code; what is particular to this time says more. */
export function problemWords(code: string, title: string, detail = ''): string {
  const word = problemWord(code) ?? title
  return detail ? `${word}${language.now() === 'zh' ? '：' : ': '}${detail}` : word
}

export const ruleWords = ({ code, args = [], rule }: FieldError): string => said().rules[code]?.(...args) ?? rule
