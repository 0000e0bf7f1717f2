import { duration } from '../sale/format'
import { dictionary } from './language'

// A length of time as people write it, "1 hour 30 minutes", and as the server does, "1h30m".

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const
type Unit = (typeof units)[number][0]

const spelled: Record<Unit, string> = {
  d: 'd|days?|天|日',
  h: 'h|hrs?|hours?|小时|时',
  m: 'm|mins?|minutes?|分钟|分',
  s: 's|secs?|seconds?|秒钟?',
}
const part = new RegExp(`^(\\d+(?:\\.\\d+)?)\\s*(?:${units.map(([unit]) => `(${spelled[unit]})`).join('|')})(?![a-z])`, 'i')

/** The seconds of "15 minutes", "1h30m", "90 s" or "2 小时"; none of what is no length of time. */
export function secondsOf(typed: string): number | undefined {
  let rest = typed.trim()
  let seconds = rest ? 0 : undefined
  while (rest && seconds !== undefined) {
    const found = part.exec(rest)
    const unit = units.findIndex((_, i) => found?.[i + 2] !== undefined)
    seconds = found && units[unit] ? seconds + Number(found[1]) * units[unit][1] : undefined
    rest = rest.slice(found?.[0].length).replace(/^[\s,]+/, '')
  }
  return seconds
}

const parts = (seconds: number): [number, Unit][] => {
  let rest = seconds
  const all = units.map(([unit, size]): [number, Unit] => {
    const n = unit === 's' ? Number(rest.toFixed(3)) : Math.floor(rest / size)
    rest -= n * size
    return [n, unit]
  })
  return all.filter(([n]) => n > 0)
}

/** As the server reads it. It knows no days. */
export const goSpan = (seconds: number): string => {
  const hours = Math.floor(seconds / 3600)
  const below = parts(seconds - hours * 3600)
  return [...(hours ? [[hours, 'h']] : []), ...below].map(([n, unit]) => `${n}${unit}`).join('') || '0s'
}

const english: Record<Unit, string> = { d: 'day', h: 'hour', m: 'minute', s: 'second' }
const chinese: Record<Unit, string> = { d: '天', h: '小时', m: '分钟', s: '秒' }
const words = dictionary<(n: number, unit: Unit) => string>({
  en: (n, unit) => `${n} ${english[unit]}${n === 1 ? '' : 's'}`,
  zh: (n, unit) => `${n} ${chinese[unit]}`,
})

/** "1 hour 30 minutes". */
export const spanWords = (seconds: number): string =>
  (parts(seconds).length ? parts(seconds) : [[0, 's'] as [number, Unit]]).map(([n, unit]) => words()(n, unit)).join(' ')

/** A length of time that the server wrote, in words; below a minute as it is measured. */
export function soldInWords(written: string): string {
  const ms = /^([\d.]+)(ms|µs)$/.exec(written)
  const seconds = ms ? (Number(ms[1]) * (ms[2] === 'ms' ? 1 : 0.001)) / 1000 : secondsOf(written)
  if (seconds === undefined) return written
  return seconds < 60 ? duration(seconds * 1000) : spanWords(seconds < 3600 ? Math.round(seconds) : Math.round(seconds / 60) * 60)
}
