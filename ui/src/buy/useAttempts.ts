import { useEffect, useState } from 'react'
import { attemptsKey, changeAttempts, loadAttempts, rememberedUser, rememberUser, type Attempt } from './attempt'

/** Who sits at the page, and what this browser keeps of their attempts, from whichever page of it. */
export function useAttempts(product: string, known: string | undefined) {
  const [{ user, kept }, setSeat] = useState(() => seatOf(product, known ?? rememberedUser()))

  useEffect(() => {
    const elsewhere = ({ key }: StorageEvent) => {
      if (key === attemptsKey(product, user)) setSeat(seatOf(product, user))
    }
    window.addEventListener('storage', elsewhere)
    return () => window.removeEventListener('storage', elsewhere)
  }, [product, user])

  return {
    user,
    kept,
    change(to: (kept: Attempt[]) => Attempt[]) {
      const next = changeAttempts(product, user, to)
      // Somebody else may have sat down meanwhile.
      setSeat((now) => (now.user === user ? { user, kept: next } : now))
    },
    sit(as: string) {
      rememberUser(as)
      setSeat(seatOf(product, as))
    },
  }
}

const seatOf = (product: string, user: string) => ({ user, kept: user ? loadAttempts(product, user) : [] })
