import { useEffectEvent, useLayoutEffect, useSyncExternalStore } from 'react'
import { keep, readKept } from '../api/kept'

/** A key of one letter, and what it does; without an act it is one that the page minds by itself. */
export type Key = { key: string; does: string; act?: () => void }

// Who speaks to the computer instead of typing would press such keys by accident, so they can be put off.
const kept = 'seckill.keys'
const watchers = new Set<() => void>()

export const keysOn = {
  now: () => readKept(kept) !== 'off',
  set(on: boolean) {
    keep(kept, on ? 'on' : 'off')
    for (const watcher of watchers) watcher()
  },
  subscribe(watcher: () => void) {
    watchers.add(watcher)
    return () => void watchers.delete(watcher)
  },
}

export const useKeysOn = (): boolean => useSyncExternalStore(keysOn.subscribe, keysOn.now)

/** Goes to the button that has this key, for Enter to press it: no key changes a sale by itself. */
export const focusOn = (key: string) => document.querySelector<HTMLElement>(`[aria-keyshortcuts="${key}"]`)?.focus()

const typing = (target: EventTarget | null) =>
  target instanceof Element && target.closest('input, select, textarea, [contenteditable]') !== null

/** Minds the keys, but for where somebody types or a dialog asks. */
export function useKeys(keys: Key[]) {
  const pressed = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
    if (!keysOn.now() || typing(event.target) || document.querySelector('dialog[open]')) return
    const found = keys.find(({ key }) => key === event.key.toLowerCase())
    if (!found?.act) return
    event.preventDefault()
    found.act()
  })
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => pressed(event)
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [])
}
