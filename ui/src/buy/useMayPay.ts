import { useEffect, useState } from 'react'
import type { Session } from '../api/bodies'
import { request } from '../api/request'

const againMs = 2000

/** Whether the page may play a payment, as there are no operators; undefined until the server has said so, once it is wanted. */
export function useMayPay(wanted: boolean): boolean | undefined {
  const [may, setMay] = useState<boolean>()
  useEffect(() => {
    if (!wanted) return
    let over = false
    let timer: ReturnType<typeof setTimeout>
    const ask = async () => {
      const found = await request<Session>('/api/session').catch(() => undefined)
      if (over) return
      setMay(found && found.body.operator && !found.body.name)
      if (!found) timer = setTimeout(() => void ask(), againMs)
    }
    void ask()
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [wanted])
  return may
}
