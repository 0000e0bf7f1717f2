import { afterEach, describe, expect, it } from 'vitest'
import { language } from '../words/language'
import { amountOf, money, payLink, typedAmount } from './money'

afterEach(() => language.choose('en'))

describe('an amount', () => {
  it.each([
    [1999, 'EUR', '19.99'],
    [5, 'EUR', '0.05'],
    [1999, 'JPY', '1999'],
    [1999, 'KWD', '1.999'],
    [100_000_000_000, 'XOF', '100000000000'],
    [99_999_999_999, 'IQD', '99999999.999'],
  ])('of %d %s is typed %s', (amount, currency, typed) => {
    expect(typedAmount({ amount, currency })).toBe(typed)
    expect(amountOf(` ${typed} `, currency)).toBe(amount)
  })
  it('is not rounded: the server says that it is in fractions', () => expect(amountOf('19.999', 'EUR')).toBe(1999.9))
})

describe('a price', () => {
  it('has the digits of its currency', () => {
    expect(money({ amount: 123_456, currency: 'EUR' })).toBe('€1,234.56')
    expect(money({ amount: 1999, currency: 'JPY' })).toBe('¥1,999')
  })
  it('is written in the language of the page', () => {
    language.choose('zh')
    expect(money({ amount: 1999, currency: 'CNY' })).toBe('¥19.99')
  })
})

it('has no link to a port that there is not', () =>
  expect(payLink('https://shop.example:99999', { order_id: '0190', product_id: '1' })).toBeUndefined())

it('tells the shop which order is paid, beside what its link says', () => {
  const order = { order_id: '0190', product_id: 'p_1' }
  expect(payLink('https://shop.example/pay?lang=de&order=x#top', order)).toBe('https://shop.example/pay?lang=de&order=0190&product=p_1#top')
})
