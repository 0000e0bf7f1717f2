import { useMutation } from '@tanstack/react-query'
import type { Product } from '../api/bodies'
import { closingTimeIsPast, startOver, stepProduct } from '../api/manage'
import { ended, removeRehearsal, type Rehearsal } from '../api/rehearsals'
import { Button } from '../look/Button'
import { count } from '../sale/format'
import { titleOf } from '../sale/state'
import { words } from '../words/console'
import { Dialog } from '../look/Dialog'
import { queries } from './queries'

/** A step that cannot be taken back: what it will do, and the one press that does it. */
export type Question = { title: string; tells: string; press: string; act: () => Promise<void>; done?: () => void }

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
  const orders = product.placed + product.paid + product.cancelled + product.expired
  return {
    title: w.askStartOver(titleOf(product)),
    tells: w.startOverTells(orders, count(orders), product.quantity, count(product.quantity), closingTimeIsPast(product)),
    press: w.startOver,
    act: () => startOver(product),
  }
}

export function askRemove(rehearsal: Rehearsal, done?: () => void): Question {
  const w = words()
  const act = () => removeRehearsal(rehearsal.id)
  return ended(rehearsal)
    ? { title: w.askRemove, tells: w.removeTells, press: w.remove, act, ...(done ? { done } : {}) }
    : { title: w.askStop, tells: w.stopTells, press: w.stop, act }
}

export function Confirm({ question, onClose }: { question: Question; onClose: () => void }) {
  const act = useMutation({
    mutationFn: question.act,
    onSuccess: async () => {
      question.done?.()
      await queries.invalidateQueries()
      onClose()
    },
  })
  return (
    <Dialog title={question.title} onClose={onClose}>
      <p className="mt-2 text-muted">{question.tells}</p>
      <p role="alert" className="mt-2 text-alarm empty:hidden">
        {act.error?.message}
      </p>
      <div className="mt-6 flex justify-end gap-3">
        <Button onClick={onClose} disabled={act.isPending}>
          {words().leave}
        </Button>
        <Button kind="strong" onClick={() => act.mutate()} disabled={act.isPending}>
          {act.isError ? words().tryAgain : question.press}
        </Button>
      </div>
    </Dialog>
  )
}
