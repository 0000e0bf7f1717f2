import { dictionary } from './language'

// What the server says, in its readers' language: by the kind of a problem, and by the form of a rule. The server speaks
// English, so there the words are its own; so is whatever it learns to say later.
type ServerWords = { problems: Record<string, string>; forms: [RegExp, string][] }

const en: ServerWords = { problems: {}, forms: [] }

const zh: ServerWords = {
  problems: {
    malformed: '请求无法读取',
    unauthorized: '仅限管理员',
    cross_origin: '不接受来自其他网站的请求',
    not_open: '尚未开始',
    not_found: '没有找到',
    method_not_allowed: '不支持这种方法',
    timed_out: '请求到达得太慢',
    already_bought: '已经买过',
    order_limit: '订单数已达上限，包括已取消和已过期的订单',
    sold_out: '已售罄',
    terms_refused: '数量或限购低于已被持有的件数',
    changed_meanwhile: '其间已被他人修改',
    not_closed: '只有已结束的商品才能删除',
    order_final: '订单的状态不允许这样改变',
    rehearsal_running: '已有一次演练正在进行',
    closed: '已结束',
    too_large: '超过 4 KiB',
    not_json: 'Content-Type 必须是 application/json',
    wrong_host: '不是此服务器的名称',
    invalid: '格式正确，内容有误',
    rate_limited: '此用户的请求过多',
    headers_too_large: '请求头过大',
    internal: '意外错误',
    paused: '已暂停',
    unavailable: '暂时不可用',
    outcome_unknown: '不知道是否已完成：请用同一个键再试一次',
  },
  forms: [
    [/^Missing: (.+)$/, '缺少 $1'],
    [/^Could not judge: (.+)$/, '无法核验（$1）'],
    [/^The server ended before it was over$/, '它结束之前服务器停止了'],
    [/^What was kept of it cannot be read$/, '它的记录无法读取'],
    [/^Its product could not be put on sale: (.+)$/, '它的商品无法开售（$1）'],
    [/^is required$/, '必填'],
    [/^must be limit_per_user to (\d+)$/, '必须为每人限购到 $1'],
    [/^must be (\S+) to (\S+)$/, '必须为 $1 到 $2'],
    [/^must be (\d+) to (\d+) percent$/, '必须为 $1% 到 $2%'],
    [/^must be 0s, or (\S+) to (\S+)$/, '必须为 0s，或 $1 到 $2'],
    [/^must be a whole number$/, '必须是整数'],
    [/^must be a whole number from (\d+) to (\d+)$/, '必须是 $1 到 $2 的整数'],
    [/^must be at most (\d+) characters, without control characters, line breaks and bidirectional overrides$/, '最多 $1 个字符，不能含有控制字符、换行或文字方向控制符'],
    [/^must be 1 to 64 of A-Z, a-z, 0-9, _ and -$/, '必须为 1 到 64 个字符，仅限 A-Z、a-z、0-9、_ 和 -'],
    [/^must not begin with (\S+)$/, '不能以 $1 开头'],
    [/^must be after opens_at$/, '必须晚于开始时间'],
    [/^must be in the years 1 to 9999 of UTC$/, '必须在 UTC 的 1 年到 9999 年之间'],
    [/^must be a time as in RFC 3339, from 1970 to 9999$/, '必须是 1970 年到 9999 年之间的时间（RFC 3339）'],
    [/^must be a duration, like "15m" or "0s"$/, '必须是时长，例如 15m 或 0s'],
    [/^must be text$/, '必须是文本'],
    [/^must be a JSON object$/, '必须是 JSON 对象'],
    [/^must be JSON in UTF-8$/, '必须是 UTF-8 的 JSON'],
    [/^must be application\/json$/, '必须是 application/json'],
    [/^must be absent$/, '不能出现'],
    [/^must be at most 4 KiB$/, '最多 4 KiB'],
    [/^must be a UUID in lower case$/, '必须是小写的 UUID'],
    [/^must be one, of 1 to 255 printable ASCII characters$/, '只能有一个，且为 1 到 255 个可显示的 ASCII 字符'],
    [/^must stand there once$/, '只能出现一次'],
    [/^must stand there once, and not be empty$/, '只能出现一次，且不能为空'],
    [/^must be percent-encoded$/, '必须是百分号编码'],
    [/^must be written (\S+)$/, '必须写作 $1'],
    [/^is not a field of this request$/, '不是此请求的字段'],
    [/^has a key that is no field of this request$/, '含有此请求没有的字段'],
  ],
}

const serverWords = dictionary({ en, zh })

/** A rule, or what is particular to a refusal. */
export function sentence(said: string): string {
  const [form, words] = serverWords().forms.find(([form]) => form.test(said)) ?? []
  return form && words ? said.replace(form, words) : said
}

/** A refusal, by its kind; where there is a detail, it says more than the title. */
export function refusal(kind: string, title: string, detail = ''): string {
  const known = serverWords().problems[kind]
  if (known === undefined) return detail || title
  return detail ? `${known}：${sentence(detail)}` : known
}
