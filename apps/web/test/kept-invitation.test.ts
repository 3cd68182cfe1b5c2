import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { dropInvitation, keepInvitation, readInvitation } from '../src/screens/invitation/kept.ts'
import { storage } from './storage.ts'

const hour = 60 * 60_000

beforeEach(() => {
  vi.stubGlobal('localStorage', storage())
  dropInvitation()
})
afterEach(() => vi.unstubAllGlobals())

it('is there for every tab of the browser, until it is used', () => {
  keepInvitation('a token')
  expect(readInvitation()).toBe('a token')
  dropInvitation()
  expect(readInvitation()).toBeUndefined()
})

it('gives way to the link that was opened last', () => {
  keepInvitation('one')
  keepInvitation('another')
  expect(readInvitation()).toBe('another')
})

it('is forgotten after an hour by whoever did not open it', () => {
  const now = Date.now()
  localStorage.setItem('invitation', JSON.stringify({ token: 'of another tab', until: now + hour }))
  expect(readInvitation(now + hour - 1)).toBe('of another tab')
  expect(readInvitation(now + hour + 1)).toBeUndefined()
})
