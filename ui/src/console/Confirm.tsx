import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Order, Product } from '../api/bodies'
import { closingTimeIsPast, deleteProduct, startOver, stepProduct } from '../api/manage'
import { cancelOrder } from '../api/orders'
import { noteRefund, voidOrder, type Payment } from '../api/payments'
import { ended, removeRehearsal, type Rehearsal } from '../api/rehearsals'
import { fieldErrors, ruleFor } from '../api/request'
import { Button } from '../look/Button'
import { Field } from '../look/Field'
import { count } from '../sale/format'
import { money } from '../sale/money'
import { titleOf } from '../sale/state'
import { words } from '../words/console'
import { orderWords } from '../words/orders'
import { paymentWords } from '../words/payments'
import { salesWords } from '../words/sales'
import { Dialog } from '../look/Dialog'
import { queries } from './queries'
import { numbered } from './useSale'

/** A step that cannot be taken back: what it will do, what has to be said to it, and the one press that does it. */
export type Question = {
  title: string
  tells: string
  press: string
  /** What leaves it, if that is not Cancel. */
  leave?: string
  /** It undoes nothing. */
  mild?: true
  reason?: { label: string; hint: string }
  act: (reason: string) => Promise<void>
  done?: () => void
}

export function askClose(product: Product): Question {
  const w = words()
  return {
    title: w.askClose(titleOf(product)),
    tells: w.closeTells,
    press: w.closeIt,
    act: () => stepProduct(product.id, 'close'),
  }
}

export function askStartOver(product: Product): Question {
  const w = words()
  const orders = numbered(product)
  return {
    title: w.askStartOver(titleOf(product)),
    tells: w.startOverTells(orders, count(orders), product.quantity, count(product.quantity), closingTimeIsPast(product)),
    press: w.startOver,
    act: () => startOver(product),
  }
}

export function askDelete(product: Product, done?: () => void): Question {
  const s = salesWords()
  const orders = numbered(product)
  return {
    title: s.askRemove(titleOf(product)),
    tells: s.removeTells(orders, count(orders)),
    press: s.removeIt,
    act: () => deleteProduct(product.id),
    ...(done ? { done } : {}),
  }
}

export function askRemove(rehearsal: Rehearsal, done?: () => void): Question {
  const w = words()
  const act = () => removeRehearsal(rehearsal.id)
  return ended(rehearsal)
    ? { title: w.askRemove, tells: w.removeTells, press: w.remove, act, ...(done ? { done } : {}) }
    : { title: w.askStop, tells: w.stopTells, press: w.stop, act }
}

export function askCancel(order: Order): Question {
  const o = orderWords()
  return {
    title: o.askCancel(count(order.number ?? 0), order.user_id),
    tells: o.cancelTells,
    press: o.cancelIt,
    leave: o.keep,
    act: () => cancelOrder(order.order_id),
  }
}

export function askVoid(order: Order): Question {
  const w = words()
  return {
    title: w.askVoid(count(order.number ?? 0), order.user_id),
    tells: w.voidTells(order.payment_id !== undefined),
    press: w.voidIt,
    reason: { label: w.reason, hint: w.voidReasonHint },
    act: (reason) => voidOrder(order.order_id, reason),
  }
}

export function askRefunded(payment: Payment): Question {
  const p = paymentWords()
  return {
    title: p.askRefunded(money(payment)),
    tells: p.refundedTells(payment.payment_id),
    press: p.refundedIt,
    mild: true,
    reason: { label: words().reason, hint: p.refundedReasonHint },
    act: (reason) => noteRefund(payment, reason),
  }
}

export function Confirm({ question, onClose }: { question: Question; onClose: () => void }) {
  const [reason, setReason] = useState('')
  const act = useMutation({
    mutationFn: () => question.act(reason.trim()),
    onSuccess: async () => {
      question.done?.()
      await queries.invalidateQueries()
      onClose()
    },
  })
  const rule = ruleFor(fieldErrors(act.error), 'reason')
  return (
    <Dialog title={question.title} onClose={onClose}>
      <p className="mt-2 text-muted">{question.tells}</p>
      {question.reason && (
        <Field {...question.reason} rule={rule} className="mt-4" value={reason} onChange={(event) => setReason(event.target.value)} />
      )}
      <p role="alert" className="mt-2 text-alarm empty:hidden">
        {rule === undefined && act.error?.message}
      </p>
      <div className="mt-6 flex justify-end gap-3">
        <Button onClick={onClose} disabled={act.isPending}>
          {question.leave ?? words().leave}
        </Button>
        <Button kind={question.mild ? 'strong' : 'danger'} onClick={() => act.mutate()} disabled={act.isPending}>
          {act.isError ? words().tryAgain : question.press}
        </Button>
      </div>
    </Dialog>
  )
}
