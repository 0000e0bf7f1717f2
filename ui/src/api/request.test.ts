import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { request, Unreachable } from './request'

const answer = (text: string) => new Response(JSON.stringify(text))
const early = async (text: string) => ({ response: answer(text), received: 7, text: JSON.stringify(text) })

beforeEach(() => {
  vi.stubGlobal('fetch', vi.fn(async () => answer('asked')))
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

it('takes what was asked for early, once, with the time at which it was asked', async () => {
  const sent = performance.now()
  vi.stubGlobal('early', { '/api/x': { sent, came: early('early') } })
  expect(await request('/api/x')).toMatchObject({ body: 'early', times: { sent, received: 7 } })
  expect((await request('/api/x')).body).toBe('asked')
  expect(fetch).toHaveBeenCalledTimes(1)
})

it('takes it for nothing but the same question', async () => {
  vi.stubGlobal('early', { '/api/x': { sent: performance.now(), came: early('early') } })
  expect((await request('/api/x', { method: 'DELETE' })).body).toBe('asked')
  expect((await request('/api/y')).body).toBe('asked')
})

it('asks again where no answer came, or where it is old', async () => {
  vi.useFakeTimers()
  vi.stubGlobal('early', {
    '/api/x': { sent: performance.now(), came: Promise.resolve(undefined) },
    '/api/y': { sent: performance.now(), came: early('early') },
  })
  expect((await request('/api/x')).body).toBe('asked')
  vi.advanceTimersByTime(60_000)
  expect((await request('/api/y')).body).toBe('asked')
})

it('is unreachable where no answer comes', async () => {
  vi.stubGlobal('fetch', vi.fn(async () => Promise.reject(new TypeError())))
  await expect(request('/api/x')).rejects.toBeInstanceOf(Unreachable)
})
