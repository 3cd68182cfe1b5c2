import type { RunningModule } from '@lightpress/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { guesses, links, mails, refreshes, tryTake } from '../src/limits.ts'
import { createBrowser, newEmail, password, start, startAnother, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }
let other: Awaited<ReturnType<typeof startAnother>>

beforeAll(async () => {
  app = await start()
  other = await startAnother(app)
})
afterAll(async () => {
  await other.close()
  await app.close()
})

/** Takes what the network of the tests has of a limit. */
async function useUp(limit: Parameters<typeof tryTake>[0]) {
  const ctx = app.contextFor('auth') as unknown as AuthContext
  const takeTen = () => Promise.all(Array.from({ length: 10 }, () => tryTake(limit, '127.0.0.1', ctx)))
  while ((await takeTen()).some(Boolean));
}

const link = 'x'.repeat(80)

describe('a network that has used up what it has in one process', () => {
  it.each([
    ['sign-in', guesses, '/v1/auth/sign-in', { email: newEmail(), password }],
    ['token/refresh', refreshes, '/v1/auth/token/refresh', { refreshToken: 'a' }],
    ['sign-up', mails.network, '/v1/auth/sign-up', { email: newEmail(), password, name: 'Ada' }],
    ['email/verification', mails.network, '/v1/auth/email/verification', { email: newEmail() }],
    ['password/forgot', mails.network, '/v1/auth/password/forgot', { email: newEmail() }],
    ['email/verify', links, '/v1/auth/email/verify', { token: link }],
    ['password/reset', links, '/v1/auth/password/reset', { token: link, password }],
    ['email/change/confirm', links, '/v1/auth/email/change/confirm', { token: link }],
  ])('has nothing left of %s in another, and hears when it has', async (_name, limit, path, body) => {
    await useUp(limit)
    // Some grows while the requests are under way.
    const ask = () => createBrowser(other.baseUrl).post(path, body)
    const answers = await Promise.all(Array.from({ length: 20 }, ask))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(5)
    for (const { body, headers } of refused) {
      expect(body.reason).toBe('auth.too_many_attempts')
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(limit.everySeconds + 1)
    }
  })
})
