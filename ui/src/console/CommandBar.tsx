import { useQuery } from '@tanstack/react-query'
import { useEffect, useId, useState, type KeyboardEvent } from 'react'
import { useLocation } from 'wouter'
import { listProducts } from '../api/manage'
import { orderIdPattern, orderPage } from '../api/orders'
import { may } from '../api/session'
import { Dialog } from '../look/Dialog'
import { dialogIsOpen, useKeydown } from '../look/keys'
import { titleOf } from '../sale/state'
import { words } from '../words/console'
import { language, languages } from '../words/language'
import { orderWords } from '../words/orders'
import { paymentWords } from '../words/payments'
import { salesWords } from '../words/sales'
import { searchPage } from './FoundOrders'
import { useMe } from './useMe'

type Found = { kind: keyof ReturnType<typeof orderWords>['kinds']; word: string; note?: string; act: () => void }

const sales = 6
const userPattern = /^[A-Za-z0-9._~:@|/+=-]{1,120}$/

/** A button, and the keys Ctrl-K or Cmd-K, to find sales, orders and buyers, and to go or do what the console can. */
export function CommandBar() {
  const [open, setOpen] = useState(false)
  useKeydown((event) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
    if (!open && dialogIsOpen()) return
    event.preventDefault()
    setOpen(!open)
  })
  return (
    <>
      <button
        type="button"
        aria-label={orderWords().bar}
        aria-keyshortcuts="Control+K Meta+K"
        className="flex h-8 items-center gap-2 rounded-control border border-edge px-2.5 text-small hover:bg-wash"
        onClick={() => setOpen(true)}
      >
        <span aria-hidden="true" className="text-muted max-sm:hidden">
          {orderWords().bar}
        </span>
        <kbd className="font-mono">{navigator.platform.startsWith('Mac') ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      {open && <Bar onClose={() => setOpen(false)} />}
    </>
  )
}

function Bar({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const id = useId()
  const found = useFound(text.trim()) // of what is typed, as Enter takes the first
  const at = Math.min(chosen, found.length - 1)
  const o = orderWords()
  const take = (one: Found | undefined) => {
    if (!one) return
    onClose()
    one.act()
  }
  const step = (event: KeyboardEvent) => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key]
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) take(found[at])
    else if (to === undefined) return
    else setChosen((to + found.length) % Math.max(1, found.length))
    event.preventDefault()
  }
  useEffect(() => {
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' })
  }, [id, at])
  return (
    <Dialog title={o.bar} onClose={onClose} wide>
      <input
        type="text"
        role="combobox"
        aria-label={o.barHint}
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={at < 0 ? undefined : `${id}-${at}`}
        aria-autocomplete="list"
        placeholder={o.barHint}
        autoComplete="off"
        spellCheck={false}
        autoFocus
        className="mt-3 h-10 w-full rounded-control border border-edge bg-surface px-3"
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setChosen(0)
        }}
        onKeyDown={step}
      />
      <ul id={id} role="listbox" aria-label={o.results} className="mt-2 max-h-[50vh] overflow-y-auto">
        {found.map((one, i) => (
          <li
            key={`${one.kind} ${one.word}`}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === at}
            className="flex cursor-pointer items-baseline gap-3 rounded-control px-3 py-2 aria-selected:bg-ink aria-selected:text-ground"
            onMouseMove={() => setChosen(i)}
            onClick={() => take(one)}
          >
            <span className="min-w-0 flex-1 wrap-anywhere">
              {one.word}
              {one.note && <span className="pl-2 text-small opacity-80">{one.note}</span>}
            </span>
            <span className="text-small opacity-80">{o.kinds[one.kind]}</span>
          </li>
        ))}
      </ul>
      <p role="status" className="px-3 pt-2 text-muted empty:hidden">
        {found.length === 0 && o.noResults}
      </p>
    </Dialog>
  )
}

/** What a text means: where to go and what to do, by their names; sales, by name and id; an order, by its id; and whoever is called so. */
function useFound(text: string): Found[] {
  const [, go] = useLocation()
  const me = useMe()
  const products = useQuery({
    queryKey: ['products', 'bar', text],
    queryFn: () => listProducts({ search: text.slice(0, 200), show: 'sales', sort: 'state' }, undefined, true),
    enabled: may(me, 'view'),
    placeholderData: (before) => before,
  })
  const w = words()
  const o = orderWords()
  const fixed: Found[] = [
    { kind: 'go', word: salesWords().title, act: () => go('/') },
    { kind: 'go', word: o.title, act: () => go(searchPage({})) },
    { kind: 'go', word: w.rehearsals, act: () => go('/?rehearsals') },
    ...(may(me, 'admin') ? [{ kind: 'go', word: w.settings, act: () => go('/?settings') } as const] : []),
    ...(may(me, 'operate') ? [{ kind: 'do', word: salesWords().put, act: () => go('/?new') } as const] : []),
    { kind: 'do', word: w.is(o.language, languages[language.other()]), act: () => language.choose(language.other()) },
  ]
  // Until the server has answered, those of the text before that fit.
  const fits = ({ id, name = '' }: { id: string; name?: string }) => `${id}\n${name}`.toLowerCase().includes(text.toLowerCase())
  const known = products.data?.products ?? []
  const of = (products.isPlaceholderData ? known.filter(fits) : known).slice(0, sales).flatMap((product): Found[] => {
    const path = encodeURIComponent(product.id)
    const title = titleOf(product)
    const note = title.includes(product.id) ? {} : { note: product.id }
    const main: Found = { kind: 'sale', word: title, ...note, act: () => go(`/products/${path}`) }
    return text === ''
      ? [main]
      : [
          main,
          { kind: 'go', word: w.ordersOf + title, act: () => go(`/order/${path}`) },
          { kind: 'go', word: paymentWords().titleOf + title, act: () => go(`/products/${path}?payments`) },
          { kind: 'go', word: o.recapOf(title), act: () => go(`/products/${path}?recap`) },
        ]
  })
  const lower = text.toLowerCase()
  const order = orderIdPattern.test(lower) ? [{ kind: 'order', word: lower, act: () => go(orderPage({ order_id: lower })) } as const] : []
  const user = userPattern.test(text) && order.length === 0 ? [{ kind: 'user', word: o.ordersOf(text), act: () => go(searchPage({ user_id: text })) } as const] : []
  return [...order, ...of, ...fixed.filter(({ word }) => word.toLowerCase().includes(lower)), ...user]
}
