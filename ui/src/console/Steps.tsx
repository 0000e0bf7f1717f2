import { useMutation } from '@tanstack/react-query'
import type { Product } from '../api/bodies'
import { openAgain, stepProduct } from '../api/manage'
import { may } from '../api/session'
import { Button } from '../look/Button'
import { words } from '../words/console'
import { salesWords } from '../words/sales'
import { askClose, askDelete, askStartOver, type Question } from './Confirm'
import { queries } from './queries'
import { useMe } from './useMe'

type Props = {
  product: Product
  onAsk: (question: Question) => void
  onEdit: () => void
  /** The product is gone. */
  onGone?: () => void
  /** The page is of this sale alone: each step says beforehand what it will do, in sight, else as a title; and `p` leads to the first. */
  telling?: boolean
}

/** What an operator can do with a sale, now. */
export function Steps({ product, onAsk, onEdit, onGone, telling = false }: Props) {
  const step = useMutation({
    mutationFn: (act: () => Promise<void>) => act(),
    onSettled: () => void queries.invalidateQueries(),
  })
  const me = useMe()
  if (!may(me, 'operate')) return null
  const closed = product.state === 'closed'
  const paused = product.state === 'paused'
  const w = words()
  const s = salesWords()
  const archive = product.archived ? 'unarchive' : 'archive'
  // A step that takes another's place is the same button, and so keeps the focus.
  const steps = [
    ...(closed
      ? [
          { at: 0, word: s.openAgain, tells: s.tells.openAgain, act: () => step.mutate(() => openAgain(product)), off: step.isPending, key: 'p' },
          { at: 1, word: s[archive], tells: s.tells[archive], act: () => step.mutate(() => stepProduct(product.id, archive)), off: step.isPending },
          { at: 2, word: s.remove, tells: s.tells.remove, act: () => onAsk(askDelete(product, onGone)), off: false },
        ]
      : [
          { at: 0, word: paused ? w.resume : w.pause, tells: paused ? w.tells.resume : w.tells.pause, act: () => step.mutate(() => stepProduct(product.id, paused ? 'resume' : 'pause')), off: step.isPending, key: 'p' },
          { at: 1, word: w.closeSale, tells: w.tells.close, act: () => onAsk(askClose(product)), off: false },
        ]),
    { at: 3, word: w.startOver, tells: w.tells.startOver, act: () => onAsk(askStartOver(product)), off: false },
    { at: 4, word: w.changeTerms, tells: w.tells.terms, act: onEdit, off: false },
  ]
  return (
    <>
      <ul className={telling ? 'grid gap-x-6 gap-y-3 pt-4 sm:grid-cols-2 lg:auto-cols-fr lg:grid-flow-col lg:grid-cols-none' : 'flex flex-wrap items-center gap-1 px-1.5 pt-2 sm:px-2.5'}>
        {steps.map(({ at, word, tells, act, off, key }) => (
          <li key={at} className={telling ? 'grid grid-cols-[9.5rem_minmax(0,1fr)] items-center gap-x-3 gap-y-1 sm:grid-cols-1 sm:content-start' : ''}>
            <Button kind={telling ? 'plain' : 'quiet'} disabled={off} title={telling ? undefined : tells} aria-keyshortcuts={telling ? key : undefined} onClick={act}>
              {word}
            </Button>
            {telling && <p className="text-small text-muted">{tells}</p>}
          </li>
        ))}
      </ul>
      <p role="alert" className="px-5 pt-2 text-alarm empty:hidden">
        {step.error?.message}
      </p>
    </>
  )
}
