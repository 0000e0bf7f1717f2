import { Suspense, useEffect, useState } from 'react'
import type { Order, Product } from '../api/bodies'
import { productPath } from '../api/products'
import { useStream } from '../api/stream'
import { ClockNote } from '../look/ClockNote'
import { HelpButton } from '../look/Help'
import { LanguageSwitch } from '../look/LanguageSwitch'
import { Mark } from '../look/Mark'
import { Outage } from '../look/Outage'
import { titleOf } from '../sale/state'
import { words } from '../words/buy'
import { useLanguage } from '../words/language'
import { shared } from '../words/shared'
import { Holding, Quiet } from './Holding'
import { type Identity, useIdentity } from './identity'
import { holds, owes } from './journey'
import { Mine } from './later'
import { Offer } from './Offer'
import { Others } from './Others'
import { useJourney } from './useJourney'
import { usePlays } from './usePlays'
import { useAskWhileLost, useProduct } from './useProduct'
import { Who } from './Who'

export function Buy({ product }: { product: string }) {
  useLanguage()
  const who = useIdentity()
  const known = who.is === 'believed' ? undefined : who.is === 'known' ? who.user : ''
  return (
    <Frame>
      {who.is === 'asking' ? (
        <Outage lost={who.trouble} />
      ) : (
        <Sale key={known ?? who.is} product={product} who={who} known={known} />
      )}
    </Frame>
  )
}

type Props = { product: string; who: Identity; known: string | undefined }

function Sale({ product: id, who, known }: Props) {
  const { product, missing, show, ask } = useProduct(id)
  const journey = useJourney(id, known)
  const { stand, others } = journey
  const holding = stand.at === 'holding' ? stand.order : undefined
  const orders = holding ? [holding, ...others] : others
  const held = orders.filter(holds).length
  const [more, setMore] = useState(false)
  const settling = { plays: usePlays(orders.some(owes)), shop: product?.url, onOrder: journey.update }
  // One stream: before there is an order the product's, from then on the order's.
  const link = useStream(
    holding ? `/api/orders/${holding.order_id}/events` : `${productPath(id)}/events`,
    { product: (data) => show(data as Product), order: (data) => journey.update(data as Order) },
    { opened: journey.check, reopened: journey.check, lost: journey.check },
  )
  useAskWhileLost(link, ask)
  const title = product ? titleOf(product) : shared().product(id)
  useEffect(() => {
    document.title = `${title} · seckill`
  }, [title])

  return (
    <>
      <ClockNote />
      <main className="grid gap-6 pb-24">
        <Who who={who} />
        {holding && <Holding product={product} title={title} journey={journey} order={holding} {...settling} />}
        {!holding && missing && <NoProduct id={id} />}
        {!holding && product && <Offer product={product} journey={journey} who={who} />}
        {others.length > 0 && (
          <Others title={holding ? words().others : words().ordersOf(journey.user)} orders={others} {...settling} />
        )}
        {who.is === 'known' &&
          (more ? (
            <Suspense>
              <Mine shown={orders} />
            </Suspense>
          ) : (
            <Quiet onPress={() => setMore(true)}>{words().more}</Quiet>
          ))}
      </main>
      <Outage lost={link === 'lost' && !missing} note={held > 0 ? words().safe(held) : undefined} />
    </>
  )
}

function Frame({ children }: { children: React.ReactNode }) {
  return (
    <div className="mx-auto flex min-h-dvh max-w-md flex-col px-4 flat:max-w-4xl">
      <header className="flex h-16 items-center gap-2.5 flat:h-11">
        <Mark />
        <span className="mr-auto font-semibold">seckill</span>
        <LanguageSwitch />
        <HelpButton>
          {words().howItGoes.map((line) => (
            <p key={line} className="mt-3 text-muted">
              {line}
            </p>
          ))}
        </HelpButton>
      </header>
      {children}
    </div>
  )
}

function NoProduct({ id }: { id: string }) {
  return (
    <div role="status" className="grid gap-2 pt-4">
      <h1 className="text-title font-semibold wrap-anywhere">{words().unknown(id)}</h1>
      <p className="text-muted">{words().unknownLine}</p>
    </div>
  )
}
