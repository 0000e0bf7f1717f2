import { useEffect, useSyncExternalStore } from 'react'
import { keep, readKept } from '../api/kept'

export const languages = { en: 'English', zh: '中文' } as const
type Language = keyof typeof languages

const key = 'seckill.language'
const tags: Record<Language, string> = { en: 'en', zh: 'zh-CN' }
const watchers = new Set<() => void>()
let chosen = first()

// Chosen here before, else the first of the browser's that there is. Under test there is no browser.
function first(): Language {
  const wanted = [readKept(key) ?? '', ...(globalThis.navigator?.languages ?? [])].map((tag) => tag.slice(0, 2))
  return wanted.find((tag): tag is Language => tag in languages) ?? 'en'
}

export const language = {
  now: () => chosen,
  /** The one to switch to. */
  other: (): Language => (chosen === 'en' ? 'zh' : 'en'),
  choose(next: Language) {
    chosen = next
    keep(key, next)
    for (const watcher of watchers) watcher()
  },
  tag: (of: Language = chosen) => tags[of],
  subscribe(watcher: () => void) {
    watchers.add(watcher)
    return () => void watchers.delete(watcher)
  },
}

/** Words in every language. They are asked for as they are drawn, so that a switch needs no more than drawing again. */
export const dictionary =
  <Words>(all: Record<Language, Words>) =>
  (): Words =>
    all[chosen]

/** Draws the root again, and with it the whole page, whenever the language is switched. */
export function useLanguage() {
  const now = useSyncExternalStore(language.subscribe, language.now)
  useEffect(() => {
    document.documentElement.lang = tags[now]
  }, [now])
}
