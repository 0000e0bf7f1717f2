// The JSON bodies of the API, as api/openapi.yaml describes them.

export type State = 'opening' | 'not_open' | 'on_sale' | 'sold_out' | 'paused' | 'closed'

export type Terms = {
  quantity: number
  name?: string
  limit_per_user?: number
  orders_per_user?: number
  opens_at?: string
  closes_at?: string
  payment_window?: string
}

export type Product = {
  id: string
  name: string
  quantity: number
  limit_per_user: number
  /** Orders that one buyer may have, ended ones included. */
  orders_per_user: number
  payment_window: string
  opens_at?: string
  closes_at?: string
  state: State
  epoch: number
  /** Absent while the gate is away. */
  remaining?: number
  queued: number
  held: number
  placed: number
  paid: number
  cancelled: number
  expired: number
  rejected: number
  /** The server's own, for a try. */
  rehearsal?: boolean
  server_time: string
}

/** The states of an order that the store has; a queued or rejected one is not in it. */
export const statuses = ['placed', 'paid', 'cancelled', 'expired'] as const
export type Status = (typeof statuses)[number] | 'queued' | 'rejected'

export type Order = {
  order_id: string
  product_id: string
  user_id: string
  status: Status
  epoch: number
  /** 1..n within the product; absent until the fold has given it. */
  number?: number
  placed_at?: string
  pay_by?: string
  ended_at?: string
}

export type OrderPage = { orders: Order[]; next?: number }

export type FieldError = { field: string; rule: string }

/** RFC 9457, with the members that the server adds. */
export type Problem = {
  type: string
  title: string
  status: number
  detail?: string
  errors?: FieldError[]
  order?: Order
  opens_at?: string
}
