import { useEffect, useSyncExternalStore, type ReactNode } from 'react'
import { Link } from 'wouter'
import { session } from '../api/session'
import type { Link as LinkState } from '../api/stream'
import { Mark } from '../look/Mark'
import { Outage } from '../look/Outage'
import { timeOfDay } from '../sale/format'
import { queries } from './queries'

const linkWords: Record<LinkState, string> = { connecting: 'Connecting', open: 'Live', lost: 'Not connected' }

type Props = {
  title: string
  link: LinkState
  /** When what the page shows was last true, in milliseconds. */
  seenAt?: number | undefined
  /** The page has a part that scrolls by itself and takes the height that is left. */
  filled?: boolean
  children: ReactNode
}

export function Shell({ title, link, seenAt, filled = false, children }: Props) {
  useEffect(() => {
    document.title = `${title} · seckill`
  }, [title])
  return (
    <div
      className={`mx-auto flex max-w-6xl flex-col px-4 sm:px-8 ${filled ? 'h-dvh min-h-160' : 'min-h-dvh'}`}
    >
      <header className="flex h-16 shrink-0 items-center gap-4">
        <Link href="/" className="mr-auto flex items-center gap-2.5 text-lead font-semibold">
          <Mark />
          seckill
        </Link>
        <LinkMark link={link} />
        <SignOut />
      </header>
      <main className={`flex-1 pt-2 ${filled ? 'flex min-h-0 flex-col pb-4' : 'pb-20'}`}>{children}</main>
      <Outage lost={link === 'lost'} note={seenAt ? `What you see is from ${timeOfDay(seenAt)}.` : undefined} />
    </div>
  )
}

function LinkMark({ link }: { link: LinkState }) {
  return (
    <span className="flex items-center gap-2 text-small text-muted">
      <span
        className={`size-2 rounded-full border ${link === 'open' ? 'border-ink bg-ink' : 'border-edge'}`}
        aria-hidden="true"
      />
      {linkWords[link]}
    </span>
  )
}

function SignOut() {
  const signedIn = useSyncExternalStore(session.subscribe, session.signedIn)
  if (!signedIn) return null
  const signOut = async () => {
    await session.signOut()
    queries.removeQueries({ queryKey: ['orders'] })
  }
  return (
    <button type="button" className="text-small underline underline-offset-4" onClick={() => void signOut()}>
      Sign out
    </button>
  )
}
