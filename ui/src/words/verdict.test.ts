import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { language } from './language'
import { equationIn, plainly } from './verdict'

beforeEach(() => language.choose('zh'))
afterEach(() => language.choose('en'))

// That there are words for every invariant and equation is for the compiler: the lists are those of api/openapi.yaml.
describe('the audit in Chinese', () => {
  it('says what has to hold', () => expect(plainly('quantity')).toBe('已下单和已付款的件数不超过投放的件数。'))
  it('has the numbers of an equation in their order', () => {
    expect(equationIn({ code: 'units_add_up', holds: true }, ['1,200', '98', '1', '0', '1,299'])).toBe(
      '剩余 1,200 + 被持有 98 + 在途 1 + 待退回 0 = 数量 1,299',
    )
    expect(equationIn({ code: 'counts_of_rows', holds: true }, ['3', '4', '1', '2', '2', '2', '0', '0', '5', '5', '6', '7'])).toBe(
      '被持有 3 = 4，已下单 1 = 2，已付款 2 = 2，已取消 0 = 0，已过期 5 = 5，未成功 6 = 7',
    )
  })
  it('needs no numbers', () => expect(equationIn({ code: 'gate_terms', holds: true }, [])).toBe('入口依据的就是这些规则'))
  it('says in which currency', () =>
    expect(equationIn({ code: 'money_adds_up', args: ['EUR'], holds: true }, ['12', '4', '3', '2', '2', '1'])).toBe(
      'EUR：收款 12 = 已付订单 4 + 已删除的订单 3 + 逾期 2 + 待退款 2 + 已退款 1',
    ))
  it('says of which partition', () =>
    expect(equationIn({ code: 'position_in_log', args: ['7'], holds: true }, ['8', '9'])).toBe('分区 7：位置 8 ≤ 日志末尾 9'))
  it('says that it is not so', () =>
    expect(equationIn({ code: 'position_in_log', args: ['7'] }, ['9', '8'])).toBe('不成立：分区 7：位置 9 ≤ 日志末尾 8'))
  it('leaves what nobody here knows to the audit', () => {
    expect(plainly('moonlight')).toBe('moonlight')
    expect(equationIn({ code: 'the_moon_is_full' }, [])).toBeUndefined()
  })
  it('leaves what was kept without a code to the audit', () => expect(equationIn({ holds: true }, ['1', '2'])).toBeUndefined())
})

describe('the audit in English', () => {
  beforeEach(() => language.choose('en'))
  it('says what has to hold', () => expect(plainly('quantity')).toBe('No more units are placed or paid than were put on sale.'))
  it('has its own words for equations', () => expect(equationIn({ code: 'gate_terms', holds: true }, [])).toBeUndefined())
})
