import { useState } from 'react'
import type { Order } from '../api/bodies'
import { request } from '../api/request'
import { Button } from '../look/Button'
import { Dialog } from '../look/Dialog'
import { payLink } from '../sale/money'
import { words } from '../words/buy'

export type Settling = { plays: boolean | undefined; shop: string | undefined; onOrder: (order: Order) => void }

type Props = Settling & { order: Order; describedBy?: string; small?: boolean }

type PayAtShopProps = { link: string; className: string; describedBy?: string | undefined }

/** The shop's own page, which takes the money for this order. */
export function PayAtShop({ link, className, describedBy }: PayAtShopProps) {
  return (
    <a
      href={link}
      target="_blank"
      rel="noopener noreferrer"
      aria-describedby={describedBy}
      className={`grid min-h-10 place-items-center rounded-control bg-ink px-3.5 text-center font-semibold text-ground hover:opacity-85 ${className}`}
    >
      {words().payAtShop}
    </a>
  )
}

/** What a buyer can do with an order that is not paid. Giving the unit back is asked once: somebody else may have it then. */
export function Settle({ order, plays, shop, onOrder, describedBy, small = false }: Props) {
  const [pending, setPending] = useState(false)
  const [trouble, setTrouble] = useState('')
  const [asks, setAsks] = useState(false)
  const settle = async (step: 'pay' | 'cancel') => {
    setAsks(false)
    setPending(true)
    setTrouble('')
    try {
      onOrder((await request<Order>(`/api/orders/${order.order_id}/${step}`, { method: 'POST' })).body)
    } catch (error) {
      setTrouble((error as Error).message)
    }
    setPending(false)
  }
  const size = small ? '' : 'h-14'
  const link = payLink(shop, order)
  const play = (
    <Button
      kind={link ? 'plain' : 'strong'}
      className={`${size} ${link ? 'col-span-full' : 'text-lead'}`}
      aria-describedby={describedBy}
      disabled={pending}
      onClick={() => void settle('pay')}
    >
      {words().play}
    </Button>
  )
  return (
    <div className="grid gap-3 min-[22rem]:grid-cols-[2fr_1fr]">
      {link ? (
        <PayAtShop link={link} className={small ? '' : 'min-h-14 text-lead'} describedBy={describedBy} />
      ) : plays ? (
        play
      ) : (
        <p className={`self-center ${small ? 'text-small' : ''}`}>{plays === false && words().payTheSeller}</p>
      )}
      <Button className={size} aria-describedby={describedBy} disabled={pending} onClick={() => setAsks(true)}>
        {words().cancel}
      </Button>
      {plays && link && play}
      {plays && !small && <p className="col-span-full text-center text-small text-muted">{words().playLine}</p>}
      <p role="alert" className="col-span-full text-center text-alarm empty:hidden">
        {trouble}
      </p>
      {asks && (
        <Dialog title={words().askCancel(order.number)} onClose={() => setAsks(false)}>
          <p className="mt-2 text-muted">{words().cancelTells}</p>
          <div className="mt-6 flex flex-wrap justify-end gap-3">
            <Button onClick={() => setAsks(false)}>{words().keepIt}</Button>
            <Button kind="strong" onClick={() => void settle('cancel')}>
              {words().cancelIt}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  )
}
