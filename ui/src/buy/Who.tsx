import { Suspense } from 'react'
import { Button } from '../look/Button'
import { words } from '../words/buy'
import { identity, type Identity } from './identity'
import { Challenge } from './later'
import { Notice } from './Notice'

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
  if (who.is === 'known' && who.challenge === undefined) return null
  if (who.is === 'known' && who.challenge) {
    return (
      <Suspense>
        <Challenge siteKey={who.challenge} />
      </Suspense>
    )
  }
  const before = who.is === 'unknown' && who.user
  return (
    <Notice title={before ? w.ended : w.fromTheShop} line={before ? w.endedLine(before) : w.fromTheShopLine}>
      <Button onClick={() => void identity.again()}>{w.lookAgain}</Button>
    </Notice>
  )
}
