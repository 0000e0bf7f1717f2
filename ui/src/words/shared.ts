import type { State } from '../api/bodies'
import { dictionary } from './language'

const en = {
  states: {
    opening: 'Opening',
    not_open: 'Not open yet',
    on_sale: 'On sale',
    sold_out: 'Sold out',
    paused: 'Paused',
    closed: 'Closed',
  } satisfies Record<State, string>,
  opensIn: 'Opens in',
  closesIn: 'Closes in',
  opens: (at: string) => `Opens ${at}`,
  opened: (at: string) => `Opened ${at}`,
  closes: (at: string) => `Closes ${at}`,
  hasClosed: (at: string) => `Closed ${at}`,
  product: (id: string) => `Product ${id}`,
  rehearsal: 'Rehearsal',
  days: (n: number) => `${n} ${n === 1 ? 'day' : 'days'} `,
  unreachable: 'The server cannot be reached.',
  answered: (status: number) => `The server answered with status ${status}.`,
  lost: 'The server cannot be reached. Trying again.',
  clockOff: (by: string, ahead: boolean) =>
    `This device’s clock is ${by} ${ahead ? 'ahead' : 'behind'}. The countdowns here use the server’s clock.`,
  older: 'There is a newer version of this page.',
  loading: 'Loading it.',
  load: 'Load it',
  switchTo: 'Switch the language to',

  // Help
  help: 'Help',
  keysOn: 'Single-letter shortcuts are on',
  keysHint: 'Everything else works with Tab, Enter, Space and the arrow keys. No shortcut changes a sale by itself.',
  close: 'Close',
  keys: {
    help: 'this help',
    language: 'other language',
  },
}

export type SharedWords = typeof en

const zh: SharedWords = {
  states: {
    opening: '正在开启',
    not_open: '尚未开始',
    on_sale: '抢购中',
    sold_out: '已售罄',
    paused: '已暂停',
    closed: '已结束',
  },
  opensIn: '距开始',
  closesIn: '距结束',
  opens: (at) => `开始：${at}`,
  opened: (at) => `已于 ${at} 开始`,
  closes: (at) => `结束：${at}`,
  hasClosed: (at) => `已于 ${at} 结束`,
  product: (id) => `商品 ${id}`,
  rehearsal: '演练',
  days: (n) => `${n} 天 `,
  unreachable: '无法连接服务器。',
  answered: (status) => `服务器返回了 ${status}。`,
  lost: '无法连接服务器，正在重试。',
  clockOff: (by, ahead) => `本设备的时钟${ahead ? '快了' : '慢了'} ${by}。这里的倒计时以服务器时间为准。`,
  older: '此页面有新版本。',
  loading: '正在载入。',
  load: '载入',
  switchTo: '切换语言：',

  // Help
  help: '帮助',
  keysOn: '启用单字母快捷键',
  keysHint: '其余操作可用 Tab、回车、空格和方向键完成。没有快捷键会直接改变抢购。',
  close: '关闭',
  keys: {
    help: '本帮助',
    language: '切换语言',
  },
}

export const shared = dictionary({ en, zh })
