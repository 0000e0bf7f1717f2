import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Product } from '../api/bodies'
import { putProduct } from '../api/manage'
import { getProduct } from '../api/products'
import { fieldErrors, Refused, ruleFor } from '../api/request'
import { Button } from '../look/Button'
import { Dialog } from '../look/Dialog'
import { words } from '../words/console'
import { formWords } from '../words/forms'
import { changesInWords } from './changes'
import { wrongIn, type Wrong } from './checks'
import { orRefused, queries } from './queries'
import { TermsFields } from './TermsFields'
import { freeId, termsFrom, typedFrom, type Typed } from './terms'

type Props = {
  /** Of the product that is changed; none: a new one. */
  id: string | undefined
  known: Product[]
  /** How many products there are, with those that are not known here. */
  total: number
  onDone: () => void
}

/** What the server calls the fields. */
const names: Record<keyof Typed, string> = {
  id: 'id', quantity: 'quantity', name: 'name', limit: 'limit_per_user', orders: 'orders_per_user', unpaid: 'unpaid_per_address', group: 'group', opensAt: 'opens_at',
  closesAt: 'closes_at', window: 'payment_window', amount: 'price.amount', currency: 'price.currency', url: 'url', image: 'image_url',
}
const fields = Object.keys(names) as (keyof Typed)[]

/** Puts a product on sale, or changes the terms of the one that has this id. */
export function TermsDialog({ id: edited, known, total, onDone }: Props) {
  const [touched, setTouched] = useState<Partial<Typed>>({})
  const [refusals, setRefusals] = useState(0)
  const tried = refusals > 0
  const [proposed, setProposed] = useState(() => edited ?? freeId(known.map((product) => product.id), total > known.length ? total : 0))
  const id = touched.id ?? proposed
  const form = useRef<HTMLFormElement>(null)
  const present = usePresent(id, known)
  const typed = { ...typedFrom(id, present), ...touched }
  const wrong = wrongIn(typed, present)
  const isTaken = edited === undefined && touched.id === undefined && present !== undefined
  useEffect(() => {
    if (isTaken) setProposed((one) => String(Number(one) + 1))
  }, [isTaken, id])
  const w = words()

  const put = useMutation({
    mutationFn: () => putProduct(id, termsFrom(typed)),
    onSuccess: async () => {
      await queries.invalidateQueries()
      onDone()
    },
    onError: () => setRefusals((n) => n + 1),
  })
  const errors = fieldErrors(put.error)
  const rules: Wrong = {}
  for (const field of fields) {
    const mine = tried || touched[field] !== undefined ? wrong[field] : undefined
    const rule = mine ?? ruleFor(errors, names[field])
    if (rule !== undefined) rules[field] = rule
  }
  const shown = Object.keys(rules).length
  useEffect(() => {
    const bad = [...(form.current?.querySelectorAll<HTMLElement>('[aria-invalid=true]') ?? [])]
    if (refusals === 0) return
    for (const one of bad) one.closest('details')?.setAttribute('open', '')
    bad[0]?.focus()
  }, [refusals])

  return (
    <Dialog title={present ? w.changeTitle : w.putTitle} onClose={onDone} wide>
      <form
        ref={form}
        noValidate
        className="grid gap-5 pt-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (Object.keys(wrong).length === 0) put.mutate()
          else setRefusals((n) => n + 1)
        }}
      >
        <TermsFields
          typed={typed}
          rules={rules}
          onType={(field, value) => {
            put.reset()
            setTouched({ ...touched, [field]: value })
          }}
          fixed={edited !== undefined}
        />
        {present && (
          <p aria-live="polite" className="text-small text-muted">
            {changesInWords(present, typed)}
          </p>
        )}
        <p role="alert" className="text-alarm empty:hidden">
          {shown > 0 ? tried && formWords().toMend(shown) : put.error?.message}
        </p>
        <div className="flex flex-wrap justify-end gap-3">
          <Button onClick={onDone}>{w.leave}</Button>
          <Button kind="primary" type="submit" disabled={put.isPending}>
            {present ? w.changeTitle : w.put}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** The product of this id, if there is one, also where no list has it. */
function usePresent(id: string, known: Product[]): Product | undefined {
  const found = useQuery({ queryKey: ['product', id], queryFn: () => orRefused(getProduct(id)), enabled: /^[\w-]{1,64}$/.test(id) })
  if (found.data) return found.data instanceof Refused ? undefined : found.data
  return known.find((product) => product.id === id)
}
