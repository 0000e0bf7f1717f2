import { useQueries } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Order } from '../api/bodies'
import { listOrders } from '../api/manage'
import { count } from '../sale/format'
import { words } from '../words/console'
import { OrderList } from './OrderList'
import { blockOf, blocksOf, blockSize, numberAt } from './rows'

// While the bar is dragged hundreds of blocks pass by; only those where it rests are worth asking for.
const restMs = 80

type Props = { id: string; newest: boolean; total: number | undefined }

/** All orders. A row's number is known from its place, and the rest comes with the block that it is in. */
export function EveryOrder({ id, newest, total: known }: Props) {
  const total = known ?? 0
  const [blocks, onRange] = useRestingBlocks(total, newest)
  const pages = useQueries({
    queries: blocks.map((block) => ({
      queryKey: ['orders', id, 'rows', block],
      queryFn: () => listOrders(id, { after: block * blockSize, limit: blockSize }),
    })),
  })
  const orderOf = (number: number): Order | undefined => {
    const page = pages[blocks.indexOf(blockOf(number))]?.data
    const order = page?.orders[(number - 1) % blockSize]
    return order?.number === number ? order : undefined
  }
  const at = (row: number) => {
    const number = numberAt(row, total, newest)
    return { number, order: orderOf(number) }
  }
  return (
    <OrderList
      rows={total}
      at={at}
      onRange={onRange}
      growsAtTop={newest}
      footer={known === undefined ? words().fetching : total === 0 ? words().noOrders : words().total(total, count(total))}
    />
  )
}

function useRestingBlocks(total: number, newest: boolean) {
  const [blocks, setBlocks] = useState<number[]>([])
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const onRange = (first: number, last: number) => {
    const next = blocksOf(first, last, total, newest)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setBlocks((now) => (now.join() === next.join() ? now : next)), restMs)
  }
  return [blocks, onRange] as const
}
