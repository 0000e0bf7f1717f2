import { useState } from 'react'
import type { Product } from '../api/bodies'
import { ruleFor } from '../api/request'
import { Field } from '../look/Field'
import { useServerNow } from '../sale/clock'
import { count, timeLeft } from '../sale/format'
import { money } from '../sale/money'
import { nextMoment, scheduleOf, stateAt, titleOf } from '../sale/state'
import { RehearsalMark, StateMark } from '../sale/StateMark'
import { Units } from '../sale/Units'
import { words } from '../words/buy'
import type { Identity } from './identity'
import type { Stand } from './journey'
import type { useJourney } from './useJourney'
import { buttonWord, heldUp, told } from './words'

type Props = { product: Product; journey: ReturnType<typeof useJourney>; who: Identity }

/** What is on sale, and the one button. */
export function Offer({ product, journey, who }: Props) {
  const now = useServerNow(product.opens_at !== undefined || product.closes_at !== undefined)
  const [user, setUser] = useState(journey.user)
  const { stand } = journey
  const state = stateAt(product, now)
  const refusal = stand.at === 'looking' ? stand.refusal : undefined
  const rule = refusal && ruleFor(refusal.problem.errors ?? [], 'user_id')
  const busy = stand.at !== 'looking'
  if (who.is === 'unknown') return <OfferBoard product={product} now={now} />
  return (
    <div className="grid gap-6 flat:grid-cols-2 flat:items-start">
      <OfferBoard product={product} now={now} />
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          journey.press(user)
        }}
      >
        {who.is === 'known' ? (
          <p className="flex flex-wrap items-baseline justify-between gap-x-4">
            <span className="wrap-anywhere">
              {words().buyingAs} <strong className="font-semibold">{who.user}</strong>
            </span>
            {!busy && (
              <button type="button" className="py-1 text-muted underline underline-offset-4" onClick={journey.leave}>
                {words().notYou}
              </button>
            )}
          </p>
        ) : (
          <Field
            label={words().userId}
            hint={words().userHint}
            required
            autoCapitalize="none"
            readOnly={busy}
            value={user}
            rule={rule}
            onChange={(event) => setUser(event.target.value)}
          />
        )}
        <button
          type="submit"
          disabled={busy || state !== 'on_sale' || (who.is === 'known' && who.challenge !== undefined)}
          className="h-16 w-full rounded-box border border-flash-edge bg-flash text-lead font-semibold text-on-flash transition-colors enabled:hover:bg-flash-strong disabled:border-line disabled:bg-wash disabled:text-muted"
        >
          <span className="inline-flex items-center gap-3">
            {busy && <Underway />}
            {buttonWord(stand, state)}
          </span>
        </button>
        <Told stand={stand} text={rule ? '' : told(stand) || heldUp(state)} />
      </form>
    </div>
  )
}

function OfferBoard({ product, now }: { product: Product; now: number }) {
  const state = stateAt(product, now)
  const moment = nextMoment(product, now)
  const early = state === 'not_open' && moment
  const left = product.remaining === undefined ? '–' : count(product.remaining)
  const figure = early ? timeLeft(moment.at - now) : left
  const size = figure.length > 8 ? 'text-figure' : 'text-headline'
  return (
    <section className="grid gap-4 rounded-box border border-board-edge bg-board p-5 text-board-ink">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h1 className="text-title font-semibold wrap-anywhere">{titleOf(product)}</h1>
        <StateMark state={state} />
      </div>
      {product.image_url && <img src={product.image_url} alt="" className="max-h-64 w-full rounded-control object-contain" />}
      {product.price && <p className="figures text-lead font-semibold">{money(product.price)}</p>}
      <p className="grid">
        <span className="text-board-muted empty:hidden">{words().lead(Boolean(early))}</span>
        <span
          role={early ? 'timer' : undefined}
          className={`figures ${size} font-semibold tracking-tight whitespace-nowrap ${state === 'on_sale' ? 'text-flash' : ''}`}
        >
          {figure}
        </span>
        <span className="figures text-board-muted">
          {early ? words().untilOpen(count(product.quantity)) : words().left(count(product.quantity))}
        </span>
      </p>
      <Units product={product} state={state} />
      {product.group && <p className="text-small wrap-anywhere text-board-muted">{words().onlyFor(product.group)}</p>}
      {product.rehearsal && (
        <p className="flex flex-wrap items-center gap-2 text-small text-board-muted">
          <RehearsalMark /> {words().rehearsed}
        </p>
      )}
      {scheduleOf(product, now).map((line) => (
        <p key={line} className="figures text-small text-board-muted">
          {line}
        </p>
      ))}
      {moment && !early && (
        <p className="figures text-small text-board-muted">{`${moment.word} ${timeLeft(moment.at - now)}`}</p>
      )}
    </section>
  )
}

function Underway() {
  return (
    <span className="underway" aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  )
}

function Told({ stand, text }: { stand: Stand; text: string }) {
  const hurt = stand.at === 'looking' && stand.refusal !== undefined
  return (
    <p role="status" className={`min-h-12 text-center ${hurt ? 'font-medium text-ink' : 'text-muted'}`}>
      {text}
    </p>
  )
}
