import type { Equation, Finding, Invariant, LeftOut, Omission, Place, Recovery, Violation } from '../api/verify'
import { zh as consoleChinese } from './consoleChinese'
import { dictionary } from './language'

// What the audit looks at, by its name of it, said for somebody who runs a shop.
const en: Record<Invariant, string> = {
  units: 'Every unit is accounted for.',
  quantity: 'No more units are placed or paid than were put on sale.',
  'sold out': 'It sold out to the last unit.',
  limit: 'Nobody has more than the limit per buyer.',
  slots: 'No unit of a buyer is counted twice.',
  firm: 'No order was lost after the log had it.',
  numbers: 'The orders are numbered without a gap.',
  returns: 'Every unit that was given back went on sale again, once.',
  counts: 'The counters agree with the orders, counted one by one.',
  steps: 'No order changed in a way that is not allowed, for example from cancelled to paid.',
  openings: 'Every opening of the sale is in the log, exactly once.',
  fold: 'The log, read again from its start, gives exactly these orders and payments.',
  seqs: 'Every buyer who was let in is in the log.',
  position: 'The store is not ahead of the log.',
  terms: 'The gate uses the terms that were set.',
  buyers: 'The gate knows everybody who has an order.',
  waiting: 'Orders that are still on their way are counted correctly.',
  addresses: 'What each address has unpaid is counted correctly.',
  money: 'All money received paid for an order, is to be refunded, or was refunded.',
  secret: 'A repeated request finds the order that it made.',
  damage: 'Everything that is stored can be read.',
}

const zh: Record<Invariant, string> = {
  units: '每一件都有下落。',
  quantity: '已下单和已付款的件数不超过投放的件数。',
  'sold out': '全部售完，一件不剩。',
  limit: '没有人超过每人限购。',
  slots: '没有一件被重复计算。',
  firm: '写入日志的订单没有丢失。',
  numbers: '订单序号没有空缺。',
  returns: '退回的每一件都重新开售，且只有一次。',
  counts: '计数与逐条订单一致。',
  steps: '没有订单发生不允许的变化，例如取消后又付款。',
  openings: '每一次开启都在日志里，且只有一次。',
  fold: '从头重读日志，得到的正是这些订单和付款。',
  seqs: '每一个被放行的买家都在日志里。',
  position: '存储没有超前于日志。',
  terms: '入口依据的正是设定的规则。',
  buyers: '入口认得每一个有订单的买家。',
  waiting: '途中订单的计数正确。',
  addresses: '每个地址未付款订单的计数正确。',
  money: '收到的每一笔钱都有下落：已付订单、逾期、待退款或已退款。',
  secret: '重复的请求会找到它创建的订单。',
  damage: '保存的一切都可以读取。',
}

const plain = dictionary<Partial<Record<string, string>>>({ en, zh })
const first: string[] = ['units', 'quantity', 'sold out', 'limit'] satisfies Invariant[]

/** What has to hold, in plain words. */
export const plainly = (invariant: string): string => plain()[invariant] ?? invariant
export const asksFirst = (invariant: string): boolean => first.includes(invariant)

// What the audit says, with its numbers in it, in their order. In English it is in the audit's own words.
type Said = (numbers: string[], args: string[]) => string

