import { useState, type ReactNode } from 'react'
import { language } from '../words/language'
import { shared } from '../words/shared'
import { Button } from './Button'
import { Dialog } from './Dialog'
import { keysOn, useKeys, useKeysOn, type Key } from './keys'

type Props = { keys?: Key[]; children?: ReactNode }

/** Minds the keys of the page and tells them, below what else there is to say of it. */
export function HelpButton({ keys = [], children }: Props) {
  const [open, setOpen] = useState(false)
  const all: Key[] = [
    { key: '?', does: shared().keys.help, act: () => setOpen(true) },
    ...keys,
    { key: 'l', does: shared().keys.language, act: () => language.choose(language.other()) },
  ]
  useKeys(all)
  return (
    <>
      <button
        type="button"
        aria-label={shared().help}
        aria-keyshortcuts="?"
        className="size-8 rounded-control font-medium hover:bg-wash"
        onClick={() => setOpen(true)}
      >
        ?
      </button>
      {open && (
        <Help keys={all} onClose={() => setOpen(false)}>
          {children}
        </Help>
      )}
    </>
  )
}

function Help({ keys = [], onClose, children }: Props & { onClose: () => void }) {
  const on = useKeysOn()
  const w = shared()
  return (
    <Dialog title={w.help} onClose={onClose}>
      {children}
      <dl className={`mt-4 grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-4 gap-y-2 ${on ? '' : 'opacity-60'}`}>
        {keys.map(({ key, does }) => (
          <div key={key + does} className="contents">
            <dt>
              <kbd className="inline-block min-w-8 rounded-control border border-edge px-1.5 text-center font-mono text-small">{key.toUpperCase()}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label className="mt-5 flex items-center gap-2.5">
        <input type="checkbox" className="size-4 accent-ink" checked={on} onChange={(event) => keysOn.set(event.target.checked)} />
        {w.keysOn}
      </label>
      <p className="mt-2 text-small text-muted">{w.keysHint}</p>
      <div className="mt-5 flex justify-end">
        <Button onClick={onClose}>{w.close}</Button>
      </div>
    </Dialog>
  )
}
