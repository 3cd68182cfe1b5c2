import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { keepNext, takeNext } from '../src/screens/magic-link/next.ts'
import { storage } from './storage.ts'

beforeEach(() => {
  vi.stubGlobal('localStorage', storage())
})
afterEach(() => vi.unstubAllGlobals())

it('tells the tab of the link where to go, once', () => {
  keepNext('/billing')
  expect([takeNext(), takeNext()]).toEqual(['/billing', undefined])
})

it('has forgotten it when the link is over', () => {
  keepNext('/billing', Date.now() - 11 * 60_000)
  expect(takeNext()).toBeUndefined()
})

it('does not lead to what an older link was asked for', () => {
  keepNext('/billing')
  keepNext(undefined)
  expect(takeNext()).toBeUndefined()
})

it('does without where storage is forbidden', () => {
  vi.unstubAllGlobals()
  keepNext('/billing')
  expect(takeNext()).toBeUndefined()
})
