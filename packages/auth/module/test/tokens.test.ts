import { createHmac, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { auth as contract, developmentColleagues, developmentPeople } from '@lightpress/auth-contract'
import { claimsOf, newId } from '@lightpress/kernel'
import { accessToken, type Identity } from '@lightpress/protocol'
import type { RunningModule } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import { createSigner } from 'fast-jwt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auth } from '../src/index.ts'
import { account, signingKey } from '../src/schema.ts'
import { createSecrets } from '../src/secrets.ts'
import { openPrivateKey } from '../src/signing-keys.ts'
import {
  bearer,
  createAccount,
  createBrowser,
  environment,
  start,
  signUp,
  startAnother,
  type FakeUsers,
} from './support.ts'

let app: RunningModule & { users: FakeUsers }

beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())

function keySet() {
  return app.as(contract).getKeySet()
}

function decode(token: string) {
  const [header, payload] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
  return { header: JSON.parse(header!), payload: JSON.parse(payload!) }
}

describe('signing keys', () => {
  it('are made once, however many processes and requests come first', async () => {
    const others = await Promise.all([startAnother(app), startAnother(app)])
    try {
      const urls = [app.baseUrl, ...others.map(({ port }) => `http://127.0.0.1:${port}`)]
      const asked = urls.flatMap((url) => Array.from({ length: 10 }, () => fetch(`${url}/.well-known/jwks.json`)))
      const sets = await Promise.all((await Promise.all(asked)).map((response) => response.json()))
      expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(1)
      expect(await app.contextFor('auth').db.select().from(signingKey)).toHaveLength(1)
    } finally {
      for (const other of others) await other.close()
    }
  })

  it('are published without their private half, which lies encrypted', async () => {
    const { keys } = await keySet()
    const [stored] = await app.contextFor('auth').db.select().from(signingKey)
    expect(keys).toEqual([
      { kid: stored!.kid, kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', x: stored!.publicKey },
    ])
    expect(stored!.sealedPrivateKey).not.toContain('PRIVATE KEY')
    expect(openPrivateKey(stored!, createSecrets(environment.AUTH_KEY_ENCRYPTION_KEY))).toContain('PRIVATE KEY')
  })

  it('may be cached for a minute', async () => {
    const response = await fetch(`${app.baseUrl}/.well-known/jwks.json`)
    expect(response.headers.get('cache-control')).toBe('public, max-age=60')
  })
})

describe('an access token', () => {
  it('verifies against the key set, with nothing but its kid to go by', async () => {
    const { accessToken: token } = await createAccount(app)
    const { keys } = await keySet()
    const jwk = keys.find(({ kid }) => kid === decode(token).header.kid)!
    const [header, payload, signature] = token.split('.') as [string, string, string]
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    expect(verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true)
  })

  it('says what it is, for whom, from whom and for how long, and no more about the person than ids', async () => {
    const { accessToken: token, user } = await createAccount(app)
    const { header, payload } = decode(token)
    expect(header).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: (await keySet()).keys[0]!.kid })
    expect(payload).toEqual({
      iss: 'http://localhost:3000',
      aud: 'lightpress',
      iat: expect.any(Number),
      exp: Number(payload.iat) + 300,
      sub: user.id,
      sid: expect.any(String),
      ver: 0,
      org: user.organizationId,
      role: 'owner',
      op: false,
      auth_time: expect.any(Number),
    })
    // Signed in just now: the second of the database's clock may be the one before.
    expect(payload.iat - payload.auth_time).toBeLessThan(10)
    expect(payload.iat).toBeGreaterThanOrEqual(payload.auth_time)
  })
})