const chinese: Record<Equation, Said> = {
  units_add_up: ([remaining, held, flying, pending, quantity]) =>
    `剩余 ${remaining} + 被持有 ${held} + 在途 ${flying} + 待退回 ${pending} = 数量 ${quantity}`,
  held_within_quantity: ([held, quantity]) => `被持有 ${held} ≤ 数量 ${quantity}`,
  sold_out_held: ([held, quantity]) => `售完：被持有 ${held} = 数量 ${quantity}`,
  user_within_limit: ([held, limit]) => `一人最多持有 ${held} ≤ 限购 ${limit}`,
  slots_of_their_own: ([held]) => `被持有的每一件各占一格：${held}`,
  none_rejected: ([rejected]) => `被拒绝的订单：${rejected}`,
  orders_numbered: ([last, n]) => `订单序号 1..n：最后 ${last}，n ${n}`,
  returns_numbered: ([returns, n]) => `退回序号 1..n：退回 ${returns}，n ${n}`,
  returned_once: ([returns, cancelled, expired]) => `退回 ${returns} = 已取消 ${cancelled} + 已过期 ${expired}`,
  returns_taken: ([taken, given]) => `入口收回 ${taken} ≤ 应退回 ${given}`,
  counts_of_rows: (n) =>
    ['被持有', '已下单', '已付款', '已取消', '已过期', '未成功'].map((word, i) => `${word} ${n[2 * i]} = ${n[2 * i + 1]}`).join('，'),
  legal_steps: ([orders]) => `逐步检查的订单：${orders}`,
  opening_of_each_epoch: ([n, stored]) => `每期一次开启：日志 ${n}，存储 ${stored}`,
  folded_again: ([orders, returns]) => `重读所得：订单 ${orders}，退回 ${returns}`,
  seqs_without_gap: ([epoch, n, held]) => `第 ${epoch} 期放行 1..n：n ${n}，日志与发件箱共有 ${held}`,
  gate_terms: () => '入口依据的就是这些规则',
  gate_buyers: ([buyers]) => `入口认得每一个有订单的买家：${buyers}`,
  gate_waiting: ([waiting, held]) => `入口计数的等待订单 ${waiting} = 发件箱中的订单 ${held}`,
  gate_addresses: ([counted, waiting]) => `入口按地址计数的待付款订单 ${counted} = 实有 ${waiting}`,
  position_in_log: ([position, end], [partition]) => `分区 ${partition}：位置 ${position} ≤ 日志末尾 ${end}`,
  money_adds_up: ([payments, orders, deleted, late, due, refunded], [currency]) =>
    `${currency}：收款 ${payments} = 已付订单 ${orders} + 已删除的订单 ${deleted} + 逾期 ${late} + 待退款 ${due} + 已退款 ${refunded}`,
  one_secret: () => '日志与存储使用同一个密钥',
}

const ofOrders: Record<string, string> = { ...consoleChinese.counts, nothing: '无' }
const status = (code = '') => ofOrders[code] ?? code
const kinds: Record<string, string> = {
  opening: '开启', order: '下单', pay: '付款', cancel: '取消', expire: '过期', void: '作废', refund_due: '待退款', refunded: '已退款', state: '状态',
}
const outcomes: Record<string, string> = {
  applied: '生效', known: '重复', stale: '过时', foreign: '他人的', astray: '错位', refused: '拒绝',
}
const kind = (code = '') => kinds[code] ?? code
const outcome = (code = '') => outcomes[code] ?? code

