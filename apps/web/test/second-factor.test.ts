import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { dropBegun, keepBegun, readBegun } from '../src/screens/second-factor/begun.ts'
import { parseBegun } from '../src/screens/second-factor/parse-begun.ts'
import { waysToGoOn } from '../src/screens/second-factor/ways.ts'
import { storage } from './storage.ts'

const later = new Date(Date.now() + 60_000).toISOString()
const fragment = (fields: Record<string, string>) =>
  parseBegun(new URLSearchParams({ challenge: 'abc', factors: 'totp', expires: later, ...fields }))

beforeEach(() => {
  vi.stubGlobal('sessionStorage', storage())
})
afterEach(() => {
  dropBegun()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

it('takes what a provider hands over, the quickest factor first', () => {
  expect(fragment({ factors: 'recovery_code,totp,passkey,of_a_newer_server', next: '/billing' })).toEqual({
    challenge: 'abc',
    factors: ['passkey', 'totp', 'recovery_code'],
    expiresAt: later,
    next: '/billing',
  })
})

it.each([{ challenge: '' }, { factors: '' }, { factors: 'none,of,these' }, { expires: '' }, { expires: 'soon' }])(
  'takes nothing that is not whole: %j',
  (fields) => {
    expect(fragment(fields)).toBeUndefined()
  },
)

it('shows the best way first, and the way out last', () => {
  const factors = ['recovery_code', 'totp', 'passkey'] as const
  const ways = waysToGoOn({ factors, passkeys: true, removal: false })
  expect(ways).toEqual(['passkey', 'totp', 'recovery_code', 'lost'])
})

it('offers no passkey where the browser has none, and the way out to whom nothing else is left', () => {
  expect(waysToGoOn({ factors: ['passkey'], passkeys: false, removal: false })).toEqual(['lost'])
})

it('begins with the removal for whoever came by its link', () => {
  expect(waysToGoOn({ factors: ['totp'], passkeys: true, removal: true })).toEqual(['removal', 'totp'])
})

it('remembers what was begun for as long as it is good', () => {
  // By the server's clock, which is far behind this browser's, it would be over.
  const begun = { challenge: 'abc', factors: ['totp' as const], expiresAt: '2020-01-01T00:00:00Z' }
  keepBegun({ ...begun, email: 'ada@example.com' })
  const kept = readBegun()
  expect(kept).toMatchObject({ ...begun, email: 'ada@example.com' })
  vi.useFakeTimers({ now: Date.now() + 599_000 })
  expect(readBegun()).toEqual(kept)
  vi.setSystemTime(Date.now() + 1_001)
  expect(readBegun()).toBeUndefined()
})

it('forgets it when it is dropped', () => {
  keepBegun({ challenge: 'abc', factors: ['totp'], expiresAt: later })
  dropBegun()
  expect(readBegun()).toBeUndefined()
})
