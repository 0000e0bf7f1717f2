import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { shareSale } from '../api/timeline'
import { Button } from '../look/Button'
import { dateTime } from '../sale/format'
import { words } from '../words/console'
import { language } from '../words/language'

/** A link that shows the recap to whoever has it: made only when an operator says so. */
export function Share({ id }: { id: string }) {
  const share = useMutation({ mutationFn: () => shareSale(id) })
  const [copied, setCopied] = useState(false)
  const w = words()
  const link = share.data && `${location.origin}/products/${encodeURIComponent(id)}?share=${encodeURIComponent(share.data.share)}`
  return (
    <section aria-labelledby="share" className="grid gap-2">
      <h2 id="share" className="border-b border-line pb-2 text-lead font-semibold">
        {w.recap.share}
      </h2>
      <p className="max-w-prose text-muted">{w.recap.shareLine}</p>
      {!link && (
        <Button className="w-fit" disabled={share.isPending} onClick={() => share.mutate()}>
          {share.isPending ? w.verifying : w.recap.makeLink}
        </Button>
      )}
      <p role="alert" className="text-alarm empty:hidden">
        {share.error?.message}
      </p>
      {link && share.data && (
        <>
          <div className="flex flex-wrap gap-3">
            <input
              readOnly
              autoFocus
              aria-label={w.recap.linkLabel}
              value={link}
              className="h-10 min-w-0 flex-1 rounded-control border border-edge bg-surface px-3"
              onFocus={(event) => event.target.select()}
            />
            {/* Without TLS a browser lets no page copy. */}
            {isSecureContext && <Button onClick={() => void navigator.clipboard.writeText(link).then(() => setCopied(true))}>{copied ? w.copied : w.copy}</Button>}
          </div>
          <p role="status" className="figures text-small text-muted">
            {w.recap.judged(share.data.judged.findings)} {w.recap.until(dateTime(share.data.until, language.tag()))}
          </p>
        </>
      )}
    </section>
  )
}