const violations: Record<Violation, Said> = {
  damaged: (_, [error]) => `数据损坏：${error}`,
  more_alike: (_, [n]) => `另有 ${n} 项同类异常`,
  another_log: (_, [log, topic, leader, log2, topic2, leader2]) =>
    `存储来自日志 ${log}、主题 ${topic}、领导者纪元 ${leader}，而现在是 ${log2}、${topic2}、${leader2}`,
  log_grew_again: () => '日志在此处的记录与存储读过的不同：它被截断，之后又继续写入',
  partition_missing: () => '存储读到的分区在日志中不存在',
  never_folded: ([position], [partition, offset]) => `订单在日志中的位置从未读到：分区 ${partition}、偏移量 ${offset}，位置 ${position}`,
  other_secret: () => '一次开启所带的密钥与数据表（seckill_meta）不同',
  chunk_missing: (_, [chunk, of]) => `日志开头的状态共 ${of} 块，其中第 ${chunk} 块缺失或被改动`,
  chunk_out_of_order: ([chunk]) => `状态的第 ${chunk} 块与前面的不相接`,
  letter_missing: () => '有无法读取的记录，存储中却没有对应的死信',
  letter_differs: () => '死信与日志中的内容不同',
  letter_of_nothing: () => '有死信，却没有无法读取的记录',
  letter_of_own_order: () => '订单被记为死信，但没有其他商品使用这个订单 ID',
  product_astray: ([partition]) => `商品所在的分区 ${partition} 在日志中不存在`,
  product_in_two_partitions: ([one, other]) => `同一商品的记录分布在两个分区：${one} 和 ${other}`,
  product_not_in_log: () => '日志中没有这个商品',
  product_not_in_store: ([epoch, orders]) => `商品在日志中，却不在存储中（第 ${epoch} 期，订单 ${orders}）`,
  column_differs: (_, [name, value, folded]) => `${name} 为 ${value}，而按日志应为 ${folded}`,
  order_not_in_log: ([number]) => `日志中没有这张订单（序号 ${number}）`,
  order_not_in_store: ([number, offset]) => `订单在日志中，却不在存储中（序号 ${number}，偏移量 ${offset}）`,
  order_twice: ([number]) => `订单出现了两次（序号 ${number}）`,
  order_differs: ([number], [columns]) => `与日志不同：${columns}（序号 ${number}）`,
  return_not_in_log: () => '日志中没有这次退回',
  return_of_another_order: (_, [order]) => `按日志，这次退回属于订单 ${order}`,
  returns_not_in_store: ([kept, given]) => `部分退回在日志中，却不在存储中：存储 ${kept}，日志 ${given}`,
  entry_not_in_log: () => '日志中没有这条操作记录',
  entry_differs: () => '操作记录与日志不同',
  payment_not_in_log: () => '日志中没有这笔付款',
  payment_differs: (_, [columns]) => `与日志不同：${columns}`,
  payments_not_in_store: ([kept, given]) => `部分付款在日志中，却不在存储中：存储 ${kept}，日志 ${given}`,
  returns_out_of_order: ([number, row]) => `退回序号不连续：序号 ${number}，第 ${row} 行`,
  numbers_out_of_order: ([number, after]) => `订单序号不连续：${after} 之后是 ${number}`,
  rejected_has_number: ([number]) => `未成功的订单却有序号 ${number}`,
  entries_out_of_order: ([number, row]) => `操作记录的序号不连续：序号 ${number}，第 ${row} 行`,
  entries_miscounted: ([entries, last]) => `操作记录的条数与商品的计数不同：${entries} 条，计数 ${last}`,
  never_opened: ([its, now]) => `订单属于从未开启的一期：第 ${its} 期，现在是第 ${now} 期`,
  order_of_another_epoch: ([its, now]) => `另一期的订单生效了：第 ${its} 期，当时是第 ${now} 期`,
  opening_outcome: ([its, before], [what]) => `一次开启的结果是“${outcome(what)}”：第 ${its} 期，之前是第 ${before} 期`,
  held_above_quantity: ([held, quantity]) => `被持有的件数超过了数量：${held} > ${quantity}`,
  user_above_limit: ([limit], [user]) => `用户 ${user} 持有的件数超过了限购 ${limit}`,
  no_such_slot: ([slot]) => `没有第 ${slot} 格`,
  slot_taken: ([slot], [user]) => `用户 ${user} 有两件占用同一格：${slot}`,
  no_such_status: (_, [code]) => `没有这种状态：${code}`,
  ended_at_differs: (_, [code]) => `状态是${status(code)}，而 ended_at 与之矛盾`,
  pay_by_differs: (_, [code]) => `状态是${status(code)}，而 pay_by 与之矛盾`,
  illegal_step: (_, [record, what, from, to]) =>
    `一条${kind(record)}记录（结果：${outcome(what)}）把订单从${status(from)}变成了${status(to)}`,
  step_of_past_epoch: ([its, orders], [record]) => `早于订单的一期的${kind(record)}记录生效了：第 ${its} 期，订单属于第 ${orders} 期`,
  seq_never_given: ([seq, gates]) => `发件箱中的放行序号 ${seq} 入口从未发出，它只到 ${gates}`,
  seq_of_two: ([seq], [one, other]) => `两张订单的放行序号同为 ${seq}：${one} 和 ${other}`,
  admitted_lost: ([first, missing]) => `已放行的订单既不在日志中也不在发件箱中：共 ${missing} 张，第一张的放行序号是 ${first}`,
  user_unknown: (_, [user]) => `用户 ${user} 有这张订单，入口却不认得`,
  address_miscounted: ([counted, waiting], [origin]) => `地址 ${origin} 的待付款订单，入口计为 ${counted}，实有 ${waiting}`,
  terms_differ: (_, [has, is]) => `入口依据的是 ${has}，而规则是 ${is}`,
}

