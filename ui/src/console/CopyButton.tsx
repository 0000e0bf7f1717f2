import { useState } from 'react'
import { words } from '../words/console'
import { orderWords } from '../words/orders'

/** Copies a text, which it says by its name. Without TLS a browser lets no page copy. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [copied, setCopied] = useState(false)
  if (!isSecureContext) return null
  return (
    <button
      type="button"
      aria-label={copied ? undefined : orderWords().copy(what)}
      className="text-small underline underline-offset-4 print:hidden"
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
    >
      {copied ? words().copied : words().copy}
    </button>
  )
}
