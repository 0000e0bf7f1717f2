import { describe, expect, it } from 'vitest'
import type { Product } from '../api/bodies'
import type { SaleTimeline } from '../api/timeline'
import { acrossOf, recapOf, sayMoment, tookWords } from './recap'

const at = (ms: number) => new Date(1_700_000_000_000 + ms).toISOString()
const product = (part: Partial<Product> = {}): Product => ({
  id: '1', name: '', quantity: 100, limit_per_user: 1, orders_per_user: 20, payment_window: '0s', state: 'sold_out', epoch: 1, remaining: 0,
  queued: 0, held: 100, placed: 100, paid: 0, cancelled: 0, expired: 0, rejected: 0, server_time: at(0), ...part,
})
const timeline = (part: Partial<SaleTimeline> = {}): SaleTimeline => ({
  answers: [{ from: at(0), to: at(100), answers: { placed: 100, sold_out: 400 } }],
  latency: { count: 500 },
  placed: [{ number: 1, at: at(7) }, { number: 100, at: at(50) }],
  ...part,
})

describe('the headline', () => {
  it.each<[string, Partial<Product>, Partial<SaleTimeline>]>([
    ['Sold out in 43 ms', {}, {}],
    ['Sold out in 50 ms', { opens_at: at(0) }, {}],
    ['Sold out in 43 ms', { opens_at: at(20) }, {}],
    ['100 orders in 43 ms', { cancelled: 1 }, {}],
    ['63 of 100 units sold', { held: 63 }, { placed: [{ number: 63, at: at(50) }] }],
    ['Nothing has been sold', { held: 0 }, { placed: [], answers: [] }],
  ])('%s', (headline, terms, kept) => expect(recapOf(product(terms), timeline(kept)).headline).toBe(headline))
})

it('counts the answers', () => expect(recapOf(product(), timeline())).toMatchObject({ answers: 500, firstAt: 1_700_000_000.007, lastUnitAt: 1_700_000_000.05 }))

it.each([[2, '2 ms'], [43, '43 ms'], [1234, '1.2 s'], [247_000, '4:07']])('%d ms is %s', (ms, text) => expect(tookWords(ms)).toBe(text))

it('says a moment as finely as the marks are apart', () => {
  const time = new Date(2026, 10, 29, 9, 5, 7, 250).getTime() / 1000
  expect([86_400, 60, 1, 0.1, 0.05, 0].map((apart) => sayMoment(time, apart))).toEqual(['11-29', '09:05', '09:05:07', '09:05:07.2', '09:05:07.25', '09:05:07.250'])
})

describe('what is drawn', () => {
  it('spans the whole sale', () => expect(acrossOf(recapOf(product(), timeline()), false)).toMatchObject({ rush: false, across: { span: [1_700_000_000, 1_700_000_000.2] } }))
  it('spans the rush of a sale of days, and all of it if asked', () => {
    const answers = [...(timeline().answers ?? []), { from: at(86_400_000), to: at(86_400_100), answers: { sold_out: 1 } }]
    const recap = recapOf(product(), timeline({ answers }))
    expect(acrossOf(recap, false)).toMatchObject({ rush: true, across: { span: [1_700_000_000, expect.closeTo(1_700_000_002.6)] } })
    expect(acrossOf(recap, true)).toMatchObject({ across: { span: [1_700_000_000, expect.closeTo(1_700_086_400.1)] } })
  })
  it('spans the rush where nobody came for long', () => {
    const recap = recapOf(product({ opens_at: at(-7_200_000) }), timeline())
    expect(acrossOf(recap, false)).toMatchObject({ rush: true, across: { span: [expect.closeTo(1_699_999_997.5), expect.closeTo(1_700_000_000.1)] } })
    expect(acrossOf(recap, true)).toMatchObject({ across: { span: [1_699_992_800, expect.closeTo(1_700_000_000.1)] } })
  })
  it('spans nothing where there is nothing', () => expect(acrossOf(recapOf(product({ held: 0 }), timeline({ answers: [], placed: [] })), false).across.span).toBeUndefined())
})
