// A browser that is told to keep nothing throws here. Then the page keeps it, until it is reloaded.
const untilReload = new Map<string, string>()

export function readKept(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return untilReload.get(key) ?? null
  }
}

export function keep(key: string, value: string) {
  try {
    localStorage.setItem(key, value)
  } catch {
    untilReload.set(key, value)
  }
}
