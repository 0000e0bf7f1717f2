import { Button } from '../look/Button'
import { words } from '../words/buy'
import { identity, type Identity } from './identity'

/** Says who buys here, if that is not as it should be, and what to do. */
export function Who({ who }: { who: Identity }) {
  const w = words()
  if (who.is !== 'known' && who.is !== 'unknown') return null
  if (who.other) {
    return (
      <Notice title={w.otherLink(who.other)} line={w.otherLine(who.user)}>
        <Button kind="strong" onClick={() => identity.decline()}>
          {w.stay}
        </Button>
        <Button onClick={() => void identity.accept()}>{w.goOn}</Button>
      </Notice>
    )
  }
  if (who.is === 'known') return null
  return (
    <Notice title={who.user ? w.ended : w.fromTheShop} line={who.user ? w.endedLine(who.user) : w.fromTheShopLine}>
      <Button onClick={() => void identity.again()}>{w.lookAgain}</Button>
    </Notice>
  )
}

function Notice({ title, line, children }: { title: string; line: string; children: React.ReactNode }) {
  return (
    <section role="status" className="grid gap-3 rounded-box border border-line bg-surface p-5">
      <h2 className="text-lead font-semibold wrap-anywhere">{title}</h2>
      <p className="text-muted wrap-anywhere">{line}</p>
      <div className="flex flex-wrap gap-3">{children}</div>
    </section>
  )
}
