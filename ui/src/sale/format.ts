import { shared } from '../words/shared'

/** 1,234,567. By hand: the first formatter that a page makes of Intl costs it a tenth of a second on a slow phone. */
export const count = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',')

const two = (n: number) => String(n).padStart(2, '0')

/** 4:07, 1:04:07, 3 days 1:04:07. A part of a second still to go counts as one, so that 0:00 means now. */
export function timeLeft(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const days = Math.floor(seconds / 86400)
  const hours = Math.floor(seconds / 3600) % 24
  const minutes = Math.floor(seconds / 60) % 60
  const clock = days + hours > 0 ? `${hours}:${two(minutes)}` : `${minutes}`
  return `${days > 0 ? shared().days(days) : ''}${clock}:${two(seconds % 60)}`
}

/** Time of day in the visitor's zone; with the date where it is not today's. */
export function timeOfDay(moment: string | number, now = new Date()): string {
  const at = new Date(moment)
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  const today = at.toDateString() === now.toDateString()
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  return today ? clock : `${day} ${clock}`
}

const moments: Intl.DateTimeFormatOptions = {
  weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short',
}

/** A date and time in the reader's zone, which it names: Sun, 29 Nov 2026, 10:00 GMT+1. */
export const dateTime = (moment: string | number, tag: string): string => {
  const at = new Date(moment)
  return new Intl.DateTimeFormat(tag === 'en' ? 'en-GB' : tag, at.getSeconds() === 0 ? moments : { ...moments, second: '2-digit' }).format(at)
}

/** 0 ms, < 0.01 ms, 0.09 ms, 1.3 ms, 48 ms, 1.2 s. */
export function duration(ms: number): string {
  if (ms === 0) return '0 ms'
  if (ms < 0.005) return '< 0.01 ms'
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`
  return `${ms >= 10 ? Math.round(ms) : ms.toFixed(ms >= 1 ? 1 : 2)} ms`
}