const omissions: Record<LeftOut, Said> = {
  behind_damage: () => '损坏之后的内容无法核验',
  no_gate: () => '只有开启的入口才能回答，而没有可问的入口',
  opening_not_read: () => '在可读的日志中找不到它这一期的开启',
  not_read_beyond: (_, [partition, offset]) => `日志分区 ${partition} 在偏移量 ${offset} 之后无法读取`,
  not_folded_again: (_, [partition]) => `日志分区 ${partition} 无法从头重读`,
  not_in_store_yet: (_, [n, partition, offset]) => `分区 ${partition} 自偏移量 ${offset} 起有 ${n} 条记录尚未进入存储，下次启动时会读入`,
  not_the_stores_log: (_, [partition]) => `分区 ${partition} 不是存储所依据的日志`,
  beginning_missing: (_, [partition, offset]) => `日志分区 ${partition} 从偏移量 ${offset} 开始，只能从那里重读`,
}

const places: Record<Place, Said> = {
  gate: () => '入口',
  outbox: () => '发件箱',
  log_and_outbox: () => '日志与发件箱',
  partition: (_, [partition]) => `分区 ${partition}`,
  offset: (_, [partition, offset]) => `分区 ${partition}，偏移量 ${offset}`,
  table: (_, [table]) => `表 ${table}`,
  row: (_, [table, key]) => `表 ${table}，${key}`,
  dead_letter: (_, [partition, offset]) => `表 seckill_dead_letter，分区 ${partition}，偏移量 ${offset}`,
}

type Sayings = Partial<Record<string, Said>>
const english = { said: {} as Sayings, omissions: {} as Sayings, places: {} as Sayings, notSo: (said: string) => said }
const translations = dictionary({
  en: { ...english, recovered: ({ words }: Recovery) => words },
  zh: {
    said: { ...chinese, ...violations } as Sayings,
    omissions: omissions as Sayings,
    places: places as Sayings,
    notSo: (said: string) => `不成立：${said}`,
    recovered: ({ partition, at, chunks, why, lost = [] }: Recovery) =>
      `日志分区 ${partition} 于 ${at} 改由数据表的状态重新开始（${chunks} 块）。之前的问题：${why.join('；')}${lost.length > 0 ? `。丢失：${lost.join('；')}` : ''}`,
  },
})

type Told = { code?: string; args?: string[]; holds?: boolean }

/** An equation, or what speaks against an invariant, in the page's language, where that is not the audit's and the audit tells it by code. */
export function equationIn({ code = '', args = [], holds }: Told, numbers: string[]): string | undefined {
  const words = translations()
  const said = words.said[code]?.(numbers, args)
  return said && (holds || code in violations ? said : words.notSo(said))
}

/** Where to look for what was found. */
export const placeWords = ({ place = '', place_code, place_args = [] }: Omit<Finding, 'invariant'>): string =>
  translations().places[place_code ?? '']?.([], place_args) ?? place

/** Why something could not be judged. */
export const omissionWords = ({ code, args = [], why }: Omission): string => translations().omissions[code ?? '']?.([], args) ?? why

/** A recovery that the log remembers. What was wrong and what was lost are as it was written down then. */
export const recoveryWords = (recovery: Recovery): string => translations().recovered(recovery)
