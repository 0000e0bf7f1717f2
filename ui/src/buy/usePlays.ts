import { useEffect, useState } from 'react'
import type { Session } from '../api/bodies'
import { request } from '../api/request'

const againMs = 2000

/** Whether the page plays that an order is paid: exactly where there are no operators. Undefined until the server has said so, once it is wanted. */
export function usePlays(wanted: boolean): boolean | undefined {
  const [plays, setPlays] = useState<boolean>()
  useEffect(() => {
    if (!wanted) return
    let over = false
    let timer: ReturnType<typeof setTimeout>
    const ask = async () => {
      const found = await request<Session>('/api/session').catch(() => undefined)
      if (over) return
      setPlays(found && found.body.operator && found.body.name === undefined)
      if (!found) timer = setTimeout(() => void ask(), againMs)
    }
    void ask()
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [wanted])
  return plays
}
