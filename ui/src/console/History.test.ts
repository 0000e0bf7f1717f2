import { afterEach, describe, expect, it } from 'vitest'
import { may } from '../api/session'
import { language } from '../words/language'
import { changesOf } from './History'

afterEach(() => language.choose('en'))

describe('the history', () => {
  const entry = { number: 1, at: '2026-11-28T12:00:00.000Z', by: 'ann' }
  it('says from what to what', () => {
    const changes = [{ field: 'quantity', from: '5', to: '9' }, { field: 'paused', to: 'true' }]
    expect(changesOf({ ...entry, what: 'change', changes })).toBe('quantity: 5 → 9, paused: yes')
  })
  it('says fields and values as people write them, in the language of the page', () => {
    const changes = [
      { field: 'limit_per_user', to: '1' },
      { field: 'payment_window', from: '15m0s', to: '1h30m0s' },
      { field: 'price', to: '1999 EUR' },
      { field: 'group', from: 'vip' },
      { field: 'closed', from: 'true' },
      { field: 'quantity', to: '12000' },
      { field: 'learned_later', to: 'x' },
    ]
    const said = () => changesOf({ ...entry, what: 'put', changes })
    expect(said()).toBe(
      'limit per buyer: 1, time to pay: 15 minutes → 1 hour 30 minutes, price: €19.99, only for the group: vip → –, closed: no, quantity: 12,000, learned_later: x',
    )
    language.choose('zh')
    expect(said()).toMatch(/^每人限购：1，付款时限：15 分钟 → 1 小时 30 分钟，价格：€19.99，仅限群组：vip → –，结束：否/)
  })
  it('names the order', () =>
    expect(changesOf({ ...entry, what: 'pay', order_id: 'x', changes: [{ field: 'status', from: 'placed', to: 'paid' }] })).toBe('x, status: placed → paid'))
})

describe('what a role may do', () => {
  const shown = (role: 'admin' | 'operate' | 'view' | 'payments') =>
    (['view', 'operate', 'admin'] as const).filter((right) => may({ operator: true, buyers: 'believed', name: 'ann', role }, right))
  it('is what the server says it may', () => {
    expect(shown('admin')).toEqual(['view', 'operate', 'admin'])
    expect(shown('operate')).toEqual(['view', 'operate'])
    expect(shown('view')).toEqual(['view'])
    expect(shown('payments')).toEqual([])
  })
  it('is shown to who has not signed in, who is asked to', () => expect(may({ operator: false, buyers: 'believed' }, 'admin')).toBe(true))
})
