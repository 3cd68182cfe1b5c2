import { randomBytes } from 'node:crypto'
import type { Server } from '@lightpress/kernel'
import { keysSignal } from '@lightpress/protocol'
import type { RunningModule } from '@lightpress/testing'
import { asc, eq, sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { rotateAgedKey, rotateKeys } from '../src/key-rotation.ts'
import { auditEntry, signingKey, totp } from '../src/schema.ts'
import { sweep } from '../src/sweep.ts'
import { addTotp } from './factor-support.ts'
import { paths, refreshBy, seamSays } from './session-support.ts'
import { createAccount, createBrowser, environment, password, start, startAnother, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }
let other: Server & { baseUrl: string }
let ctx: AuthContext

beforeEach(async () => {
  app = await start()
  other = await startAnother(app)
  ctx = app.contextFor('auth') as unknown as AuthContext
})
afterEach(async () => {
  vi.restoreAllMocks()
  await other.close()
  await app.close()
})

const rotate = (...args: string[]) => rotateKeys.run({ args }, ctx)
/** In the order in which they were made. */
const keys = () => ctx.db.select().from(signingKey).orderBy(asc(signingKey.kid))
const kidOf = (token: string) =>
  (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid

async function publishedAt({ baseUrl }: { baseUrl: string }): Promise<string[]> {
  const answer = await createBrowser(baseUrl).get<{ keys: { kid: string }[] }>('/.well-known/jwks.json')
  return answer.body.keys.map(({ kid }) => kid)
}

/** For the keys. */
async function pass(interval: string) {
  const later = sql`${interval}::interval`
  await ctx.db.update(signingKey).set({
    activatesAt: sql`${signingKey.activatesAt} - ${later}`,
    retiresAt: sql`${signingKey.retiresAt} - ${later}`,
  })
}

async function recorded(action: 'signing_key_made' | 'signing_key_retired') {
  return ctx.db.$count(auditEntry, eq(auditEntry.action, action))
}

describe('keys rotate', () => {
  it('publishes the next key before it signs, and the old one while its tokens live', async () => {
    const { accessToken, refreshToken } = await createAccount(app)
    const old = kidOf(accessToken)
    await rotate()
    const next = (await keys()).at(-1)!.kid
    expect(next).not.toBe(old)
    expect(await publishedAt(other)).toEqual([old, next])
    const { body: before } = await refreshBy(app, refreshToken)
    expect(kidOf(before.accessToken!)).toBe(old)

    await pass('61 minutes')
    const { body: after } = await refreshBy(app, before.refreshToken!)
    expect(kidOf(after.accessToken!)).toBe(next)
    for (const token of [accessToken, before.accessToken!, after.accessToken!])
      for (const process of [app, other]) expect(await seamSays(process, token)).toBe('accepted')

    await pass('15 minutes')
    expect(await publishedAt(other)).toEqual([next])
    expect([await recorded('signing_key_made'), await recorded('signing_key_retired')]).toEqual([2, 1])
  })

  it('makes one next key, however often it runs, at once and again', async () => {
    await createAccount(app)
    await Promise.all(Array.from({ length: 5 }, () => rotate()))
    await rotate()
    expect(await keys()).toHaveLength(2)
  })

  it('--now kills the tokens of every other key within a second, in every process', async () => {
    const { accessToken, refreshToken } = await createAccount(app)
    await rotate()
    const { body } = await refreshBy(other, refreshToken)
    for (const process of [app, other]) expect(await seamSays(process, accessToken)).toBe('accepted')

    await rotate('--now')
    for (const process of [app, other])
      await expect.poll(() => seamSays(process, accessToken), { timeout: 5_000 }).toBe('request.token_invalid')

    const { kid } = (await keys()).at(-1)!
    expect(await publishedAt(other)).toEqual([kid])
    const { body: renewed } = await refreshBy(other, body.refreshToken!)
    expect(kidOf(renewed.accessToken!)).toBe(kid)
    for (const process of [app, other]) expect(await seamSays(process, renewed.accessToken!)).toBe('accepted')
  })

  it('--now does so also where its signal is lost', async () => {
    const { accessToken } = await createAccount(app)
    for (const process of [app, other]) expect(await seamSays(process, accessToken)).toBe('accepted')
    const emitting = vi.spyOn(ctx.signals, 'emit').mockReturnValue()
    await rotate('--now')
    for (const process of [app, other])
      await expect.poll(() => seamSays(process, accessToken), { timeout: 5_000 }).toBe('request.token_invalid')
    expect(emitting).toHaveBeenCalledWith(keysSignal, null)
  })

  it('refuses what it does not know', async () => {
    await expect(rotate('--later')).rejects.toThrow('--now or nothing')
    await expect(rotate('--now', 'please')).rejects.toThrow('--now or nothing')
    expect(await keys()).toHaveLength(0)
  })
})

describe('the schedule', () => {
  it('rotates a key before its ninety days are over, once for two schedulers', async () => {
    await createAccount(app)
    await rotateAgedKey(ctx)
    await pass('87 days')
    await rotateAgedKey(ctx)
    expect(await keys()).toHaveLength(1)
    await pass('1 day')
    await Promise.all([rotateAgedKey(ctx), rotateAgedKey(ctx)])
    await rotateAgedKey(ctx)
    expect(await keys()).toHaveLength(2)
  })

  it('deletes a key thirty days after it retired', async () => {
    await createAccount(app)
    await rotate('--now')
    await pass('29 days')
    await sweep(ctx)
    expect(await keys()).toHaveLength(2)
    await pass('2 days')
    await sweep(ctx)
    expect(await keys()).toHaveLength(1)
    expect((await createBrowser(app.baseUrl).get('/.well-known/jwks.json')).status).toBe(200)
  })
})

describe('a process with another AUTH_KEY_ENCRYPTION_KEY', () => {
  it('does not start, and says what to do', async () => {
    const starting = () => app.startAnother({ AUTH_KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64') })
    const { email } = await createAccount(app)
    await expect(starting()).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('AUTH_KEY_ENCRYPTION_KEY is not the one') as string,
    })
    await ctx.db.delete(signingKey)
    const again = await starting()
    try {
      const { status } = await createBrowser(again.baseUrl).post(paths.signIn, { email, password })
      expect(status).toBe(200)
    } finally {
      await again.close()
    }
  })
})

describe('a process with another SECRETS_ENCRYPTION_KEY', () => {
  const starting = () =>
    app.startAnother({ ...environment, SECRETS_ENCRYPTION_KEY: randomBytes(32).toString('base64') })

  it('does not start once somebody has an authenticator app, and says what to do', async () => {
    const { email, accessToken } = await createAccount(app)
    await (await starting()).close()
    await addTotp(app, accessToken)
    await expect(starting()).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('SECRETS_ENCRYPTION_KEY is not the one') as string,
    })
    await ctx.db.delete(totp)
    const again = await starting()
    try {
      const { status } = await createBrowser(again.baseUrl).post(paths.signIn, { email, password })
      expect(status).toBe(200)
    } finally {
      await again.close()
    }
  })
})