describe('the seam refuses', () => {
  const identity: Identity = {
    userId: newId(),
    sessionId: newId(),
    sessionVersion: 0,
    organizationId: null,
    role: null,
    operator: true,
    authenticatedAt: 0,
    impersonatorId: null,
  }
  const now = Math.floor(Date.now() / 1000)
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const claims = () => ({
    ...claimsOf(identity),
    iss: 'http://localhost:3000',
    aud: 'lightpress',
    iat: now,
    exp: now + 300,
  })

  /** A token with our own key that differs from a good one in what is given. */
  async function ours(differs: Record<string, unknown> = {}) {
    await keySet()
    const [stored] = await app.contextFor('auth').db.select().from(signingKey)
    const sign = createSigner<object>({
      key: openPrivateKey(stored!, createSecrets(environment.AUTH_KEY_ENCRYPTION_KEY)),
      algorithm: 'EdDSA',
      kid: stored!.kid,
      header: { alg: 'EdDSA', typ: accessToken.type },
      iss: 'http://localhost:3000',
      aud: accessToken.audience,
      expiresIn: 300_000,
      ...differs,
    })
    return sign(claimsOf(identity))
  }

  async function kid() {
    return (await keySet()).keys[0]!.kid
  }

  async function ask(token: string) {
    const input = { organizationId: newId() }
    const { status, body } = await createBrowser(app.baseUrl).post(
      '/v1/auth/session/organization',
      input,
      bearer(token),
    )
    return `${status} ${body.reason}`
  }

  it('nothing of a good one', async () => {
    // Past the seam: the session is looked for, and is not there.
    expect(await ask(await ours())).toBe('401 request.session_ended')
  })

  it.each<[string, () => Promise<string>]>([
    [
      'without a signature',
      async () => `${encode({ alg: 'none', typ: 'at+jwt', kid: await kid() })}.${encode(claims())}.`,
    ],
    [
      'signed with the public key as a shared secret',
      async () => {
        const { x, kid } = (await keySet()).keys[0]!
        const pem = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
          .export({ type: 'spki', format: 'pem' })
          .toString()
        const signed = `${encode({ alg: 'HS256', typ: 'at+jwt', kid })}.${encode(claims())}`
        return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`
      },
    ],
    ['for another audience', () => ours({ aud: 'elsewhere' })],
    ['of another issuer', () => ours({ iss: 'https://evil.example' })],
    ['of another type', () => ours({ header: { alg: 'EdDSA', typ: 'JWT' } })],
    ['that has expired', () => ours({ clockTimestamp: Date.now() - 301_000 })],
    ['with a key of somebody else under our kid', () => ours({ key: foreignKey() })],
    ['with a kid that is not ours', () => ours({ kid: 'unknown' })],
    [
      'whose claims were changed',
      async () => {
        const [header, , signature] = (await ours()).split('.') as [string, string, string]
        return `${header}.${encode({ ...claims(), sub: newId() })}.${signature}`
      },
    ],
    ['that is none', async () => 'nonsense'],
  ])('a token %s', async (_, forge) => {
    expect(await ask(await forge())).toBe('401 request.token_invalid')
  })

  it('one kind of token in the place of another', async () => {
    const browser = createBrowser(app.baseUrl)
    const { token: registration } = await signUp(app, browser)
    const { refreshToken: refresh } = await createAccount(app)
    const refreshWith = (token: string) => browser.post('/v1/auth/token/refresh', { refreshToken: token })
    const verifyWith = (token: string) => browser.post('/v1/auth/email/verify', { token })
    expect(await ask(refresh)).toBe('401 request.token_invalid')
    expect(await ask(registration)).toBe('401 request.token_invalid')
    expect((await refreshWith(registration)).body.reason).toBe('auth.refresh_token_invalid')
    expect((await verifyWith(refresh)).body.reason).toBe('auth.token_invalid')
    const access = await ours()
    expect((await refreshWith(access)).body.reason).toBe('auth.refresh_token_invalid')
    expect((await verifyWith(access)).body.reason).toBe('auth.token_invalid')
  })
})

describe('the seed', () => {
  it('makes the people of development, once, and they can sign in', async () => {
    await auth.seed!(app.contextFor('auth'))
    await auth.seed!(app.contextFor('auth'))
    for (const { id, email, password, name } of [...developmentPeople, ...developmentColleagues]) {
      const { status, body } = await createBrowser(app.baseUrl).post('/v1/auth/sign-in', { email, password })
      expect(status).toBe(200)
      expect(body.user).toMatchObject({ id, email, name })
    }
  })

  it('leaves a password alone that somebody chose meanwhile', async () => {
    const [first] = developmentPeople
    const { db } = app.contextFor('auth')
    const mine = eq(account.userId, first!.id)
    await db.update(account).set({ passwordHash: 'chosen' }).where(mine)
    await auth.seed!(app.contextFor('auth'))
    expect(await db.select({ hash: account.passwordHash }).from(account).where(mine)).toEqual([{ hash: 'chosen' }])
  })
})

function foreignKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}
