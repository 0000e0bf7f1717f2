import { Link } from 'wouter'
import type { Product } from '../api/bodies'
import { titleOf } from '../sale/state'
import { words } from '../words/console'
import { Board } from './Board'
import type { Question } from './Confirm'
import { Steps } from './Steps'

type Props = { product: Product; onAsk: (question: Question) => void; onEdit: (id: string) => void }

export function ProductCard({ product, onAsk, onEdit }: Props) {
  const id = encodeURIComponent(product.id)
  const w = words()
  return (
    <article aria-label={titleOf(product)}>
      <Board product={product} heading="h2">
        <nav aria-label={w.pagesOf(titleOf(product))} className="flex flex-wrap gap-x-6 gap-y-1">
          <BoardLink href={`/products/${id}`}>{w.watch}</BoardLink>
          <BoardLink href={`/order/${id}`}>{w.orders}</BoardLink>
          <a className={boardLink} href={`/buy/${id}`} target="_blank" rel="noopener">
            {w.buyersPage}
          </a>
        </nav>
      </Board>
      <Steps product={product} onAsk={onAsk} onEdit={() => onEdit(product.id)} />
    </article>
  )
}

export const boardLink =
  'rounded-control py-1 underline decoration-board-muted underline-offset-4 hover:decoration-flash focus-visible:outline-flash'

export function BoardLink({ href, children }: { href: string; children: string }) {
  return (
    <Link href={href} className={boardLink}>
      {children}
    </Link>
  )
}
