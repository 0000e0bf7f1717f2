import { Link } from 'wouter'
import type { Refused } from '../api/request'
import { words } from '../words/console'

type Props = { refusal: Refused; title: string; line: string }

/** The server has no such thing, or would not say. The page goes on asking, so it comes back with what it is about. */
export function NoProduct({ refusal, title, line }: Props) {
  const unknown = refusal.status === 404
  return (
    <div role="status" className="grid gap-2 py-8">
      <h1 className="text-title font-semibold wrap-anywhere">{unknown ? title : refusal.message}</h1>
      <p className="text-muted">
        {unknown && `${line} `}
        <Link href="/" className="text-ink underline underline-offset-4">
          {words().toConsole}
        </Link>
      </p>
    </div>
  )
}
