import { describe, expect, it } from 'vitest'
import { wrongIn } from './checks'
import { typedFrom, type Typed } from './terms'

const wrong = (typed: Partial<Typed>, present?: object) => wrongIn({ ...typedFrom('1', undefined), ...typed }, present as never)

describe('what the form begins with', () => {
  it('is taken', () => expect(wrong({})).toEqual({}))
})

it.each([
  ['id', 'a b', 'such as poster-2'],
  ['id', '', 'such as poster-2'],
  ['id', 'rehearsal-1', 'Choose another'],
  ['quantity', '0', 'from 1 to 10,000,000, such as 100'],
  ['quantity', 'many', 'whole number'],
  ['quantity', '1.5', 'whole number'],
  ['quantity', '1e3', 'whole number'],
  ['name', 'x'.repeat(201), '200 characters'],
  ['name', 'a\u202eb', 'direction of text'],
  ['name', 'a\nb', 'line breaks'],
  ['limit', '101', 'from 1 to 100'],
  ['orders', '0', 'from 1 to 1,000'],
  ['opensAt', '@', 'Choose a date'],
  ['closesAt', '@', 'Choose a date'],
  ['window', '=1 second', 'such as 15 minutes'],
  ['window', '=8 days', '10 seconds to 7 days'],
  ['window', '=soon', 'such as 15 minutes'],
  ['amount', 'a lot', 'such as 19.99'],
  ['url', 'javascript:alert(1)', 'https://'],
  ['url', 'https://me@shop.example', 'https://'],
  ['image', 'shop', 'https://'],
  ['group', 'a b', 'such as members'],
] as const)('%s %j is told why it is not taken', (field, typed, why) => {
  const found = wrong({ [field]: typed, ...(field === 'amount' ? { currency: 'EUR' } : {}) })
  expect(Object.keys(found)).toEqual([field])
  expect(found[field]).toContain(why)
})

it.each([
  ['name', '👨\u200d👩\u200d👧 می\u200cخواهم　商品'],
  ['name', '🎁'.repeat(200)],
  ['window', '=168 hours'],
  ['url', 'https://shop.example/pay?x=1#y'],
  ['group', '/members:vip@shop'],
  ['quantity', ' 250 '],
] as const)('%s %j is taken', (field, typed) => expect(wrong({ [field]: typed })).toEqual({}))

it('tells all at once', () =>
  expect(Object.keys(wrong({ id: '', quantity: '0', window: '=x', amount: '5' })).sort()).toEqual(['currency', 'id', 'quantity', 'window']))

it('knows what is held, and when it opens', () => {
  expect(wrong({ quantity: '5' }, { held: 6 }).quantity).toContain('At least 6')
  expect(wrong({ opensAt: '+600', closesAt: '@2020-01-01T00:00:00' }).closesAt).toContain('after the opening')
})

it('knows which currencies have no cents', () => {
  expect(wrong({ amount: '19.99', currency: 'jpy' }).amount).toContain('such as 1999.')
  expect(wrong({ amount: '1.999', currency: 'KWD' })).toEqual({})
})
