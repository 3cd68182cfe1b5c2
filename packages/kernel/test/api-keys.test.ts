import { createHash, randomBytes } from 'node:crypto'
import { AppError, type ApiKeyGrant } from '@lightpress/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApiKeys } from '../src/api-keys.ts'
import { newId } from '../src/ids.ts'

const MINUTE = 60_000

/** What the source knows, by hash; what it was asked; and whether it answers. */
let known: Map<string, ApiKeyGrant>
let asked: { hash: string; ip: string }[]
let away: AppError | undefined
let revoked: Set<string>
let find: (key: string, ip?: string) => Promise<string>

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  known = new Map()
  asked = []
  away = undefined
  revoked = new Set()
  const apiKeys = createApiKeys({
    read: async (hash, ip) => {
      asked.push({ hash, ip })
      if (away) throw away
      return { apiKey: known.get(hash) ?? null }
    },
    revocations: { isApiKeyRevoked: ({ apiKeyId }) => revoked.has(apiKeyId) },
  })
  find = (key, ip = '192.0.2.1') =>
    apiKeys.find(key, { ip }).then(
      ({ apiKeyId }) => apiKeyId,
      (error: AppError) => error.reason,
    )
})
afterEach(() => vi.useRealTimers())

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds)
const hashOf = (key: string) => createHash('sha256').update(key).digest('base64url')
const madeUp = () => `lp_${randomBytes(6).toString('hex')}_${randomBytes(32).toString('hex')}`
const unavailable = () => new AppError('unavailable', 'seam.neighbour_unavailable', 'Away.')

function issue(about: Partial<ApiKeyGrant> = {}) {
  const key = madeUp()
  const grant = { apiKeyId: newId(), organizationId: newId(), scopes: ['a:read'], expiresAt: null, ...about }
  known.set(hashOf(key), grant)
  return { key, id: grant.apiKeyId }
}

describe('a key', () => {
  it('is asked about by its hash, with whence it came, and known for a minute', async () => {
    const { key, id } = issue()
    for (let times = 0; times < 3; times++) expect(await find(key, '198.51.100.7')).toBe(id)
    pass(MINUTE - 1)
    expect(await find(key)).toBe(id)
    expect(asked).toEqual([{ hash: hashOf(key), ip: '198.51.100.7' }])
    pass(1)
    expect(await find(key)).toBe(id)
    expect(asked).toHaveLength(2)
  })

  it('that comes many times at once is asked about once', async () => {
    const { key, id } = issue()
    expect(await Promise.all(Array.from({ length: 50 }, () => find(key)))).toEqual(Array.from({ length: 50 }, () => id))
    expect(asked).toHaveLength(1)
  })

  it('that could not be asked about is asked about again', async () => {
    const { key, id } = issue()
    away = unavailable()
    expect(await Promise.all([find(key), find(key)])).toEqual([away.reason, away.reason])
    away = undefined
    expect(await find(key)).toBe(id)
    expect(asked).toHaveLength(2)
  })

  it.each([
    '',
    'lp_',
    'lp_0123456789ab',
    `lp_0123456789ab_${'0'.repeat(63)}`,
    `lp_0123456789ab_${'0'.repeat(65)}`,
    `lp_0123456789AB_${'0'.repeat(64)}`,
    `lp_0123456789ab_${'g'.repeat(64)}`,
    ` lp_0123456789ab_${'0'.repeat(64)}`,
    `lp_0123456789ab_${'0'.repeat(64)}\n`,
  ])('that looks like none (%j) is refused without a question', async (key) => {
    expect(await find(key)).toBe('request.api_key_invalid')
    expect(asked).toEqual([])
  })

  it('that was revoked is refused at once although its answer is remembered', async () => {
    const { key, id } = issue()
    expect(await find(key)).toBe(id)
    revoked.add(id)
    expect(await find(key)).toBe('request.api_key_invalid')
    expect(asked).toHaveLength(1)
  })

  it('that was revoked while it was asked about is refused', async () => {
    const { key, id } = issue()
    const answer = find(key)
    revoked.add(id)
    expect(await answer).toBe('request.api_key_invalid')
  })

  it('that expires is refused to the millisecond although its answer is remembered', async () => {
    const { key, id } = issue({ expiresAt: new Date(Date.now() + 10_000).toISOString() })
    expect(await find(key)).toBe(id)
    pass(9_999)
    expect(await find(key)).toBe(id)
    pass(1)
    expect(await find(key)).toBe('request.api_key_invalid')
    expect(asked).toHaveLength(1)
  })

  it('that is none is known for a minute as none', async () => {
    const key = madeUp()
    for (let times = 0; times < 3; times++) expect(await find(key)).toBe('request.api_key_invalid')
    expect(asked).toHaveLength(1)
    pass(MINUTE)
    expect(await find(key)).toBe('request.api_key_invalid')
    expect(asked).toHaveLength(2)
  })

  it('that is gone is one no more once it is asked about again', async () => {
    const { key, id } = issue()
    expect(await find(key)).toBe(id)
    known.clear()
    pass(MINUTE)
    expect(await find(key)).toBe('request.api_key_invalid')
    away = unavailable()
    pass(MINUTE)
    expect(await find(key)).toBe('request.api_key_invalid')
  })
})

describe('while the source does not answer', () => {
  it('a key is believed for five minutes since it was last confirmed, and then nobody knows', async () => {
    const { key, id } = issue()
    expect(await find(key)).toBe(id)
    away = unavailable()
    pass(5 * MINUTE - 1)
    expect(await find(key)).toBe(id)
    pass(1)
    expect(await find(key)).toBe('seam.neighbour_unavailable')
    away = undefined
    expect(await find(key)).toBe(id)
  })

  it('a key that was revoked or has expired is refused all the same', async () => {
    const [gone, old] = [issue(), issue({ expiresAt: new Date(Date.now() + 2 * MINUTE).toISOString() })]
    for (const { key, id } of [gone, old]) expect(await find(key)).toBe(id)
    away = unavailable()
    revoked.add(gone.id)
    pass(2 * MINUTE)
    for (const { key } of [gone, old]) expect(await find(key)).toBe('request.api_key_invalid')
  })

  it('a key that was never seen is not let in', async () => {
    const { key } = issue()
    away = unavailable()
    expect(await find(key)).toBe('seam.neighbour_unavailable')
  })

  it('a key is not believed when the source answers, and with another refusal', async () => {
    const { key, id } = issue()
    expect(await find(key)).toBe(id)
    away = new AppError('limited', 'auth.too_many_attempts', 'Too many.')
    pass(MINUTE)
    expect(await find(key)).toBe('auth.too_many_attempts')
  })
})

describe('what is remembered', () => {
  it('of real keys is not pushed out by made-up ones', async () => {
    const { key, id } = issue()
    expect(await find(key)).toBe(id)
    const first = madeUp()
    expect(await find(first)).toBe('request.api_key_invalid')
    for (let count = 0; count < 10_000; count++) await find(madeUp())
    asked = []
    expect(await find(key)).toBe(id)
    expect(asked).toEqual([])
    // The oldest of them was let go for the newest: memory has an end.
    await find(first)
    expect(asked).toHaveLength(1)
  })
})
