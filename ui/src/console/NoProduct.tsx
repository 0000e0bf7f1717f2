import { Link } from 'wouter'
import type { Refused } from '../api/request'

/** The server has no such product, or would not say. The page goes on asking, so it comes back with the product. */
export function NoProduct({ id, refusal }: { id: string; refusal: Refused }) {
  const unknown = refusal.status === 404
  return (
    <div role="status" className="grid gap-2 py-8">
      <h1 className="text-title font-semibold wrap-anywhere">{unknown ? `There is no product ${id}` : refusal.message}</h1>
      <p className="text-muted">
        {unknown && 'It was never put on sale, or it was deleted. This page shows it as soon as it is there. '}
        <Link href="/" className="text-ink underline underline-offset-4">
          To the console
        </Link>
      </p>
    </div>
  )
}
