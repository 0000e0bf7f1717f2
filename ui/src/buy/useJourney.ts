import { useEffect, useEffectEvent, useState } from 'react'
import type { Order } from '../api/bodies'
import { productPath } from '../api/products'
import { Refused, request } from '../api/request'
import { dropAttempt, keepAttempt, loadAttempt, newKey, rememberedUser, rememberUser, type Attempt } from './attempt'
import { afterAnswer, afterFailure, afterOrder, type Stand, type Turn } from './journey'

const pollMs = 1000

function standFrom(attempt: Attempt | undefined): Stand {
  if (!attempt) return { at: 'looking' }
  return attempt.order ? afterOrder(attempt.order, false) : { at: 'asking' }
}

/** Leads one buyer of one product from the press to the end of the order, across reloads and lost answers. */
export function useJourney(product: string) {
  const [user, setUser] = useState(rememberedUser)
  const [attempt, setAttempt] = useState(() => (user ? loadAttempt(product, user) : undefined))
  const [stand, setStand] = useState<Stand>(() => standFrom(attempt))

  const keep = (next: Attempt) => {
    keepAttempt(product, user, next)
    setAttempt(next)
  }
  const end = (next: Stand) => {
    dropAttempt(product, user)
    setAttempt(undefined)
    setStand(next)
  }
  const turn = ({ stand: next, location }: Turn) => {
    if (next.at === 'looking') return end(next)
    setStand(next)
    if (attempt && (next.at === 'waiting' || next.at === 'holding')) {
      keep({ key: attempt.key, order: next.order, ...(location ? { location } : {}) })
    }
  }
  const update = (order: Order) => {
    const next = afterOrder(order, stand.at === 'holding' && stand.already)
    turn({ stand: next, ...(attempt?.location ? { location: attempt.location } : {}) })
  }

  const ask = useEffectEvent(async (signal: AbortSignal): Promise<number | undefined> => {
    const led = await buy(product, user, attempt?.key ?? '')
    if (signal.aborted) return undefined
    turn(led)
    return led.stand.at === 'asking' ? led.againMs : undefined
  })
  const look = useEffectEvent(async (signal: AbortSignal) => {
    const path = attempt?.location ?? (attempt?.order && `/api/orders/${attempt.order.order_id}`)
    if (path === undefined) return
    const found = await request<Order>(path).catch((error: unknown) => error)
    if (signal.aborted) return
    if (found instanceof Refused && found.status === 404) {
      end({ at: 'looking', note: 'startedOver' })
    }
    if (!(found instanceof Error)) update((found as { body: Order }).body)
  })

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

  const waiting = stand.at === 'waiting'
  useEffect(() => {
    if (!waiting) return
    const over = new AbortController()
    const timer = setInterval(() => void look(over.signal), pollMs)
    return () => {
      over.abort()
      clearInterval(timer)
    }
  }, [waiting])

  return {
    user,
    stand,
    press(as: string) {
      const begun = loadAttempt(product, as) ?? { key: newKey() }
      rememberUser(as)
      keepAttempt(product, as, begun)
      setUser(as)
      setAttempt(begun)
      setStand(standFrom(begun))
    },
    /** Somebody else takes the seat. The order stays with whom it belongs to, and is shown when they are back. */
    leave() {
      rememberUser('')
      setUser('')
      setAttempt(undefined)
      setStand({ at: 'looking' })
    },
    update,
    /** Asks how the order stands now, as after a stream that was away. */
    check: () => void look(new AbortController().signal),
    forget: () => end({ at: 'looking' }),
  }
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
