import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, type ReactNode } from 'react'
import { Link } from 'wouter'
import type { Product } from '../api/bodies'
import { getProduct } from '../api/products'
import { Refused, Unreachable } from '../api/request'
import { may } from '../api/session'
import { getTimeline, type SaleTimeline } from '../api/timeline'
import { verify } from '../api/verify'
import { Button } from '../look/Button'
import { LanguageSwitch } from '../look/LanguageSwitch'
import { Mark } from '../look/Mark'
import { count, dateTime, duration } from '../sale/format'
import { scheduleOf, titleOf } from '../sale/state'
import { words } from '../words/console'
import { language } from '../words/language'
import { shared } from '../words/shared'
import { LatencyBars } from './LatencyBars'
import { NoProduct } from './NoProduct'
import { orRefused } from './queries'
import { recapOf, sayMoment } from './recap'
import { SaleCharts } from './SaleCharts'
import { Share } from './Share'
import { Shell } from './Shell'
import { useMe } from './useMe'
import { Verify } from './Verify'

type Props = { id: string; share: string | undefined }

/** How a sale went, on one page: to read, to print, and by a link to share without signing in. */
export function RecapPage({ id, share }: Props) {
  const both = useQuery({
    queryKey: ['recap', id, share],
    queryFn: () => orRefused(Promise.all([getProduct(id), getTimeline(id, share)])),
  })
  const refusal = both.data instanceof Refused ? both.data : undefined
  const [product, timeline] = both.data instanceof Refused ? [] : (both.data ?? [])
  const w = words()
  const title = product ? w.is(w.recap.title, titleOf(product)) : w.recap.title
  const page = (
    <>
      {refusal && share && (
        <div role="status" className="grid gap-2 py-8">
          <h1 className="text-title font-semibold">{w.recap.badLink}</h1>
          <p className="text-muted">{w.recap.badLinkLine}</p>
        </div>
      )}
      {refusal && !share && <NoProduct refusal={refusal} title={w.noProduct(id)} line={w.noProductLine} />}
      {product && timeline && <Recap product={product} timeline={timeline} guest={share !== undefined} />}
    </>
  )
  if (share !== undefined) return <GuestFrame title={title}>{page}</GuestFrame>
  const link = both.failureReason instanceof Unreachable ? 'lost' : both.isSuccess ? 'open' : 'connecting'
  return (
    <Shell title={title} link={link} seenAt={both.dataUpdatedAt}>
      {page}
    </Shell>
  )
}

function GuestFrame({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · seckill`
  }, [title])
  return (
    <div className="mx-auto flex min-h-dvh max-w-6xl flex-col px-4 sm:px-8">
      <header className="flex min-h-16 items-center gap-2.5 py-3">
        <Mark />
        <span className="mr-auto text-lead font-semibold">seckill</span>
        <span className="print:hidden">
          <LanguageSwitch />
        </span>
      </header>
      <main className="flex-1 pt-2 pb-20">{children}</main>
    </div>
  )
}

function Recap({ product, timeline, guest }: { product: Product; timeline: SaleTimeline; guest: boolean }) {
  const recap = recapOf(product, timeline)
  const judge = useMutation({ mutationFn: () => verify() })
  const me = useMe()
  const w = words()
  const now = Date.parse(product.server_time)
  return (
    <div className="grid gap-6">
      <header className="grid gap-1">
        <p className="flex flex-wrap items-baseline justify-between gap-x-6 text-muted">
          <span className="wrap-anywhere">{titleOf(product)}</span>
          {!guest && (
            <Link href={`/products/${encodeURIComponent(product.id)}`} className="underline underline-offset-4 print:hidden">
              {w.recap.toSale}
            </Link>
          )}
        </p>
        <h1 className="text-outcome font-semibold tracking-tight text-balance">{recap.headline}</h1>
        <p className="figures flex flex-wrap gap-x-6 text-muted">
          <span>{shared().states[product.state]}</span>
          {scheduleOf(product, now).map((line) => (
            <span key={line}>{line}</span>
          ))}
          {!product.opens_at && recap.firstAt !== undefined && <span>{w.recap.began(dateTime(1000 * recap.firstAt, language.tag()))}</span>}
        </p>
      </header>
      <Facts product={product} timeline={timeline} />
      <SaleCharts recap={recap} />
      <div className="grid items-start gap-4 md:grid-cols-2">
        {recap.answers > 0 && <LatencyBars latency={timeline.latency} note={w.recap.latencyNote} />}
        {timeline.judged ? (
          <section aria-labelledby="verdict" className="grid gap-1">
            <h2 id="verdict" className="border-b border-line pb-2 text-lead font-semibold">
              {w.verifyTitle}
            </h2>
            <p className="text-lead font-semibold">{w.recap.judged(timeline.judged.findings)}</p>
            <p className="figures text-small text-muted">{w.recap.judgedAt(dateTime(timeline.judged.at, language.tag()))}</p>
          </section>
        ) : (
          may(me, 'view') && <Verify product={product.id} judge={judge} />
        )}
      </div>
      <div className="grid gap-4 print:hidden">
        <Button className="w-fit" onClick={() => print()}>
          {w.recap.print}
        </Button>
        {!guest && may(me, 'operate') && <Share id={product.id} />}
      </div>
    </div>
  )
}

function Facts({ product, timeline }: { product: Product; timeline: SaleTimeline }) {
  const { answers, firstAt, lastUnitAt } = recapOf(product, timeline)
  const w = words().recap
  const { p50_ms, p99_ms } = timeline.latency
  const facts: [string, string | undefined][] = [
    [w.units, count(product.quantity)],
    [w.held, count(product.held)],
    [w.orders, count(timeline.placed.at(-1)?.number ?? 0)],
    [w.answers, count(answers)],
    [w.half, p50_ms === undefined ? undefined : duration(p50_ms)],
    [w.most, p99_ms === undefined ? undefined : duration(p99_ms)],
    [w.firstOrder, firstAt === undefined ? undefined : sayMoment(firstAt, 0)],
    [w.lastUnit, lastUnitAt === undefined ? undefined : sayMoment(lastUnitAt, 0)],
  ]
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-4 lg:grid lg:grid-cols-4">
      {facts
        .filter(([, value]) => value !== undefined)
        .map(([word, value]) => (
          <div key={word} className="flex min-w-20 flex-col-reverse justify-end">
            <dt className="text-small text-muted">{word}</dt>
            <dd className="figures text-figure font-medium">{value}</dd>
          </div>
        ))}
    </dl>
  )
}
