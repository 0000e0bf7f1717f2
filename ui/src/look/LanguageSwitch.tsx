import { language, languages } from '../words/language'
import { shared } from '../words/shared'

export function LanguageSwitch() {
  const other = language.other()
  return (
    <button
      type="button"
      lang={language.tag(other)}
      aria-label={`${shared().switchTo} ${languages[other]}`}
      className="h-8 rounded-control px-1.5 text-small hover:bg-wash"
      onClick={() => language.choose(other)}
    >
      {languages[other]}
    </button>
  )
}
