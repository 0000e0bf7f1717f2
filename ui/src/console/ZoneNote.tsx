import { words } from '../words/console'
import { language } from '../words/language'

/** Of which zone the times of a list are: said once, by a name that holds in summer and winter (CET, New York Time). */
export function ZoneNote({ className = '' }: { className?: string }) {
  const tag = language.tag()
  const format = new Intl.DateTimeFormat(tag === 'en' ? 'en-GB' : tag, { timeZoneName: 'shortGeneric' })
  const zone = format.formatToParts().find(({ type }) => type === 'timeZoneName')?.value ?? ''
  return <span className={className}>{words().zone(zone)}</span>
}
