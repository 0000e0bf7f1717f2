import { useState } from 'react'
import { Choice } from '../look/Choice'
import { Field } from '../look/Field'
import { words } from '../words/console'
import { formWords } from '../words/forms'
import { spanWords } from '../words/spans'
import type { Wrong } from './checks'
import { closings, openings, windowOf, windows, type Typed } from './terms'

type Props = {
  typed: Typed
  rules: Wrong
  onType: (field: keyof Typed, value: string) => void
  /** It is of this product, and of no other. */
  fixed: boolean
}

export function TermsFields({ typed, rules, onType, fixed }: Props) {
  const [open, setOpen] = useState(false)
  const w = words()
  const field = (name: keyof Typed) => ({
    value: typed[name],
    rule: rules[name],
    onChange: (event: { target: { value: string } }) => onType(name, event.target.value),
  })
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        {!fixed && <Field label={w.productId} {...field('id')} />}
        <Field label={w.quantity} inputMode="numeric" autoFocus {...field('quantity')} />
        <Field label={w.name} {...field('name')} />
        <Opening typed={typed} rules={rules} onType={onType} />
      </div>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="w-fit rounded-control text-muted hover:text-ink">{formWords().more}</summary>
        <div className="grid gap-4 pt-4 sm:grid-cols-2">
          <Closing typed={typed} rules={rules} onType={onType} />
          <Window typed={typed} rules={rules} onType={onType} />
          <Field label={w.limit} inputMode="numeric" {...field('limit')} />
          <Field label={w.orderLimit} hint={w.orderLimitHint} inputMode="numeric" {...field('orders')} />
          <Field label={w.amount} hint={w.amountHint} inputMode="decimal" {...field('amount')} />
          <Field label={w.currency} hint={w.currencyHint} maxLength={3} {...field('currency')} />
          <Field label={w.url} hint={w.urlHint} inputMode="url" {...field('url')} />
          <Field label={w.image} hint={w.imageHint} inputMode="url" {...field('image')} />
          <Field label={w.unpaid} hint={w.unpaidHint} inputMode="numeric" {...field('unpaid')} />
          <Field label={w.group} hint={w.groupHint} {...field('group')} />
        </div>
      </details>
    </>
  )
}

type PartProps = Pick<Props, 'typed' | 'rules' | 'onType'>

const spanOf = (moment: string) => spanWords(Number(moment))

function Opening({ typed, rules, onType }: PartProps) {
  const f = formWords()
  return (
    <Moment
      label={f.opens}
      timeLabel={f.openingTime}
      value={typed.opensAt}
      options={[['', f.atOnce], ...openings.map((one) => [one, f.from(spanOf(one))] as const)]}
      rule={rules.opensAt}
      onType={(value) => onType('opensAt', value)}
    />
  )
}

function Closing({ typed, rules, onType }: PartProps) {
  const f = formWords()
  return (
    <Moment
      label={f.closes}
      timeLabel={f.closingTime}
      value={typed.closesAt}
      options={[['', f.never], ...closings.map((one) => [one, f.after(spanOf(one))] as const)]}
      rule={rules.closesAt}
      onType={(value) => onType('closesAt', value)}
    />
  )
}

type MomentProps = {
  label: string
  timeLabel: string
  value: string
  options: (readonly [string, string])[]
  rule: string | undefined
  onType: (value: string) => void
}

/** A moment out of a few, or any in the reader's zone. */
function Moment({ label, timeLabel, value, options, rule, onType }: MomentProps) {
  const f = formWords()
  const custom = value.startsWith('@')
  return (
    <Choice label={label} value={custom ? '@' : value} options={[...options, ['@', f.atATime]]} onChoose={onType}>
      {custom && (
        <Field
          label={timeLabel}
          type="datetime-local"
          step={1}
          hint={f.zone(Intl.DateTimeFormat().resolvedOptions().timeZone)}
          value={value.slice(1)}
          rule={rule}
          onChange={(event) => onType(`@${event.target.value}`)}
        />
      )}
    </Choice>
  )
}

function Window({ typed, rules, onType }: PartProps) {
  const f = formWords()
  const custom = typed.window.startsWith('=')
  const seconds = windowOf(typed.window)
  return (
    <Choice
      label={f.window}
      hint={f.windowHint}
      value={custom ? '=' : typed.window}
      options={[...windows.map((one) => [one, one === '0' ? f.noWindow : spanWords(Number(one))] as const), ['=', f.otherWindow]]}
      onChoose={(value) => onType('window', value)}
    >
      {custom && (
        <Field
          label={f.windowLength}
          value={typed.window.slice(1)}
          hint={seconds === undefined ? f.checks.window : f.isSpan(spanWords(seconds))}
          rule={rules.window}
          onChange={(event) => onType('window', `=${event.target.value}`)}
        />
      )}
    </Choice>
  )
}
