import { useMutation } from '@tanstack/react-query'
import type { Product } from '../api/bodies'
import { stepProduct, type Step } from '../api/products'
import { Button } from '../look/Button'
import { askClose, askStartOver, type Question } from './Confirm'
import { queries } from './queries'

type Props = {
  product: Product
  onAsk: (question: Question) => void
  onEdit?: (id: string) => void
}

/** What an operator can do with a sale, now. */
export function Steps({ product, onAsk, onEdit }: Props) {
  const step = useMutation({
    mutationFn: (to: Step) => stepProduct(product.id, to),
    onSettled: () => queries.invalidateQueries(),
  })
  const paused = product.state === 'paused'
  const closed = product.state === 'closed'
  return (
    <div className="flex flex-wrap items-center gap-1 px-1.5 pt-2 sm:px-2.5">
      <Button kind="quiet" disabled={closed || step.isPending} onClick={() => step.mutate(paused ? 'resume' : 'pause')}>
        {paused ? 'Resume' : 'Pause'}
      </Button>
      <Button kind="quiet" disabled={closed} onClick={() => onAsk(askClose(product))}>
        Close
      </Button>
      <Button kind="quiet" onClick={() => onAsk(askStartOver(product))}>
        Start over
      </Button>
      {onEdit && (
        <Button kind="quiet" onClick={() => onEdit(product.id)}>
          Change terms
        </Button>
      )}
      <span role="alert" className="px-3.5 text-alarm">
        {step.error?.message}
      </span>
    </div>
  )
}
