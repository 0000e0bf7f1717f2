import { dictionary } from './language'

const en = {
  title: 'More of your orders',
  line: 'From other sales, and from other browsers.',
  none: 'You have no other orders.',
  fetching: 'Looking for them.',
  more: 'Show older ones',
}

const zh: typeof en = {
  title: '更多订单',
  line: '来自其他抢购或其他浏览器。',
  none: '你没有其他订单。',
  fetching: '正在查找。',
  more: '显示更早的订单',
}

export const mineWords = dictionary({ en, zh })
