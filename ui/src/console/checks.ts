import type { Product } from '../api/bodies'
import { count } from '../sale/format'
import { amountOf, typedAmount } from '../sale/money'
import { formWords } from '../words/forms'
import { momentsOf, windowOf, type Typed } from './terms'

export type Wrong = Partial<Record<keyof Typed, string>>

// The server's rules, which has the last word: here they are told while one types, and all at once.
const ids = /^[A-Za-z0-9_-]{1,64}$/
const groups = /^[A-Za-z0-9._~:@|/+=-]{1,120}$/
const reserved = 'rehearsal-'
const mostCharacters = 200
/** Controls, line ends, and what turns the direction of the text around a name. */
const unfit = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u
const shortestWindow = 10
const longestWindow = 7 * 86_400

/** What of the form as typed would not be taken, and why. `present`: it changes that product. */
export function wrongIn(typed: Typed, present: Product | undefined): Wrong {
  const { checks } = formWords()
  const wrong: Wrong = {}
  const want = (field: keyof Typed, ok: boolean, why: string) => {
    if (!ok) wrong[field] ??= why
  }
  const within = (field: keyof Typed, from: number, to: number, such: number) =>
    want(field, isWhole(typed[field]) && Number(typed[field]) >= from && Number(typed[field]) <= to, checks.whole(count(from), count(to), String(such)))

  want('id', ids.test(typed.id), checks.id)
  want('id', !typed.id.startsWith(reserved), checks.reserved(reserved))
  within('quantity', 1, 10_000_000, 100)
  want('quantity', Number(typed.quantity) >= (present?.held ?? 0), checks.held(count(present?.held ?? 0)))
  want('name', [...typed.name].length <= mostCharacters, checks.name(String(mostCharacters)))
  want('name', !unfit.test(typed.name), checks.unfit)
  within('limit', 1, 100, 1)
  if (typed.orders.trim()) within('orders', wrong.limit ? 1 : Number(typed.limit), 1000, 20)
  want('group', !typed.group.trim() || groups.test(typed.group.trim()), checks.group)

  const { opens, closes } = momentsOf(typed)
  want('opensAt', !Number.isNaN(opens), checks.time)
  want('closesAt', !Number.isNaN(closes), checks.time)
  want('closesAt', opens === undefined || closes === undefined || !(closes <= opens), checks.afterOpening)
  const window = windowOf(typed.window)
  want('window', window === 0 || (window !== undefined && window >= shortestWindow && window <= longestWindow), checks.window)

  priceIn(typed, want)
  want('url', isLink(typed.url), checks.link)
  want('image', isLink(typed.image), checks.link)
  return wrong
}

function priceIn(typed: Typed, want: (field: keyof Typed, ok: boolean, why: string) => void) {
  const { checks } = formWords()
  const amount = typed.amount.trim()
  const currency = typed.currency.trim().toUpperCase()
  if (!amount && !currency) return
  want('amount', /^\d+(\.\d+)?$/.test(amount) && Number(amount) > 0, checks.amount)
  want('currency', /^[A-Z]{3}$/.test(currency), checks.currency)
  want('amount', Number.isInteger(amountOf(amount || '0', currency)), checks.finer(typedAmount({ amount: 1999, currency })))
}

const isWhole = (typed: string) => /^\d+$/.test(typed.trim())

const isLink = (typed: string) => {
  const link = typed.trim()
  return link === '' || (/^https?:\/\/[^/@\s]+([/?#]\S*)?$/.test(link) && URL.canParse(link) && link.length <= 1000)
}
