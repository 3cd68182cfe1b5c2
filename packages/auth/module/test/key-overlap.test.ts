import { randomBytes } from 'node:crypto'
import type { Server } from '@lightpress/kernel'
import type { RunningModule } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { createLinkToken, parseLinkToken } from '../src/links.ts'
import { resealByHand } from '../src/reseal.ts'
import { signingKey, totp } from '../src/schema.ts'
import { createSecrets } from '../src/secrets.ts'
import { addTotp } from './factor-support.ts'
import { paths, refreshBy, seamSays } from './session-support.ts'
import { createAccount, createBrowser, environment, password, start, type FakeUsers } from './support.ts'

const key = () => randomBytes(32).toString('base64')
const next = { AUTH_KEY_ENCRYPTION_KEY: key(), SECRETS_ENCRYPTION_KEY: key() }
/** The new ones are used, and the old ones known. */
const both = {
  AUTH_KEY_ENCRYPTION_KEY: `${next.AUTH_KEY_ENCRYPTION_KEY},${environment.AUTH_KEY_ENCRYPTION_KEY}`,
  SECRETS_ENCRYPTION_KEY: `${next.SECRETS_ENCRYPTION_KEY},${environment.SECRETS_ENCRYPTION_KEY}`,
}

describe('keys that take the place of others', () => {
  let app: RunningModule & { users: FakeUsers }
  const servers: Server[] = []
  beforeEach(async () => {
    app = await start()
  })
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close()
    await app.close()
  })

  const startWith = async (env: Record<string, string>) => {
    const server = await app.startAnother(env)
    servers.push(server)
    return server
  }
  const reseal = (server: Server) => resealByHand.run({ args: [] }, server.contextFor('auth') as unknown as AuthContext)

  it('let everybody stay signed in, and what was sealed under the old ones be sealed under the new', async () => {
    const { email, accessToken, refreshToken } = await createAccount(app)
    await addTotp(app, accessToken)
    const during = await startWith(both)
    expect(await seamSays(during, accessToken)).toBe('accepted')
    await expect(startWith(next)).rejects.toThrow('is not the one')

    expect(await reseal(during)).toBe('Sealed anew: 1 signing keys and 1 secrets of authenticator apps.')
    expect(await reseal(during)).toBe('Everything that auth has sealed is sealed under the first keys.')
    const after = await startWith(next)
    expect(await seamSays(after, accessToken)).toBe('accepted')
    expect((await refreshBy(after, refreshToken)).status).toBe(200)
    const { status, body } = await createBrowser(after.baseUrl).post(paths.signIn, { email, password })
    expect([status, (body as { mfaRequired?: boolean }).mfaRequired]).toEqual([200, true])

    const { db } = after.contextFor('auth')
    const [[signing], [factor]] = [await db.select().from(signingKey), await db.select().from(totp)]
    const old = createSecrets(environment.AUTH_KEY_ENCRYPTION_KEY)
    expect(() => old.open('signing-key', signing!.sealedPrivateKey, signing!.kid)).toThrow()
    const vault = createSecrets(next.SECRETS_ENCRYPTION_KEY)
    expect(vault.open('totp-secret', factor!.sealedSecret!, factor!.userId)).toMatch(/^[A-Z2-7]+$/)
  })

  it('are both needed until everything is sealed under the new ones: what was interrupted half-way is noticed', async () => {
    const people = [await createAccount(app), await createAccount(app)]
    for (const { accessToken } of people) await addTotp(app, accessToken)
    const during = await startWith(both)
    await reseal(during)
    const { db } = during.contextFor('auth')
    const [vault, old] = [createSecrets(both.SECRETS_ENCRYPTION_KEY), createSecrets(environment.SECRETS_ENCRYPTION_KEY)]
    for (const { userId, sealedSecret } of await db.select().from(totp)) {
      const left = old.seal('totp-secret', vault.open('totp-secret', sealedSecret!, userId), userId)
      await db.update(totp).set({ sealedSecret: left }).where(eq(totp.userId, userId))
      await expect(startWith(next)).rejects.toThrow('SECRETS_ENCRYPTION_KEY is not the one')
      expect(await reseal(during)).toBe('Sealed anew: 0 signing keys and 1 secrets of authenticator apps.')
    }
    await startWith(next)
  })

  it('give twenty parallel refreshes the same successor, whichever process each one reaches', async () => {
    const { refreshToken } = await createAccount(app)
    const first = await startWith({
      AUTH_KEY_ENCRYPTION_KEY: `${environment.AUTH_KEY_ENCRYPTION_KEY},${next.AUTH_KEY_ENCRYPTION_KEY}`,
    })
    const second = await startWith(both)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => refreshBy(at % 2 === 0 ? first : second, refreshToken)),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    const successors = [...new Set(answers.map(({ body }) => body.refreshToken!))]
    expect(successors).toHaveLength(1)
    expect((await refreshBy(second, successors[0]!)).status).toBe(200)
  })
})

describe('a link', () => {
  const id = '01900000-0000-7000-8000-000000000009'
  const old = createSecrets(environment.AUTH_KEY_ENCRYPTION_KEY)
  const during = createSecrets(both.AUTH_KEY_ENCRYPTION_KEY)

  it('that was sent under the old key works as long as that is known', () => {
    const token = createLinkToken('registration-token', id, old)
    expect(parseLinkToken('registration-token', token, during)).toBe(id)
    expect(parseLinkToken('registration-token', token, createSecrets(next.AUTH_KEY_ENCRYPTION_KEY))).toBeUndefined()
  })

  it('is sent under the first key', () => {
    const token = createLinkToken('registration-token', id, during)
    expect(parseLinkToken('registration-token', token, createSecrets(next.AUTH_KEY_ENCRYPTION_KEY))).toBe(id)
  })
})
