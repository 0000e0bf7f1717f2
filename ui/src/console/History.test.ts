import { describe, expect, it } from 'vitest'
import { may } from '../api/session'
import { changesOf } from './History'

describe('the history', () => {
  const entry = { number: 1, at: '2026-11-28T12:00:00.000Z', by: 'ann' }
  it('says from what to what', () => {
    const changes = [{ field: 'quantity', from: '5', to: '9' }, { field: 'paused', to: 'true' }]
    expect(changesOf({ ...entry, what: 'change', changes })).toBe('quantity 5 → 9, paused – → true')
  })
  it('names the order', () =>
    expect(changesOf({ ...entry, what: 'pay', order_id: 'x', changes: [{ field: 'status', from: 'placed', to: 'paid' }] })).toBe('x, status placed → paid'))
})

describe('what a role may do', () => {
  const shown = (role: 'admin' | 'operate' | 'view' | 'payments') =>
    (['view', 'operate', 'admin'] as const).filter((right) => may({ operator: true, buyers: 'believed', name: 'ann', role }, right))
  it('is what the server says it may', () => {
    expect(shown('admin')).toEqual(['view', 'operate', 'admin'])
    expect(shown('operate')).toEqual(['view', 'operate'])
    expect(shown('view')).toEqual(['view'])
    expect(shown('payments')).toEqual([])
  })
  it('is shown to who has not signed in, who is asked to', () => expect(may({ operator: false, buyers: 'believed' }, 'admin')).toBe(true))
})
