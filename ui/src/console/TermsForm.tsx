import { useMutation } from '@tanstack/react-query'
import { useState, type ChangeEvent } from 'react'
import type { Product } from '../api/bodies'
import { putProduct } from '../api/products'
import { fieldErrors, ruleFor } from '../api/request'
import { Button } from '../look/Button'
import { Field } from '../look/Field'
import { queries } from './queries'
import { cannotBeAsked, freeId, termsFrom, typedFrom, type Typed } from './terms'

type Props = { edited: string | undefined; products: Product[]; onDone: () => void }

const folded = ['name', 'limit_per_user', 'opens_at', 'closes_at', 'payment_window']

/** Puts a product on sale. With the id of one that is there it changes that one, and begins from the terms it has. */
export function TermsForm({ edited, products, onDone }: Props) {
  const [touched, setTouched] = useState<Partial<Typed>>(edited === undefined ? {} : { id: edited })
  const [open, setOpen] = useState(edited !== undefined)
  const id = touched.id ?? freeId(products)
  const present = products.find((product) => product.id === id)
  const typed = { ...typedFrom(id, present), ...touched }

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
      <h1 id="terms-title" className="text-lead font-semibold">
        {present ? 'Change the terms' : 'Put a product on sale'}
      </h1>
      <div className="grid grid-cols-2 gap-4">
        <Field label="Product id" required pattern="(?!\.{1,2}$).*" {...field('id', 'id')} />
        <Field label="Quantity" inputMode="numeric" autoFocus={edited !== undefined} {...field('quantity', 'quantity')} />
      </div>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="w-fit rounded-control text-muted hover:text-ink">Name, limit, times, payment</summary>
        <div className="grid gap-4 pt-4">
          <Field label="Name" {...field('name', 'name')} />
          <Field label="Limit per buyer" inputMode="numeric" {...field('limit', 'limit_per_user')} />
          <Field label="Opens at" hint="Your time. Empty: at once." {...moment} {...field('opensAt', 'opens_at')} />
          <Field label="Closes at" hint="Your time. Empty: never by itself." {...moment} {...field('closesAt', 'closes_at')} />
          <Field label="Payment window" hint="Such as 15m. 0s: final once placed." {...field('window', 'payment_window')} />
        </div>
      </details>
      <div className="flex gap-3">
        <Button kind="primary" type="submit" className="flex-1" disabled={put.isPending}>
          {present ? 'Change the terms' : 'Put on sale'}
        </Button>
        {edited !== undefined && <Button onClick={onDone}>Leave it</Button>}
      </div>
      <p role="alert" className="text-alarm empty:hidden">
        {besideField ? '' : put.error?.message}
      </p>
    </form>
  )
}

const moment = { type: 'datetime-local', step: 1 }
