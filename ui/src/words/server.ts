import type { Code, FieldError } from '../api/bodies'
import { dictionary } from './language'

// What the server says, in its readers' language: by the code of a problem or of a rule. The
// server speaks English, so there the words are its own; so is whatever it learns to say later.
type ServerWords = {
  problems: Record<Code, string>
  rules: Record<FieldError['code'], (...args: string[]) => string>
  both: (word: string, detail: string) => string
}

const zh: ServerWords = {
  problems: {
    malformed: '请求无法读取',
    unauthorized: '仅限操作员',
    wrong_signature: '签名错误，或已超过五分钟',
    wrong_role: '此令牌的角色不能这样做',
    name_taken: '已有同名的令牌',
    no_operators: '没有管理员令牌：人人都是操作员',
    unauthenticated: '无法证明你的身份，或身份凭证已过期',
    not_you: 'user_id 不是你的',
    cross_origin: '不接受来自其他网站的请求',
    not_open: '尚未开始',
    not_found: '没有找到',
    method_not_allowed: '不支持这种方法',
    timed_out: '请求到达得太慢',
    already_bought: '已经买过',
    order_limit: '订单数已达上限，包括已取消和已过期的订单',
    sold_out: '已售罄',
    not_eligible: '不面向此买家',
    terms_refused: '数量或限购低于已被持有的件数',
    changed_meanwhile: '其间已被他人修改',
    not_closed: '只有已结束的商品才能删除',
    money_owed: '有逾期或应退的付款',
    payment_needed: '是否已付款由付款记录说明：POST /api/payments',
    payment_conflict: '此付款编号已用于另一笔付款',
    not_owed: '这笔付款没有应退的款项',
    order_final: '订单的状态不允许这样改变',
    rehearsal_running: '已有一次演练正在进行',
    closed: '已结束',
    too_large: '超过 4 KiB',
    not_json: 'Content-Type 必须是 application/json',
    wrong_host: '不是此服务器的名称',
    too_many_streams: '此买家或此地址打开的实时更新过多',
    invalid: '格式正确，内容有误',
    rate_limited: '请求过多',
    headers_too_large: '请求头过大',
    internal: '意外错误',
    not_judged: '暂时无法核验',
    paused: '已暂停',
    unavailable: '暂时不可用',
    outcome_unknown: '不知道是否已完成：请用同一个键再试一次',
  },
  rules: {
    required: () => '必填',
    text: () => '必须是文本',
    whole: () => '必须是整数',
    whole_range: (from, to) => `必须是 ${from} 到 ${to} 的整数`,
    range: (from, to) => `必须为 ${from} 到 ${to}`,
    limit_to: (to) => `必须为每人限购到 ${to}`,
    percent: (from, to) => `必须为 ${from}% 到 ${to}%`,
    zero_or_range: (from, to) => `必须为 0s，或 ${from} 到 ${to}`,
    duration: () => '必须是时长，例如 15m 或 0s',
    time: () => '必须是 1970 年到 9999 年之间的时间（RFC 3339）',
    year: () => '必须在 UTC 的 1 年到 9999 年之间',
    after_opening: () => '必须晚于开始时间',
    name: (most) => `最多 ${most} 个字符，不能含有控制字符、换行或文字方向控制符`,
    id: () => '必须为 1 到 64 个字符，仅限 A-Z、a-z、0-9、_ 和 -',
    user: () => '必须为 1 到 120 个字符，仅限 A-Z、a-z、0-9 和 . _ ~ : @ | / + = -',
    no_groups: () => '此服务器不验证买家身份（--buyer-auth），无法设置',
    uuid: () => '必须是小写的 UUID',
    role: () => '必须是 view、operate 或 payments',
    payment: () => '必须为 1 到 120 个字符，仅限 A-Z、a-z、0-9、_ 和 -',
    other_product: () => '是另一商品的订单',
    event: () => '必须是 checkout.session.completed 或 checkout.session.async_payment_succeeded',
    livemode: (live) => `必须为 ${live}：见 --stripe-test`,
    reason: (most) => `必须为 1 到 ${most} 个字符，不能含有控制字符、换行或文字方向控制符`,
    currency: () => '必须是 ISO 4217 的货币代码，例如 CNY',
    link: (most) => `必须是 http 或 https 网址，最多 ${most} 个 ASCII 字符，不含用户名`,
    reserved: (begin) => `不能以 ${begin} 开头`,
    once: () => '只能出现一次',
    once_filled: () => '只能出现一次，且不能为空',
    spelling: (name) => `必须写作 ${name}`,
    unknown: () => '不是此请求的字段',
    unknown_key: () => '含有此请求没有的字段',
    json: () => '必须是 UTF-8 的 JSON',
    object: () => '必须是 JSON 对象',
    size: (most) => `最多 ${most}`,
    media_type: (type) => `必须是 ${type}`,
    absent: () => '不能出现',
    percent_encoded: () => '必须是百分号编码',
    key: () => '只能有一个，且为 1 到 255 个可显示的 ASCII 字符',
    schema: () => '不符合接口文档',
  },
  both: (word, detail) => `${word}：${detail}`,
}

type Some<Words> = Words extends Record<string, infer Word> ? Partial<Record<string, Word>> : Words
const serverWords = dictionary<{ [Part in keyof ServerWords]: Some<ServerWords[Part]> }>({
  en: { problems: {}, rules: {}, both: (word, detail) => `${word}: ${detail}` },
  zh,
})

/** The words for a problem, where those of the server do not do. */
export const problemWord = (code: string): string | undefined => serverWords().problems[code]

/** A problem, by its code; what is particular to this time says more. */
export function problemWords(code: string, title: string, detail = ''): string {
  const word = problemWord(code) ?? title
  return detail ? serverWords().both(word, detail) : word
}

export const ruleWords = ({ code, args = [], rule }: FieldError): string => serverWords().rules[code]?.(...args) ?? rule
