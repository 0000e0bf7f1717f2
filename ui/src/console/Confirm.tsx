import { useMutation } from '@tanstack/react-query'
import type { Product } from '../api/bodies'
import { closingTimeIsPast, startOver, stepProduct } from '../api/products'
import { Button } from '../look/Button'
import { count } from '../sale/format'
import { titleOf } from '../sale/state'
import { Dialog } from './Dialog'
import { queries } from './queries'

/** A step that cannot be taken back: what it will do, and the one press that does it. */
export type Question = { title: string; tells: string; press: string; act: () => Promise<void> }

export function askClose(product: Product): Question {
  return {
    title: `Close ${titleOf(product)}?`,
    tells: 'Nobody can buy it from then on. Its orders stay.',
    press: 'Close it',
    act: () => stepProduct(product.id, 'close'),
  }
}

export function askStartOver(product: Product): Question {
  const orders = product.placed + product.paid + product.cancelled + product.expired
  const lost = orders === 1 ? 'its order goes with it' : `its ${count(orders)} orders go with it`
  const closing = closingTimeIsPast(product) ? ', but for the closing time, which is past' : ''
  return {
    title: `Start ${titleOf(product)} over?`,
    tells:
      `It is closed and deleted, and ${orders === 0 ? 'it has no orders yet' : lost}. ` +
      `Then ${count(product.quantity)} ${product.quantity === 1 ? 'unit is' : 'units are'} put on sale again on the same terms${closing}.`,
    press: 'Start over',
    act: () => startOver(product),
  }
}

export function Confirm({ question, onClose }: { question: Question; onClose: () => void }) {
  const act = useMutation({
    mutationFn: question.act,
    onSuccess: async () => {
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
          Leave it
        </Button>
        <Button kind="strong" onClick={() => act.mutate()} disabled={act.isPending}>
          {act.isError ? 'Try again' : question.press}
        </Button>
      </div>
    </Dialog>
  )
}
