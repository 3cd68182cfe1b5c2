import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { requires } from '../src/requires.ts'

afterEach(() => vi.unstubAllEnvs())

it('is true for a program that is here', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lightpress-requires-'))
  writeFileSync(join(folder, 'redis-server'), '#!/bin/sh\n', { mode: 0o755 })
  vi.stubEnv('PATH', folder)
  expect(requires('redis-server')).toBe(true)
  rmSync(folder, { recursive: true })
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
