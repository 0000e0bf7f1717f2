import { dictionary } from './language'

// What operators change, by the names of the fields of the API.
const en = {
  fields: {
    name: 'name',
    quantity: 'quantity',
    limit_per_user: 'limit per buyer',
    orders_per_user: 'orders per buyer',
    unpaid_per_address: 'unpaid orders per address',
    opens_at: 'opening',
    closes_at: 'closing',
    payment_window: 'time to pay',
    paused: 'paused',
    closed: 'closed',
    archived: 'archived',
    group: 'only for the group',
    price: 'price',
    url: 'shop’s link',
    image_url: 'image',
    status: 'status',
    payment_id: 'payment id',
    reason: 'reason',
  },
  and: ', ',
  yes: 'yes',
  no: 'no',
  is: (field: string, value: string) => `${field}: ${value}`,
}

const zh: typeof en = {
  fields: {
    name: '名称',
    quantity: '数量',
    limit_per_user: '每人限购',
    orders_per_user: '每人订单数',
    unpaid_per_address: '每个地址的未付款订单',
    opens_at: '开始时间',
    closes_at: '结束时间',
    payment_window: '付款时限',
    paused: '暂停',
    closed: '结束',
    archived: '归档',
    group: '仅限群组',
    price: '价格',
    url: '店铺链接',
    image_url: '图片链接',
    status: '状态',
    payment_id: '付款 ID',
    reason: '原因',
  },
  and: '，',
  yes: '是',
  no: '否',
  is: (field, value) => `${field}：${value}`,
}

export const historyWords = dictionary({ en, zh })
