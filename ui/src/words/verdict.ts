import type { Equation, Invariant } from '../api/verify'
import { dictionary } from './language'

// What the audit looks at, by its name of it, said for somebody who runs a shop.
const en: Record<Invariant, string> = {
  units: 'Every unit is accounted for.',
  quantity: 'No more units are held than were put on sale.',
  'sold out': 'It sold out to the last unit: nothing was left lying.',
  limit: 'Nobody holds more than the limit per buyer.',
  slots: 'No unit of a buyer is counted twice.',
  firm: 'No order was lost after the log had it.',
  numbers: 'The orders are numbered without a gap.',
  returns: 'Every unit that came free went back on sale, once.',
  counts: 'The counters agree with the orders, counted one by one.',
  steps: 'No order went where it may not go, as from cancelled to paid.',
  openings: 'Every opening of the sale is in the log, and once.',
  fold: 'The log, read again from its start, gives exactly these orders and payments.',
  seqs: 'Every buyer who was let in is in the log.',
  position: 'The store is not ahead of the log.',
  terms: 'Buyers are let in by the terms that were put.',
  buyers: 'Everybody who has an order is known at the gate.',
  waiting: 'The orders on their way are counted rightly.',
  money: 'All money that came pays an order, or is owed back or paid back.',
  secret: 'A repeated request finds the order that it made.',
  damage: 'All that is kept can be read.',
}

const zh: Record<Invariant, string> = {
  units: '每一件都有下落。',
  quantity: '被持有的件数不超过投放的件数。',
  'sold out': '全部售完，一件不剩。',
  limit: '没有人超过每人限购。',
  slots: '没有一件被重复计算。',
  firm: '写入日志的订单没有丢失。',
  numbers: '订单序号没有空缺。',
  returns: '退回的每一件都重新开售，且只有一次。',
  counts: '计数与逐条订单一致。',
  steps: '没有订单走了不该走的步骤，例如取消后又付款。',
  openings: '每一次开启都在日志里，且只有一次。',
  fold: '从头重读日志，得到的正是这些订单和付款。',
  seqs: '每一个被放行的买家都在日志里。',
  position: '存储没有超前于日志。',
  terms: '放行买家所依据的正是设定的条款。',
  buyers: '每一个有订单的买家，入口都认得。',
  waiting: '途中订单的计数正确。',
  money: '收到的每一笔钱都有下落：付了订单、待处理、应退或已退。',
  secret: '重复的请求会找到它创建的订单。',
  damage: '保存的一切都可以读取。',
}

const plain = dictionary<Partial<Record<string, string>>>({ en, zh })
const first: string[] = ['units', 'quantity', 'sold out', 'limit'] satisfies Invariant[]

/** What has to hold, in plain words. */
export const plainly = (invariant: string): string => plain()[invariant] ?? invariant
export const asksFirst = (invariant: string): boolean => first.includes(invariant)

// An equation, with its numbers in it, in their order. In English it is in the audit's own words.
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
  gate_terms: () => '入口依据的就是这些条款',
  gate_buyers: ([buyers]) => `入口认得每一个有订单的买家：${buyers}`,
  gate_waiting: ([waiting, held]) => `入口计数的等待订单 ${waiting} = 发件箱中的订单 ${held}`,
  position_in_log: ([position, end], [partition]) => `分区 ${partition}：位置 ${position} ≤ 日志末尾 ${end}`,
  money_adds_up: ([payments, orders, deleted, late, due, refunded], [currency]) =>
    `${currency}：收款 ${payments} = 已付订单 ${orders} + 已删除的订单 ${deleted} + 迟到 ${late} + 应退 ${due} + 已退 ${refunded}`,
  one_secret: () => '日志与存储使用同一个密钥',
}

const translations = dictionary<{ equations: Partial<Record<string, Said>>; notSo: (said: string) => string } | undefined>({
  en: undefined,
  zh: { equations: chinese, notSo: (said) => `不成立：${said}` },
})

type Told = { code?: string; args?: string[]; holds?: boolean }

/** An equation in the page's language, where that is not the audit's and the audit tells it by code. */
export function equationIn({ code = '', args = [], holds = false }: Told, numbers: string[]): string | undefined {
  const translated = translations()
  const said = translated?.equations[code]?.(numbers, args)
  return said && (holds ? said : translated?.notSo(said))
}
