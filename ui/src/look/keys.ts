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

/** A dialog that is open has the keys. */
export const dialogIsOpen = (): boolean => document.querySelector('dialog[open]') !== null

/** Hears the keys that are pressed anywhere on the page, from the moment on that what hears them is in sight. */
export function useKeydown(hear: (event: KeyboardEvent) => void) {
  const heard = useEffectEvent(hear)
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => heard(event)
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [])
}

/** Minds the keys, but for where somebody types or a dialog asks. */
export function useKeys(keys: Key[]) {
  useKeydown((event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
    if (!keysOn.now() || typing(event.target) || dialogIsOpen()) return
    const found = keys.find(({ key }) => key === event.key.toLowerCase())
    if (!found?.act) return
    event.preventDefault()
    found.act()
  })
}
