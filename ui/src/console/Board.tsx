import type { ReactNode } from 'react'
import type { Product } from '../api/bodies'
import { clockError, useServerNow } from '../sale/clock'
import { count, duration, timeLeft, timeOfDay } from '../sale/format'
import { money } from '../sale/money'
import { nextMoment, scheduleOf, stateAt, titleOf } from '../sale/state'
import { RehearsalMark, StateMark } from '../sale/StateMark'
import { Units } from '../sale/Units'
import { words } from '../words/console'
import { salesWords } from '../words/sales'
import { secondsOf, spanWords } from '../words/spans'

type Props = { product: Product; heading: 'h1' | 'h2'; clock?: boolean; children?: ReactNode }

/** One sale at a glance. On the dark of the board yellow can mean one thing: units that can be bought. */
export function Board({ product, heading: Heading, clock = false, children }: Props) {
  const now = useServerNow(clock || product.opens_at !== undefined || product.closes_at !== undefined)
  const state = stateAt(product, now)
  const moment = nextMoment(product, now)
  const left = product.remaining === undefined ? '–' : count(product.remaining)
  return (
    <div className="grid gap-5 rounded-box border border-board-edge bg-board p-5 text-board-ink sm:p-6">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <Heading className="text-title font-semibold wrap-anywhere">{titleOf(product)}</Heading>
        <span className="flex flex-wrap items-center gap-x-4">
          <span role="timer" className="figures font-medium empty:hidden">
            {moment && `${moment.word} ${timeLeft(moment.at - now)}`}
          </span>
          {product.rehearsal && <RehearsalMark />}
          <span role="status">
            <StateMark state={state} word={product.archived ? salesWords().archived : undefined} />
          </span>
        </span>
      </div>
      <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-4">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="text-board-muted empty:hidden">{words().remaining}</span>
          <span
            data-count="remaining"
            className={`figures text-hero font-semibold tracking-tight ${left.length > 6 ? 'max-sm:text-[clamp(2rem,10vw,3.5rem)]' : ''} ${state === 'on_sale' ? 'text-flash' : ''}`}
          >
            {left}
          </span>
          <span className="text-board-muted">{words().ofRemaining(count(product.quantity))}</span>
        </p>
        <Counts product={product} />
      </div>
      <Units product={product} state={state} />
      <p className="figures flex flex-wrap gap-x-6 text-small text-board-muted empty:hidden">
        {scheduleOf(product, now).map((line) => (
          <span key={line}>{line}</span>
        ))}
      </p>
      <p className="flex flex-wrap justify-between gap-x-6 text-small text-board-muted">
        <span>{termsInWords(product)}</span>
        {clock && Number.isFinite(clockError()) && (
          <span className="figures">{words().serverClock(timeOfDay(now), duration(clockError()))}</span>
        )}
      </p>
      {children}
    </div>
  )
}

function termsInWords(product: Product): string {
  const limit = words().perBuyer(product.limit_per_user)
  const window = secondsOf(product.payment_window)
  const terms = window ? words().toPay(limit, spanWords(window)) : limit
  return product.price ? money(product.price) + words().and + terms : terms
}

/** Queued and placed always; the others only where a payment window lets them happen, or they did. */
function Counts({ product }: { product: Product }) {
  const window = product.payment_window !== '0s'
  const rows = (['queued', 'placed', 'paid', 'cancelled', 'expired', 'rejected'] as const).filter(
    (name) => name === 'queued' || name === 'placed' || product[name] > 0 || (window && name !== 'rejected'),
  )
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-3 sm:ml-auto sm:justify-end sm:text-right">
      {rows.map((name) => (
        <div key={name} className="flex min-w-14 flex-col-reverse">
          <dt className="text-small text-board-muted">{words().counts[name]}</dt>
          <dd data-count={name} className="figures text-figure font-medium">
            {count(product[name])}
          </dd>
        </div>
      ))}
    </dl>
  )
}
