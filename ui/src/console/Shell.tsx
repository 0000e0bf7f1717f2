import { useEffect, type ReactNode } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import type { Session } from '../api/bodies'
import { may, session } from '../api/session'
import type { Link as LinkState } from '../api/stream'
import { ClockNote } from '../look/ClockNote'
import { LanguageSwitch } from '../look/LanguageSwitch'
import { Mark } from '../look/Mark'
import { Outage } from '../look/Outage'
import { timeOfDay } from '../sale/format'
import { words, type ConsoleWords } from '../words/console'
import { orderWords } from '../words/orders'
import { salesWords } from '../words/sales'
import { HelpButton } from '../look/Help'
import { CommandBar } from './CommandBar'
import { queries } from './queries'
import { useMe } from './useMe'
import type { Key } from '../look/keys'

/** A key of a page of the console, and what it does. */
export type PageKey = Omit<Key, 'does'> & { does: keyof ConsoleWords['keys'] }

type Props = {
  title: string
  link: LinkState
  /** When what the page shows was last true, in milliseconds. */
  seenAt?: number | undefined
  /** The page has a part that scrolls by itself and takes the height that is left. */
  filled?: boolean
  /** The keys that this page has, beside those of all pages. */
  keys?: PageKey[]
  children: ReactNode
}

export function Shell({ title, link, seenAt, filled = false, keys = [], children }: Props) {
  const [path, go] = useLocation()
  const here = path + useSearch().replace(/^(?=.)/, '?')
  const me = useMe()
  const menu = [
    ['/', salesWords().title],
    ['/?orders', orderWords().title],
    ['/?rehearsals', words().rehearsals],
    ...(may(me, 'admin') ? [['/?settings', words().settings]] : []),
  ] as const
  useEffect(() => {
    document.title = `${title} · seckill`
  }, [title])
  const all: PageKey[] = [
    { key: 's', does: 'sales', act: () => go('/') },
    { key: 'r', does: 'rehearsals', act: () => go('/?rehearsals') },
    ...keys,
  ]
  return (
    <div className={`mx-auto flex max-w-6xl flex-col px-4 sm:px-8 ${filled ? 'h-dvh min-h-160' : 'min-h-dvh'}`}>
      <header className="flex min-h-16 shrink-0 flex-wrap items-center gap-x-5 py-3">
        <Link href="/" className="flex items-center gap-2.5 text-lead font-semibold max-sm:mr-auto">
          <Mark />
          seckill
        </Link>
        <nav aria-label={words().pages} className="mr-auto flex flex-wrap gap-x-4 text-small max-sm:order-last max-sm:basis-full print:hidden">
          {menu.map(([href, word]) => (
            <Link
              key={href}
              href={href}
              aria-current={(href === '/?orders' ? here.startsWith(href) : here === href) ? 'page' : undefined}
              className="py-1 underline decoration-line underline-offset-4 hover:decoration-current aria-[current]:decoration-current"
            >
              {word}
            </Link>
          ))}
        </nav>
        <LinkMark link={link} />
        <span className="flex items-center gap-1 print:hidden">
          <CommandBar />
          <LanguageSwitch />
          <HelpButton keys={[...all.map((key) => ({ ...key, does: words().keys[key.does] })), { key: 'Ctrl K', does: orderWords().bar }]} />
        </span>
        <SignOut me={me} />
      </header>
      <ClockNote />
      <main className={`flex-1 pt-2 ${filled ? 'flex min-h-0 flex-col pb-4' : 'pb-20'}`}>{children}</main>
      <Outage lost={link === 'lost'} note={seenAt ? words().seenAt(timeOfDay(seenAt)) : undefined} />
    </div>
  )
}

function LinkMark({ link }: { link: LinkState }) {
  return (
    <span className="flex items-center gap-2 text-small text-muted print:hidden">
      <span
        className={`mark size-2 rounded-full border ${link === 'open' ? 'border-ink bg-ink' : 'border-edge'}`}
        aria-hidden="true"
      />
      <span className="max-sm:sr-only">{words().link[link]}</span>
    </span>
  )
}

/** Who is signed in, and as what. */
function SignOut({ me }: { me: Session | undefined }) {
  if (!me?.name || !me.role) return null
  const signOut = async () => {
    await session.signOut()
    for (const key of ['orders', 'rehearsals', 'tokens', 'history']) queries.removeQueries({ queryKey: [key] })
  }
  return (
    <span className="flex items-baseline gap-2 text-small print:hidden">
      <span className="text-muted wrap-anywhere">
        {me.role === 'admin' ? me.name : me.name + words().and + words().roles[me.role]}
      </span>
      <button type="button" className="whitespace-nowrap underline underline-offset-4" onClick={() => void signOut()}>
        {words().signOut}
      </button>
    </span>
  )
}
