import { useMutation } from '@tanstack/react-query'
import { useState, type ChangeEvent } from 'react'
import type { Product } from '../api/bodies'
import { putProduct } from '../api/products'
import { fieldErrors, ruleFor } from '../api/request'
import { Button } from '../look/Button'
import { Field } from '../look/Field'
import { queries } from './queries'
import { cannotBeAsked, termsFrom, typedFrom, type Typed } from './terms'

type Props = { edited: Product | undefined; onSale: Product[]; onDone: () => void }

const folded = ['name', 'limit_per_user', 'opens_at', 'closes_at', 'payment_window']

export function TermsForm({ edited, onSale, onDone }: Props) {
  const [typed, setTyped] = useState(() => typedFrom(edited))
  const [open, setOpen] = useState(edited !== undefined)
  const put = useMutation({
    mutationFn: () => putProduct(typed.id, termsFrom(typed)),
    onSuccess: async () => {
      await queries.invalidateQueries()
      onDone()
    },
    onError: (error) => {
      if (fieldErrors(error).some((rule) => folded.includes(rule.field))) setOpen(true)
    },
  })
  const errors = fieldErrors(put.error)
  const shown = ['id', 'quantity', ...folded]
  const elsewhere = put.error && !errors.some((error) => shown.some((field) => ruleFor([error], field)))
  const exists = onSale.some((product) => product.id === typed.id)

  const field = (name: keyof Typed, rule: string) => ({
    value: typed[name],
    rule: ruleFor(errors, rule),
    onChange: (event: ChangeEvent<HTMLInputElement>) => setTyped({ ...typed, [name]: event.target.value }),
  })

  return (
    <form
      aria-label="Put on sale"
      className="grid gap-5 rounded-box border border-line bg-surface p-5"
      onSubmit={(event) => {
        event.preventDefault()
        if (!cannotBeAsked(typed.id)) put.mutate()
      }}
    >
      <h1 className="text-lead font-semibold">{exists ? 'Change the terms' : 'Put a product on sale'}</h1>
      <div className="grid grid-cols-2 gap-4">
        <Field label="Product id" required pattern="(?!\.{1,2}$).*" autoFocus={edited !== undefined} {...field('id', 'id')} />
        <Field label="Quantity" inputMode="numeric" {...field('quantity', 'quantity')} />
      </div>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="w-fit rounded-control text-muted hover:text-ink">Name, limit, times, payment</summary>
        <div className="grid gap-4 pt-4">
          <Field label="Name" {...field('name', 'name')} />
          <Field label="Limit per buyer" inputMode="numeric" {...field('limit', 'limit_per_user')} />
          <Field label="Opens at" hint="Your time. Empty: at once." type="datetime-local" step={1} {...field('opensAt', 'opens_at')} />
          <Field label="Closes at" hint="Your time. Empty: never by itself." type="datetime-local" step={1} {...field('closesAt', 'closes_at')} />
          <Field label="Payment window" hint="Such as 15m. 0s: an order is final once placed." {...field('window', 'payment_window')} />
        </div>
      </details>
      <div className="flex gap-3">
        <Button kind="primary" type="submit" className="flex-1" disabled={put.isPending}>
          {exists ? 'Change the terms' : 'Put on sale'}
        </Button>
        {edited && <Button onClick={onDone}>Leave it</Button>}
      </div>
      <p role="alert" className="text-alarm empty:hidden">
        {elsewhere && put.error?.message}
      </p>
    </form>
  )
}
