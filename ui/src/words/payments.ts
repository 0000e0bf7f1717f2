import type { PaymentStatus } from '../api/payments'
import { dictionary } from './language'

const en = {
  title: 'Payments',
  titleOf: 'Payments of ',
  all: 'all payments',
  states: {
    paid: 'paid',
    late: 'late',
    refund_due: 'to refund',
    refunded: 'refunded',
  } satisfies Record<PaymentStatus, string>,
  tells: {
    paid: 'It paid for its order.',
    late: 'Its order had ended. The sale keeps trying to get another unit for it; you do not have to do anything.',
    refund_due: 'Refund each of these where it was paid, then record it here: this program moves no money.',
    refunded: 'It had to be refunded, and an operator has recorded the refund.',
  } satisfies Record<PaymentStatus, string>,
  columns: { id: 'payment id', order: 'order id', amount: 'amount', state: 'state', why: 'why', when: 'received' },
  fetching: 'Fetching the payments',
  some: (n: number, text: string, more: boolean) =>
    n === 0 ? 'No payments.' : `${text} ${n === 1 ? 'payment' : 'payments'}${more ? ', more as you scroll' : ''}`,
  owedBack: 'To refund',
  allOwed: 'All payments to refund',
  refunded: 'Refunded?',
  refundedOf: (id: string) => `Record the refund of ${id}`,
  askRefunded: (amount: string) => `Was ${amount} refunded?`,
  refundedTells: (id: string) => `Record it only after payment ${id} was refunded where it was paid. This program moves no money.`,
  refundedIt: 'Record the refund',
  refundedReasonHint: 'How, for example the refund’s number.',
  // Why one is owed back, by the server's code of it
  reasons: {
    unknown_order: 'there is no such order',
    wrong_amount: 'not the price of the order',
    already_paid: 'the order was paid already',
    voided: 'the shop cancelled the order',
    sold_out: 'came late, when nothing was left',
    limit_reached: 'came late, when the buyer already had their limit',
    order_limit: 'came late, when the buyer had no orders left',
    closed: 'came late, when the sale was over',
  } as Record<string, string>,
}

const zh: typeof en = {
  title: '付款',
  titleOf: '付款：',
  all: '全部付款',
  states: { paid: '已付款', late: '逾期', refund_due: '待退款', refunded: '已退款' },
  tells: {
    paid: '已用于支付订单。',
    late: '付款到账时订单已结束。系统会继续为它争取一件，无需处理。',
    refund_due: '请在原收款处逐笔退款，然后在此记录：本系统不经手资金。',
    refunded: '曾需退款，操作员已记录退款。',
  },
  columns: { id: '付款 ID', order: '订单 ID', amount: '金额', state: '状态', why: '原因', when: '到账时间' },
  fetching: '正在读取付款',
  some: (n, text, more) => (n === 0 ? '没有付款。' : `${text} 笔付款${more ? '，向下滚动可查看更多' : ''}`),
  owedBack: '待退款',
  allOwed: '全部待退款',
  refunded: '已退款？',
  refundedOf: (id) => `记录 ${id} 的退款`,
  askRefunded: (amount) => `${amount} 已退款？`,
  refundedTells: (id) => `请在付款 ${id} 确已原路退回之后再记录。本系统不经手资金。`,
  refundedIt: '记录退款',
  refundedReasonHint: '退款方式，例如退款单号。',
  reasons: {
    unknown_order: '没有这张订单',
    wrong_amount: '金额与订单价格不符',
    already_paid: '订单此前已付款',
    voided: '店铺已作废订单',
    sold_out: '付款逾期，且已无剩余',
    limit_reached: '付款逾期，且买家已达限购',
    order_limit: '付款逾期，且买家订单数已满',
    closed: '付款逾期，且抢购已结束',
  },
}

/** The words for what was paid, as operators see it. */
export const paymentWords = dictionary({ en, zh })

/** Why a payment is owed back; what the server learns to say later is shown as it says it. */
export const reasonWord = (reason: string): string => paymentWords().reasons[reason] ?? reason
