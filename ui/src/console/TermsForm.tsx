import { useMutation } from '@tanstack/react-query'
import { useState, type ChangeEvent } from 'react'
import type { Product } from '../api/bodies'
import { putProduct } from '../api/manage'
import { fieldErrors, ruleFor } from '../api/request'
import { Button } from '../look/Button'
import { Field } from '../look/Field'
import { words } from '../words/console'
import { changesInWords } from './changes'
import { queries } from './queries'
import { cannotBeAsked, freeId, termsFrom, typedFrom, type Typed } from './terms'

type Props = {
  edited: string | undefined
  products: Product[]
  onDone: () => void
  /** It stands on the page of the product, so that there is no other id to choose. */
  fixed?: boolean
}

const folded = ['name', 'limit_per_user', 'orders_per_user', 'group', 'opens_at', 'closes_at', 'payment_window', 'price.amount', 'price.currency', 'url', 'image_url']

/** Puts a product on sale. With the id of one that is there it changes that one, and begins from the terms it has. */
export function TermsForm({ edited, products, onDone, fixed = false }: Props) {
  const [touched, setTouched] = useState<Partial<Typed>>(edited === undefined ? {} : { id: edited })
  const [open, setOpen] = useState(edited !== undefined)
  const id = touched.id ?? freeId(products)
  const present = products.find((product) => product.id === id)
  const typed = { ...typedFrom(id, present), ...touched }
  const w = words()
  const Heading = fixed ? 'h2' : 'h1'

  const put = useMutation({
    mutationFn: () => putProduct(id, termsFrom(typed)),
    onSuccess: async () => {
      await queries.invalidateQueries()
      setTouched({})
      onDone()
    },
    onError: (error) => {
      if (folded.some((field) => ruleFor(fieldErrors(error), field))) setOpen(true)
    },
  })
  const errors = fieldErrors(put.error)
  const besideField = errors.some((error) => ['id', 'quantity', ...folded].some((field) => ruleFor([error], field)))

  const field = (name: keyof Typed, rule: string) => ({
    value: typed[name],
    rule: ruleFor(errors, rule),
    onChange: (event: ChangeEvent<HTMLInputElement>) => setTouched({ ...touched, [name]: event.target.value }),
  })

  return (
    <form
      aria-labelledby="terms-title"
      className="grid gap-5 rounded-box border border-line bg-surface p-5"
      onSubmit={(event) => {
        event.preventDefault()
        if (!cannotBeAsked(id)) put.mutate()
      }}
    >
      <Heading id="terms-title" className="text-lead font-semibold">
        {present ? w.changeTitle : w.putTitle}
      </Heading>
      <div className="grid grid-cols-2 gap-4">
        {!fixed && <Field label={w.productId} required pattern="(?!\.{1,2}$).*" {...field('id', 'id')} />}
        <Field label={w.quantity} inputMode="numeric" autoFocus={edited !== undefined} {...field('quantity', 'quantity')} />
      </div>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="w-fit rounded-control text-muted hover:text-ink">{w.folded}</summary>
        <div className={`grid gap-4 pt-4 ${fixed ? 'sm:grid-cols-2 lg:grid-cols-3' : ''}`}>
          <Field label={w.name} {...field('name', 'name')} />
          <Field label={w.limit} inputMode="numeric" {...field('limit', 'limit_per_user')} />
          <Field label={w.orderLimit} hint={w.orderLimitHint} inputMode="numeric" {...field('orders', 'orders_per_user')} />
          <Field label={w.group} hint={w.groupHint} {...field('group', 'group')} />
          <Field label={w.opensAt} hint={w.opensHint} {...moment} {...field('opensAt', 'opens_at')} />
          <Field label={w.closesAt} hint={w.closesHint} {...moment} {...field('closesAt', 'closes_at')} />
          <Field label={w.window} hint={w.windowHint} {...field('window', 'payment_window')} />
          <Field label={w.amount} hint={w.amountHint} inputMode="decimal" {...field('amount', 'price.amount')} />
          <Field label={w.currency} hint={w.currencyHint} maxLength={3} {...field('currency', 'price.currency')} />
          <Field label={w.url} hint={w.urlHint} inputMode="url" {...field('url', 'url')} />
          <Field label={w.image} hint={w.imageHint} inputMode="url" {...field('image', 'image_url')} />
        </div>
      </details>
      {present && (
        <p aria-live="polite" className="text-small text-muted">
          {changesInWords(present, typed)}
        </p>
      )}
      <div className="flex gap-3">
        <Button kind="primary" type="submit" className={fixed ? 'max-sm:flex-1' : 'flex-1'} disabled={put.isPending}>
          {present ? w.changeTitle : w.put}
        </Button>
        {edited !== undefined && <Button onClick={onDone}>{w.leave}</Button>}
      </div>
      <p role="alert" className="text-alarm empty:hidden">
        {besideField ? '' : put.error?.message}
      </p>
    </form>
  )
}

const moment = { type: 'datetime-local', step: 1 }
