import type { Code, FieldError } from '../api/bodies'
import { learn, type problems, type Rule, type rules } from './server'

// What the server says to operators alone, in Chinese: with what buyers are told, it is all of it.
const rest: {
  problems: Record<Exclude<Code, keyof typeof problems>, string>
  rules: Record<Exclude<FieldError['code'], keyof typeof rules>, Rule>
} = {
  problems: {
    wrong_signature: '签名错误，或已超过五分钟',
    wrong_host: '不是此服务器的名称',
    headers_too_large: '请求头过大',
    wrong_role: '此令牌的角色不能这样做',
    name_taken: '已有同名的令牌',
    no_operators: '没有管理员令牌：人人都是操作员',
    method_not_allowed: '不支持这种方法',
    terms_refused: '数量或限购低于已被持有的件数',
    changed_meanwhile: '其间已被他人修改',
    not_closed: '只有已结束的商品才能删除',
    money_owed: '有逾期或应退的付款',
    payment_conflict: '此付款编号已用于另一笔付款',
    not_owed: '这笔付款没有应退的款项',
    rehearsal_running: '已有一次演练正在进行',
    too_large: '超过 4 KiB',
    not_json: 'Content-Type 必须是 application/json',
    not_judged: '暂时无法核验',
  },
  rules: {
    payment: () => '必须为 1 到 120 个字符，仅限 A-Z、a-z、0-9、_ 和 -',
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
    archived: () => '只能用于已结束的商品',
    no_groups: () => '此服务器不验证买家身份（--buyer-auth），无法设置',
    no_window: () => '需要付款时限：没有付款时限就没有未付款的订单',
    role: () => '必须是 view、operate 或 payments',
    other_product: () => '是另一商品的订单',
    event: () => '必须是 checkout.session.completed 或 checkout.session.async_payment_succeeded',
    livemode: (live) => `必须为 ${live}：见 --stripe-test`,
    reason: (most) => `必须为 1 到 ${most} 个字符，不能含有控制字符、换行或文字方向控制符`,
    currency: () => '必须是 ISO 4217 的货币代码，例如 CNY',
    link: (most) => `必须是 http 或 https 网址，最多 ${most} 个 ASCII 字符，不含用户名`,
    reserved: (begin) => `不能以 ${begin} 开头`,
    once_filled: () => '只能出现一次，且不能为空',
    spelling: (name) => `必须写作 ${name}`,
    unknown: () => '不是此请求的字段',
    unknown_key: () => '含有此请求没有的字段',
    object: () => '必须是 JSON 对象',
    media_type: (type) => `必须是 ${type}`,
    absent: () => '不能出现',
    percent_encoded: () => '必须是百分号编码',
    key: () => '只能有一个，且为 1 到 255 个可显示的 ASCII 字符',
    schema: () => '不符合接口文档',
  },
}

learn(rest)
