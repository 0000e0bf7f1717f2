import { dictionary } from './language'

// The judge's equations, by its own words, said for somebody who runs a shop.
const en = {
  'remaining + held + in flight + returns pending = quantity': 'Every unit is accounted for.',
  'held <= quantity': 'No more units are held than were put on sale.',
  'sold out: held = quantity': 'It sold out to the last unit: nothing was left lying.',
  'held by one user <= limit': 'Nobody holds more than the limit per buyer.',
  'every unit of a user has a slot of its own': 'No unit of a buyer is counted twice.',
  'every order in the log was answered as placed, and none was rejected': 'No order was lost after the log had it.',
  'orders are numbered 1..n': 'The orders are numbered without a gap.',
  'returns are numbered 1..n': 'The units that came free are numbered without a gap.',
  'every unit that came free was returned once': 'Every unit that came free went back on sale, once.',
  'returns that the gate took <= returns given': 'Nothing went back on sale that had not come free.',
  "the product's counts are those of its rows": 'The counters agree with the orders, counted one by one.',
  'orders went by legal steps only': 'No order went where it may not go, as from cancelled to paid.',
  'one accepted opening for each epoch, 1..n': 'Every opening of the sale is in the log, and once.',
  'the log, folded again, gives these rows': 'The log, read again from its start, gives exactly these orders.',
  'log and outbox hold seq 1..n of the epoch': 'Every buyer who was let in is in the log.',
  'position <= log end': 'The store is not ahead of the log.',
}

const zh: Record<keyof typeof en, string> = {
  'remaining + held + in flight + returns pending = quantity': '每一件都有下落。',
  'held <= quantity': '被持有的件数不超过投放的件数。',
  'sold out: held = quantity': '全部售完，一件不剩。',
  'held by one user <= limit': '没有人超过每人限购。',
  'every unit of a user has a slot of its own': '没有一件被重复计算。',
  'every order in the log was answered as placed, and none was rejected': '写入日志的订单没有丢失。',
  'orders are numbered 1..n': '订单序号没有空缺。',
  'returns are numbered 1..n': '退回的件数序号没有空缺。',
  'every unit that came free was returned once': '退回的每一件都重新开售，且只有一次。',
  'returns that the gate took <= returns given': '没有凭空多出来的退回。',
  "the product's counts are those of its rows": '计数与逐条订单一致。',
  'orders went by legal steps only': '没有订单走了不该走的步骤，例如取消后又付款。',
  'one accepted opening for each epoch, 1..n': '每一次开启都在日志里，且只有一次。',
  'the log, folded again, gives these rows': '从头重读日志，得到的正是这些订单。',
  'log and outbox hold seq 1..n of the epoch': '每一个被放行的买家都在日志里。',
  'position <= log end': '存储没有超前于日志。',
}

const plain = dictionary<Record<string, string>>({ en, zh })

// What a shopkeeper asks first.
const first = Object.keys(en).slice(0, 4)

/** An equation of one partition names it in front. */
const bare = (words: string) => words.replace(/^partition \d+: /, '')

export const plainly = (words: string): string => plain()[bare(words)] ?? words
export const asksFirst = (words: string): boolean => first.includes(bare(words))
