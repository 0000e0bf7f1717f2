import { dictionary } from './language'

const en = {
  title: 'Sales',
  orders: 'Orders',
  put: 'Put a product on sale',
  search: 'Search by name or id',
  show: 'Show',
  kinds: { sales: 'All', live: 'Live', upcoming: 'Upcoming', past: 'Past', archived: 'Archived' },
  sort: 'Sort by',
  sorts: { state: 'State', opening: 'Opening time', left: 'Units left', id: 'Id' },
  columns: { product: 'Product', state: 'State', left: 'Left', opens: 'Opened or opens', soldIn: 'Sold in' },
  left: (left: string, all: string) => `${left} of ${all}`,
  leftLabel: 'Left: ',
  opensLabel: 'Opens: ',
  openedLabel: 'Opened: ',
  soldInLabel: 'Sold in ',
  none: { sales: 'No sale is here yet.', live: 'Nothing is on sale now.', upcoming: 'No sale is planned.', past: 'No sale has ended yet.', archived: 'Nothing is archived.' },
  notFound: (search: string) => `No name and no id contains “${search}”.`,
  shown: (n: number, text: string, more: boolean) => `${text} ${n === 1 ? 'sale' : 'sales'}${more ? ', more as you scroll' : ''}`,
  openAgain: 'Open again',
  archive: 'Archive',
  unarchive: 'Unarchive',
  remove: 'Delete',
  archived: 'Archived',
  tells: {
    openAgain: 'Buyers can buy again. Orders stay.',
    archive: 'Leaves the list, and nothing is lost. It can come back.',
    unarchive: 'Comes back to the list.',
    remove: 'Its orders go, too.',
  },
  askRemove: (title: string) => `Delete ${title}?`,
  removeTells: (n: number, text: string) =>
    `It goes for good${n === 0 ? '' : n === 1 ? ', with its order' : `, with its ${text} orders`}. Its payments and its history stay.`,
  removeIt: 'Delete it',
}

export type SalesWords = typeof en

const zh: SalesWords = {
  title: '抢购',
  orders: '订单',
  put: '开售商品',
  search: '按名称或 ID 搜索',
  show: '显示',
  kinds: { sales: '全部', live: '进行中', upcoming: '未开始', past: '已结束', archived: '已归档' },
  sort: '排序',
  sorts: { state: '状态', opening: '开始时间', left: '剩余件数', id: 'ID' },
  columns: { product: '商品', state: '状态', left: '剩余', opens: '开始时间', soldIn: '售罄用时' },
  left: (left, all) => `${left} / ${all}`,
  leftLabel: '剩余：',
  opensLabel: '开始：',
  openedLabel: '开始：',
  soldInLabel: '售罄用时 ',
  none: { sales: '还没有抢购。', live: '现在没有进行中的抢购。', upcoming: '没有计划中的抢购。', past: '还没有结束的抢购。', archived: '没有已归档的抢购。' },
  notFound: (search) => `没有名称或 ID 包含“${search}”。`,
  shown: (_n, text, more) => `${text} 场抢购${more ? '，向下滚动可查看更多' : ''}`,
  openAgain: '恢复抢购',
  archive: '归档',
  unarchive: '取消归档',
  remove: '删除',
  archived: '已归档',
  tells: { openAgain: '买家可以继续购买，订单保留。', archive: '不再出现在列表中，数据全部保留，可以恢复。', unarchive: '重新出现在列表中。', remove: '订单也一并删除。' },
  askRemove: (title) => `删除“${title}”？`,
  removeTells: (n, text) => `将被永久删除${n === 0 ? '' : `，连同它的 ${text} 张订单`}。付款记录和操作记录会保留。`,
  removeIt: '删除',
}

export const salesWords = dictionary({ en, zh })
