import { useState } from 'react'
import { useLocation } from 'wouter'
import { Button } from '../look/Button'
import { words } from '../words/console'
import { language } from '../words/language'
import { Dialog } from './Dialog'
import { keysOn, useKeys, useKeysOn, type Key } from './keys'

export function HelpButton({ keys }: { keys: Key[] }) {
  const [open, setOpen] = useState(false)
  const [, go] = useLocation()
  const all: Key[] = [
    { key: '?', does: 'help', act: () => setOpen(true) },
    { key: 's', does: 'sales', act: () => go('/') },
    { key: 'r', does: 'rehearsals', act: () => go('/?rehearsals') },
    { key: 'l', does: 'language', act: () => language.choose(language.other()) },
    ...keys,
  ]
  useKeys(all)
  return (
    <>
      <button
        type="button"
        aria-label={words().help}
        aria-keyshortcuts="?"
        className="size-8 rounded-control font-medium hover:bg-wash"
        onClick={() => setOpen(true)}
      >
        ?
      </button>
      {open && <Help keys={all} onClose={() => setOpen(false)} />}
    </>
  )
}

function Help({ keys, onClose }: { keys: Key[]; onClose: () => void }) {
  const on = useKeysOn()
  const w = words()
  return (
    <Dialog title={w.helpTitle} onClose={onClose}>
      <dl className={`mt-4 grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-4 gap-y-2 ${on ? '' : 'opacity-60'}`}>
        {keys.map(({ key, does }) => (
          <div key={key + does} className="contents">
            <dt>
              <kbd className="inline-block min-w-8 rounded-control border border-edge px-1.5 text-center font-mono text-small">{key}</kbd>
            </dt>
            <dd>{w.keys[does]}</dd>
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
