import { generateKeyPairSync } from 'node:crypto'
import cookie from '@fastify/cookie'
import { accessToken, keysSignal, type Identity, type VerificationKey } from '@lightpress/protocol'
import { createSigner } from 'fast-jwt'
import Fastify from 'fastify'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { claimsOf, createAuthenticate } from '../src/authenticate.ts'
import { newId } from '../src/ids.ts'
import { createKeyRing, type KeyRing } from '../src/keys.ts'
import { createLogger } from '../src/logging.ts'
import type { Revocations } from '../src/revocations.ts'
import { createEmitter } from '../src/signals.ts'

const log = createLogger('silent', 'test')

const publicUrl = 'http://localhost:3000'
const identity: Identity = {
  userId: newId(),
  sessionId: newId(),
  sessionVersion: 0,
  organizationId: newId(),
  role: 'member',
  operator: false,
  authenticatedAt: 0,
  impersonatorId: null,
}

function createKey(kid: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { x } = publicKey.export({ format: 'jwk' }) as { x: string }
  const key: VerificationKey = { kid, kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', x }
  const sign = createSigner({
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    algorithm: 'EdDSA',
    kid,
    header: { alg: 'EdDSA', typ: accessToken.type },
    iss: publicUrl,
    aud: accessToken.audience,
    expiresIn: accessToken.lifetimeSeconds * 1_000,
  })
  return { key, token: () => sign(claimsOf(identity)) }
}

let published: VerificationKey[]
/** Whoever keeps the keys does not answer. */
let away: boolean
let revoked: boolean
let ring: KeyRing
let announce: () => void
let status: (token: string) => Promise<number>

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  revoked = false
  away = false
  const app = Fastify()
  await app.register(cookie)
  const { signals, receive } = createEmitter(async () => undefined, log)
  announce = () => receive(JSON.stringify([keysSignal, null]))
  const read = async () => {
    if (away) throw new Error('Nobody answers')
    return { keys: published }
  }
  ring = createKeyRing({ read, publicUrl, signals, log })
  const authenticate = createAuthenticate({
    publicUrl,
    keys: ring,
    apiKeys: { find: () => Promise.reject(new TypeError('Nobody has a key here')) },
    revocations: { isRevoked: () => revoked } as Partial<Revocations> as Revocations,
  })
  app.get('/', async (request, reply) => {
    try {
      return await authenticate(request, { optional: false })
    } catch {
      return reply.code(401).send()
    }
  })
  status = async (token) => (await app.inject({ url: '/', headers: { authorization: `Bearer ${token}` } })).statusCode
})
afterEach(async () => {
  vi.useRealTimers()
  await ring.close()
})

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds)

it('knows a token again, and not beyond its five minutes', async () => {
  const { key, token } = createKey('one')
  published = [key]
  const presented = token()
  for (let again = 0; again < 3; again++) expect(await status(presented)).toBe(200)
  pass(accessToken.lifetimeSeconds * 1_000 - 1_000)
  expect(await status(presented)).toBe(200)
  pass(2_000)
  expect(await status(presented)).toBe(401)
})

it('does not know a token any more whose key has gone, or is another one under the same kid', async () => {
  const [one, two] = [createKey('one'), createKey('two')]
  published = [one.key]
  const presented = one.token()
  for (let again = 0; again < 3; again++) expect(await status(presented)).toBe(200)
  published = [two.key]
  announce()
  await expect.poll(() => status(presented)).toBe(401)
  expect(await status(two.token())).toBe(200)

  const anotherTwo = createKey('two')
  const before = two.token()
  expect(await status(before)).toBe(200)
  published = [anotherTwo.key]
  announce()
  await expect.poll(() => status(before)).toBe(401)
  expect(await status(anotherTwo.token())).toBe(200)
})

it('does not know a token any more whose key has gone, although no signal came and the first try at reading failed', async () => {
  const [one, two] = [createKey('one'), createKey('two')]
  published = [one.key]
  ring.hear('one')
  expect(await status(one.token())).toBe(200)
  published = [two.key]
  away = true
  ring.hear('two')
  await ring.close()
  expect(await status(one.token())).toBe(200)
  away = false
  ring.hear('two')
  await expect.poll(() => status(one.token())).toBe(401)
  expect(await status(two.token())).toBe(200)
})

it('believes no key of which nobody has said for the life of a token that it is still published', async () => {
  const { key, token } = createKey('one')
  published = [key]
  ring.hear('one')
  expect(await status(token())).toBe(200)
  away = true
  pass(accessToken.lifetimeSeconds * 1_000 - 1_000)
  ring.hear('one')
  pass(accessToken.lifetimeSeconds * 1_000 - 1_000)
  expect(await status(token())).toBe(200)
  ring.hear('two')
  pass(2_000)
  expect(await status(token())).toBe(401)
  away = false
  expect(await status(token())).toBe(200)
})

it('refuses a token that it has refused before, and one whose time came meanwhile lets in', async () => {
  const { key, token } = createKey('one')
  published = [key]
  pass(120_000)
  const ofTomorrow = token()
  pass(-120_000)
  for (let again = 0; again < 3; again++) expect(await status(ofTomorrow)).toBe(401)
  pass(90_000)
  expect(await status(ofTomorrow)).toBe(200)
})

it('refuses a known token at once when its session was ended', async () => {
  const { key, token } = createKey('one')
  published = [key]
  const presented = token()
  for (let again = 0; again < 3; again++) expect(await status(presented)).toBe(200)
  revoked = true
  expect(await status(presented)).toBe(401)
})

it('does not take a token for another that differs in its signature', async () => {
  const { key, token } = createKey('one')
  published = [key]
  const presented = token()
  for (let again = 0; again < 3; again++) expect(await status(presented)).toBe(200)
  const [header, payload] = presented.split('.')
  expect(await status(`${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`)).toBe(401)
})
