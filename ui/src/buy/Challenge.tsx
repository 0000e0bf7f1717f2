import { useEffect, useRef, useState } from 'react'
import { challengeWords } from '../words/challenge'
import { language } from '../words/language'
import { identity } from './identity'
import { Notice } from './Notice'

type Widget = {
  render(at: HTMLElement, options: Record<string, unknown>): string
  reset(id: string): void
  remove(id: string): void
}

const script = 'https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit'
let loading: Promise<Widget> | undefined

function load(): Promise<Widget> {
  loading ??= new Promise<Widget>((resolve, reject) => {
    const element = document.createElement('script')
    element.src = script
    element.onload = () => resolve((window as unknown as { turnstile: Widget }).turnstile)
    element.onerror = reject
    document.head.append(element)
  }).catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}

/** The widget of Turnstile, whose token makes a pass that buys. It is loaded for whoever needs it, and nobody else. */
export function Challenge({ siteKey }: { siteKey: string }) {
  const box = useRef<HTMLDivElement>(null)
  const [trouble, setTrouble] = useState<'failed' | 'away'>()

  useEffect(() => {
    let gone = false
    let remove = () => {}
    load().then(
      (widget) => {
        if (gone || !box.current) return
        const id = widget.render(box.current, {
          sitekey: siteKey,
          action: 'pass',
          language: language.tag(),
          callback: async (token: string) => {
            if ((await identity.pass(token)) || gone) return
            setTrouble('failed')
            widget.reset(id)
          },
          'error-callback': () => setTrouble('failed'),
        })
        remove = () => widget.remove(id)
      },
      () => setTrouble('away'),
    )
    return () => {
      gone = true
      remove()
    }
  }, [siteKey])

  const w = challengeWords()
  return (
    <Notice title={w.title} line={w.line}>
      <div ref={box} className="min-h-16" />
      {trouble && <p role="alert">{w[trouble]}</p>}
    </Notice>
  )
}
