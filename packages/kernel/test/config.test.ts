import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ConfigError, kernelConfig, loadConfig } from '../src/config.ts'
import { readConfig, readMigrationConfig } from '../src/process-config.ts'
import { serve } from '../src/serve.ts'
import { ping, pong } from './support/modules.ts'

const complete = {
  PUBLIC_URL: 'https://app.example.com/',
  TRUSTED_PROXIES: 'none',
  QUEUE_URL: 'redis://localhost',
  INTERNAL_KEY: Buffer.alloc(32, 1).toString('base64'),
  DATABASE_URL: 'postgres://localhost/x',
  AUTH_URL: 'http://auth:3001',
}

function messageOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error('It was accepted')
}

describe('the configuration', () => {
  it('names every missing variable at once, with an example', () => {
    const message = messageOf(() => readConfig([ping], { env: {} }))
    for (const name of ['PUBLIC_URL', 'QUEUE_URL', 'INTERNAL_KEY', 'DATABASE_URL', 'AUTH_URL', 'PONG_URL']) {
      expect(message).toMatch(new RegExp(`${name} is missing \\(for example .+\\)`))
    }
  })

  it('takes an empty value for a missing one', () => {
    expect(messageOf(() => readConfig([pong], { env: { ...complete, INTERNAL_KEY: '' } }))).toContain(
      'INTERNAL_KEY is missing',
    )
  })

  it('takes a secret that nobody has set yet for a missing one', () => {
    const message = messageOf(() =>
      readConfig([pong], { env: { ...complete, INTERNAL_KEY: 'unset', QUEUE_URL: 'unset' } }),
    )
    expect(message).toContain('INTERNAL_KEY is missing')
    expect(message).toContain('QUEUE_URL is missing')
    const own = { ...complete, PONG_DATABASE_URL: 'unset' }
    expect(messageOf(() => readConfig([pong], { env: own }))).toContain('PONG_DATABASE_URL is missing')
  })

  it('of a migration is where the schemas and the queue are, and nothing that is for those who serve', () => {
    const { DATABASE_URL, QUEUE_URL } = complete
    const env = { DATABASE_URL, QUEUE_URL, PONG_DATABASE_URL: 'postgres://localhost/pong' }
    const { databaseUrl } = readMigrationConfig([ping, pong], env)
    expect([databaseUrl('ping'), databaseUrl('pong')]).toEqual([DATABASE_URL, env.PONG_DATABASE_URL])
    const message = messageOf(() => readMigrationConfig([ping], {}))
    expect(message.match(/\w+ is missing/g)).toEqual(['DATABASE_URL is missing', 'QUEUE_URL is missing'])
  })

  it.each([
    ['PORT', 'eighty'],
    ['ROLES', 'http,painter'],
    ['INTERNAL_KEY', 'short'],
    ['QUEUE_URL', 'amqp://x'],
    ['DATABASE_URL', 'mysql://x'],
    ['PUBLIC_URL', 'app.example.com'],
    ['PUBLIC_URL', 'http://app.example.com'],
    ['PUBLIC_URL', 'HTTP://app.example.com'],
    ['PUBLIC_URL', 'http://localhost.example.com'],
    ['PUBLIC_URL', 'ftp://localhost'],
    ['PUBLIC_URL', 'https://app.example.com/shop'],
    ['PUBLIC_URL', 'https://me:secret@app.example.com'],
    ['PUBLIC_URL', 'https://app.example.com?a=b'],
    ['TRUSTED_PROXIES', '10.0.0.0/8,10.0.0.0/33'],
    ['TRUSTED_PROXIES', 'loadbalancer'],
    ['TRUSTED_PROXIES', 'none,10.0.0.0/8'],
  ])('refuses %s=%s and says why', (name, value) => {
    expect(messageOf(() => readConfig([pong], { env: { ...complete, [name]: value } }))).toMatch(
      new RegExp(`${name} is wrong`),
    )
  })

  it.each([
    ['https://app.example.com/', 'https://app.example.com'],
    ['HTTPS://App.Example.com:443', 'https://app.example.com'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://127.0.0.1:3000/', 'http://127.0.0.1:3000'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['http://lightpress.localhost', 'http://lightpress.localhost'],
  ])('brings PUBLIC_URL=%s into its one form', (given, expected) => {
    expect(readConfig([pong], { env: { ...complete, PUBLIC_URL: given } }).kernel.PUBLIC_URL).toBe(expected)
  })

  it('wants to be told which proxies are trusted, together with whatever else is missing, but on this machine', () => {
    const { TRUSTED_PROXIES: _, ...untold } = complete
    const message = messageOf(() => readConfig([pong], { env: { ...untold, INTERNAL_KEY: '' } }))
    expect(message).toMatch(/TRUSTED_PROXIES is missing \(for example .+ or none\)/)
    expect(message).toContain('INTERNAL_KEY is missing')
    const read = (env: Record<string, string>) => readConfig([pong], { env }).kernel.TRUSTED_PROXIES
    expect(read({ ...untold, PUBLIC_URL: 'http://localhost:3000' })).toBeUndefined()
    expect(read(complete)).toEqual([])
    expect(read({ ...untold, TRUSTED_PROXIES: '10.0.0.0/8, ::1' })).toEqual(['10.0.0.0/8', '::1'])
  })

  it("prefers a module's own database", () => {
    const { databaseUrl } = readConfig([pong], { env: { ...complete, PONG_DATABASE_URL: 'postgres://pong/x' } })
    expect(databaseUrl('pong')).toBe('postgres://pong/x')
  })

  it('wants no address of a neighbour that runs here', () => {
    expect([...readConfig([ping, pong], { env: complete }).remote.keys()]).toEqual(['auth'])
  })

  it('reports what a module of its own needs together with the rest', () => {
    expect(
      messageOf(() => loadConfig({ kernel: kernelConfig, own: z.object({ STRIPE_SECRET_KEY: z.string() }) }, {})),
    ).toMatch(/INTERNAL_KEY[^]*STRIPE_SECRET_KEY/)
  })
})

describe('serve', () => {
  it.each([undefined, {}, 'billing', pong.contract])('refuses what is no module: %s', async (odd) => {
    await expect(serve([odd as never], { env: complete })).rejects.toThrow(/serve takes modules/)
  })

  it('says in words that the database is not there', async () => {
    const env = {
      ...complete,
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x',
      QUEUE_URL: 'redis://127.0.0.1:1',
      LOG_LEVEL: 'silent',
    }
    await expect(serve([pong], { env })).rejects.toThrow(/database of pong is not ready/)
  })
})
