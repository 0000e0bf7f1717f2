import { useEffect, useEffectEvent, useState } from 'react'
import type { Order } from '../api/bodies'
import { productPath } from '../api/products'
import { Refused, request } from '../api/request'
import { anew, changeAttempts, newKey, withAttempt, withOrder, without, type Attempt } from './attempt'
import { identity } from './identity'
import { afterAnswer, afterFailure, afterOrder, holds, orderOf, owes, type Stand, type Turn } from './journey'
import { lateOrder, pathOf, returned, unsettled, withReturned } from './returned'
import { useAttempts } from './useAttempts'

const pollMs = 1000
/** How often orders that the page's stream does not tell of are asked for. */
export const othersMs = 5000
const paymentMs = 2000

const doubted = (refusal?: Refused) => ['unauthenticated', 'not_you', 'pass_required'].includes(refusal?.kind ?? '')

const inHand = (kept: Attempt[]) => kept.find(({ aside }) => !aside)

function standFrom(attempt: Attempt | undefined): Stand {
  if (!attempt) return { at: 'looking' }
  return attempt.order ? afterOrder(attempt.order, false) : { at: 'asking' }
}

/**
 * Leads one buyer of one product from the press to the end of each order, across reloads and lost answers. `known` is who
 * that is, empty for nobody, where it is not for the page to ask.
 */
export function useJourney(product: string, known: string | undefined) {
  const { user, kept, change, sit } = useAttempts(product, known)
  const [stand, setStand] = useState<Stand>(() => standFrom(inHand(kept)))
  const current = orderOf(stand)?.order_id
  const others = kept.flatMap(({ order }) => (order && order.order_id !== current ? [order] : []))

  const turn = (attempt: Attempt, { stand: next, location }: Turn) => {
    const order = orderOf(next)
    setStand(next)
    if (next.at === 'looking') change((all) => without(all, attempt.key))
    if (order) change((all) => withAttempt(all, { key: attempt.key, order, ...(location ? { location } : {}) }))
  }
  const told = (order: Order, next: (now: Stand) => Stand) =>
    setStand((now) => (orderOf(now)?.order_id === order.order_id ? next(now) : now))
  const update = (order: Order) => {
    change((all) => withOrder(all, order))
    told(order, (now) => afterOrder(anew(orderOf(now) ?? order, order), now.at === 'holding' && now.already))
  }
  /** A payment that came late has got a unit: that is the order from now on. */
  const replace = ({ key, aside = false, order: ended }: Attempt, order: Order) => {
    change((all) => withAttempt(all, { key, order, aside }))
    if (ended) told(ended, () => afterOrder(order, false))
  }
  const gone = ({ key, order }: Attempt) => {
    change((all) => without(all, key))
    if (order) told(order, () => ({ at: 'looking', note: 'startedOver' }))
  }

  const ask = useEffectEvent(async (signal: AbortSignal): Promise<number | undefined> => {
    const attempt = inHand(kept)
    if (!attempt) return undefined
    const led = await buy(product, user, attempt.key)
    if (signal.aborted) return undefined
    // The attempt is kept for when they are back: an earlier try of it may have been answered, and the answer lost.
    if (led.stand.at === 'looking' && doubted(led.stand.refusal)) return (await identity.check()) ? pollMs : undefined
    turn(attempt, led)
    return led.stand.at === 'asking' ? led.againMs : undefined
  })
  const look = async (at: (order: Order, attempt: Attempt) => boolean, signal?: AbortSignal) => {
    for (const attempt of kept) {
      if (!attempt.order || !at(attempt.order, attempt)) continue
      const found = await request<Order>(pathOf(attempt, attempt.order)).catch((error: unknown) => error)
      if (signal?.aborted) return
      // Who has no valid pass any more is told the same.
      if (found instanceof Refused && found.status === 404 && (await identity.check())) gone(attempt)
      if (found instanceof Error) continue
      const order = (found as { body: Order }).body
      const late = await lateOrder(order)
      if (signal?.aborted) return
      if (late) replace(attempt, late)
      else update(order)
    }
  }

  const asking = stand.at === 'asking'
  useEffect(() => {
    if (!asking) return
    const over = new AbortController()
    let timer: ReturnType<typeof setTimeout>
    const again = async () => {
      const wait = await ask(over.signal)
      if (wait !== undefined) timer = setTimeout(() => void again(), wait)
    }
    void again()
    return () => {
      over.abort()
      clearTimeout(timer)
    }
  }, [asking])

  useLooks(stand.at === 'waiting', pollMs, (signal) => look((order) => order.order_id === current, signal))
  // The stream of the page is that of the order in hand, so the others are asked for as long as time may end them.
  useLooks(others.some(owes), othersMs, (signal) => look((order) => order.order_id !== current && owes(order), signal))

  useLooks(kept.some(unsettled), paymentMs, (signal) => look((_order, attempt) => unsettled(attempt), signal))
  const takeReturn = useEffectEvent(() => {
    const back = returned
    if (back) change((all) => withReturned(all, back))
  })
  useEffect(() => takeReturn(), [])

  return {
    user,
    stand,
    others,
    press(as: string) {
      const all = changeAttempts(product, as, (all) => (inHand(all) ? all : [{ key: newKey() }, ...all]))
      sit(as)
      setStand(standFrom(inHand(all)))
    },
    /** Somebody else takes the seat. Orders stay with whom they belong to, and are shown when they are back. */
    leave() {
      if (known !== undefined) void identity.leave()
      sit('')
      setStand({ at: 'looking' })
    },
    update,
    /** Asks how the orders stand now, as after a stream that was away. */
    check: () => void look((order) => order.order_id === current || holds(order)),
    /** Goes on from the order in hand to the sale; it stays among the buyer's orders. */
    putAside() {
      change((all) => all.map((one) => (one.order?.order_id === current ? { ...one, aside: true } : one)))
      setStand({ at: 'looking' })
    },
  }
}

export function useLooks(on: boolean, everyMs: number, look: (signal: AbortSignal) => Promise<void>) {
  const again = useEffectEvent(look)
  useEffect(() => {
    if (!on) return
    const over = new AbortController()
    const timer = setInterval(() => void again(over.signal), everyMs)
    return () => {
      over.abort()
      clearInterval(timer)
    }
  }, [on, everyMs])
}

async function buy(product: string, user: string, key: string): Promise<Turn> {
  try {
    const answer = await request<Order>(`${productPath(product)}/orders`, {
      method: 'POST',
      headers: { 'Idempotency-Key': key },
      json: { user_id: user },
    })
    return afterAnswer(answer)
  } catch (error) {
    return afterFailure(error)
  }
}
