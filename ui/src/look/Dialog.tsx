import { useEffect, useId, useLayoutEffect, useRef, type ReactNode } from 'react'

type Props = { title: string; onClose: () => void; wide?: boolean; children: ReactNode }

/** The browser's own modal dialog: it keeps the focus, closes on Escape, and gives the focus back, to the heading of the page where it came from what has gone. */
export function Dialog({ title, onClose, wide = false, children }: Props) {
  const id = useId()
  const ref = useRef<HTMLDialogElement>(null)
  const from = useRef<Element>(null)
  // Only while it is on the page can it give the focus back.
  useLayoutEffect(() => {
    const dialog = ref.current
    from.current = document.activeElement
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  useEffect(
    () => () => {
      const heading = document.querySelector('h1')
      if (!heading || from.current?.isConnected) return
      heading.tabIndex = -1
      heading.focus()
    },
    [],
  )
  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      className={`m-auto w-[calc(100%-2rem)] ${wide ? 'max-w-2xl' : 'max-w-md'} rounded-box border border-line bg-surface p-6 text-ink max-sm:p-4`}
    >
      <h2 id={id} className="text-lead font-semibold">
        {title}
      </h2>
      {children}
    </dialog>
  )
}
