import { afterEach, expect, it, vi } from 'vitest'
import { requires } from '../src/requires.ts'

afterEach(() => vi.unstubAllEnvs())

it('is true for a program that is here', () => {
  vi.stubEnv('PATH', '/usr/bin:/bin')
  expect(requires('root')).toBe(process.getuid?.() === 0)
})

it('is false for a program that is missing, and says so', () => {
  vi.stubEnv('PATH', '/nowhere')
  vi.stubEnv('LIGHTPRESS_FULL', undefined)
  const warn = vi.spyOn(console, 'warn').mockReturnValue()
  expect(requires('redis-server')).toBe(false)
  expect(warn).toHaveBeenCalledWith('Skipped, because redis-server is missing here.')
})

it('is an error for a program that is missing where nothing may be skipped', () => {
  vi.stubEnv('PATH', '/nowhere')
  vi.stubEnv('LIGHTPRESS_FULL', '1')
  expect(() => requires('chromium')).toThrow('chromium is missing')
})
