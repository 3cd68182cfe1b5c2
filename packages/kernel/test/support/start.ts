import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { createTestDatabase } from '@lightpress/local'
import {
  accessToken,
  createHttpClient,
  identityContract,
  routesOf,
  type ApiKeyGrant,
  type Identity,
  type Revocation,
} from '@lightpress/protocol'
import { createSigner } from 'fast-jwt'
import type { z } from 'zod'
import { claimsOf } from '../../src/authenticate.ts'
import type { Hosted } from '../../src/invoke.ts'
import { fakeNeighbour, migrate, migrateQueues, newId, serve, type Module, type Server } from '../../src/index.ts'
import { ping as pingContract, pong as pongContract } from './contracts.ts'
import { ping, pong } from './modules.ts'

export const publicUrl = 'http://localhost:3000'

export type Topology = 'one process' | 'over HTTP'
export const topologies: readonly Topology[] = ['one process', 'over HTTP']

/** What the access tokens of the environment are signed with, under the kid `one`. */
export const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const signingKey = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string

/** An access token of the environment; `header` and `claims` bend it. */
export function tokenFor(
  identity: Partial<Identity> = {},
  { header = {}, ...claims }: { header?: object; iss?: string; aud?: string } = {},
): string {
  const whole: Identity = {
    userId: newId(),
    sessionId: newId(),
    sessionVersion: 0,
    organizationId: newId(),
    role: 'member',
    operator: false,
    authenticatedAt: Math.floor(Date.now() / 1000),
    impersonatorId: null,
    ...identity,
  }
  const sign = createSigner({
    key: signingKey,
    algorithm: 'EdDSA',
    header: { alg: 'EdDSA', typ: accessToken.type, kid: 'one', ...header },
    iss: claims.iss ?? publicUrl,
    aud: claims.aud ?? accessToken.audience,
    expiresIn: 300_000,
  })
  return sign(claimsOf(whole))
}

/** A key of the environment, and what it stands for: reading what pong has, unless told otherwise. */
export function newApiKey({ apiKeys }: Pick<World, 'apiKeys'>, about: Partial<ApiKeyGrant> = {}) {
  const key = `lp_${randomBytes(6).toString('hex')}_${randomBytes(32).toString('hex')}`
  const grant = { apiKeyId: newId(), organizationId: newId(), scopes: ['pong:read'], expiresAt: null, ...about }
  apiKeys.set(createHash('sha256').update(key).digest('base64url'), grant)
  return { key, ...grant }
}

export interface World {
  databaseUrl: string
  revocations: z.input<typeof Revocation>[]
  /** API keys of the environment, by the SHA-256 of each. */
  apiKeys: Map<string, ApiKeyGrant>
  servers: Server[]
  baseUrl: string
  env: Record<string, string>
  ping: ReturnType<typeof createHttpClient<typeof pingContract>>
  effects(): Promise<{ notes: string[]; attempts: number }>
  /** Starts one of the modules once more, in the same environment. */
  start(modules: readonly Module[], env?: Record<string, string>, neighbours?: readonly Hosted[]): Promise<Server>
  close(): Promise<void>
}

/** ping and pong, or others of these names, on a fresh database, in one process or as two servers that talk over HTTP. */
export async function startWorld(
  topology: Topology,
  env: Record<string, string> = {},
  two: { ping: Module; pong: Module } = { ping, pong },
): Promise<World> {
  const database = await createTestDatabase()
  const base = {
    NODE_ENV: 'test',
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    HOST: '127.0.0.1',
    PORT: '0',
    INTERNAL_PORT: '0',
    PUBLIC_URL: publicUrl,
    DATABASE_URL: database.url,
    QUEUE_URL: database.url,
    INTERNAL_KEY: randomBytes(32).toString('base64'),
    RETRY_DELAY: '5',
    ...env,
  }
  await migrate([ping, pong].map(({ name, migrations }) => ({ module: name, url: database.url, folder: migrations })))
  await migrateQueues(database.url)
  const revocations: z.input<typeof Revocation>[] = []
  const apiKeys = new Map<string, ApiKeyGrant>()
  const { x } = publicKey.export({ format: 'jwk' }) as { x: string }
  const auth = fakeNeighbour(identityContract, {
    readVerificationKeys: () => ({ keys: [{ kid: 'one', kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', x }] }),
    readRevocations: ({ after }: { after: number }) => ({
      revocations: revocations.filter(({ sequence }) => sequence > after),
      latest: revocations.at(-1)?.sequence ?? 0,
      keySet: 'one',
    }),
    readApiKey: ({ hash }: { hash: string }) => ({ apiKey: apiKeys.get(hash) ?? null }),
  })
  const start = (modules: readonly Module[], more: Record<string, string> = {}, neighbours: readonly Hosted[] = []) =>
    serve(modules, { env: { ...base, ...more }, neighbours: [auth, ...neighbours] })

  const servers: Server[] = []
  if (topology === 'one process') {
    servers.push(await start([two.ping, two.pong]))
  } else {
    const second = await start([two.pong])
    const first = await start([two.ping], { PONG_URL: `http://127.0.0.1:${second.internalPort}` })
    servers.push(first, second)
  }
  const baseUrl = `http://127.0.0.1:${(servers[0] as Server).port}`
  return {
    databaseUrl: database.url,
    revocations,
    apiKeys,
    servers,
    baseUrl,
    env: base,
    ping: createHttpClient<typeof pingContract>(routesOf(pingContract), { baseUrl }),
    async effects() {
      const server = servers.at(-1) as Server
      const asked = { from: 'test', to: pongContract, operation: 'effects', input: {} }
      return (await server.invoke(asked, server.contextFor('pong'))) as { notes: string[]; attempts: number }
    },
    start,
    async close() {
      for (const server of servers) await server.close()
      await database.drop()
    },
  }
}

export async function until<T>(look: () => Promise<T> | T, holds: (value: T) => boolean, timeout = 60_000): Promise<T> {
  const end = Date.now() + timeout
  for (;;) {
    const value = await look()
    if (holds(value)) return value
    if (Date.now() > end) throw new Error(`It did not happen within ${timeout} ms; last seen: ${JSON.stringify(value)}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
