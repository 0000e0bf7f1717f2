// A browser that is told to keep nothing throws here. All works then as well; only a reload forgets.

export function readKept(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

export function keep(key: string, value: string) {
  try {
    localStorage.setItem(key, value)
  } catch {
    return
  }
}

export function dropKept(key: string) {
  try {
    localStorage.removeItem(key)
  } catch {
    return
  }
}
