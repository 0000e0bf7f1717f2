import type { Order, Product, Problem as Sent } from './schema'

// The JSON bodies of the API. schema.ts is made from api/openapi.yaml, by `npm run types` there.
export type { Answer, FieldError, ListedProduct, Order, Orders, Pass, Price, Product, ProductCounts, Products, Refusal, Session, Terms } from './schema'

export type State = Product['state']
export type Status = Order['status']

/** The states of an order that the store has; a queued or rejected one is not in it. */
export const statuses = ['placed', 'paid', 'cancelled', 'expired'] as const satisfies Status[]

type CodeOf<Type> = Type extends `/problems/${infer Code}` ? Code : never
/** The last part of a problem's type: `sold_out`, `paused`. */
export type Code = CodeOf<Sent['type']>

/** RFC 9457, with the members that the server adds. One that is not of the server, but of a proxy, has no type. */
export type Problem = Omit<Sent, 'type'> & { type: Sent['type'] | '' }
