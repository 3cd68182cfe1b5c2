import { createTestDatabase } from '@lightpress/dev'
import {
  fakeNeighbour,
  kernelTables,
  migrate,
  migrateQueues,
  serve,
  type Module,
  type Server,
} from '@lightpress/kernel'
import {
  createHttpClient,
  defineContract,
  identityContract,
  routesOf,
  type Client,
  type Contract,
  type Identity,
} from '@lightpress/protocol'
import { asc } from 'drizzle-orm'
import { createTokenIssuer } from './tokens.ts'

type Fakes = Record<string, (input: never) => unknown>

export interface ModuleUnderTest {
  /** Stand-ins for what the module needs: `[contract, functions]`. Auth's keys and revocations are there already. */
  neighbours?: readonly (readonly [Contract, Fakes])[]
  env?: Record<string, string>
}

export interface RunningModule extends Server {
  baseUrl: string
  databaseUrl: string
  /** A client of the module's public operations over HTTP, as somebody or as nobody. */
  as<C extends Contract>(contract: C, identity?: Partial<Identity> | null): Client<C>
  token(identity?: Partial<Identity>): string
  /** Calls through the seam as another module does, operations for services included. */
  callAs<C extends Contract>(from: string, contract: C): Client<C>
  /** What the module's commits promised, oldest first. */
  outbox(): Promise<{ id: string; listener: string; kind: string; type: string; state: string; payload: unknown }[]>
}

/** What every process of a test reads, with random keys and ports. */
export function testEnvironment(databaseUrl: string): Record<string, string> {
  const key = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')
  return {
    NODE_ENV: 'test',
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    HOST: '127.0.0.1',
    PORT: '0',
    INTERNAL_PORT: '0',
    PUBLIC_URL: 'http://localhost:3000',
    DATABASE_URL: databaseUrl,
    QUEUE_URL: databaseUrl,
    INTERNAL_KEY: key(),
    AUTH_KEY_ENCRYPTION_KEY: key(),
    SECRETS_ENCRYPTION_KEY: key(),
  }
}

/** Boots exactly one module on a real, fresh PostgreSQL, its neighbours played by functions typed by contract. */
export async function startModule(
  module: Module,
  { neighbours = [], env = {} }: ModuleUnderTest = {},
): Promise<RunningModule> {
  const database = await createTestDatabase()
  const environment = { ...testEnvironment(database.url), ...env }
  const issuer = createTokenIssuer(environment.PUBLIC_URL as string)
  await migrate([{ module: module.name, url: database.url, folder: module.migrations }])
  await migrateQueues(database.url)
  const others = new Map(neighbours.map(([contract, fakes]) => [contract.name, { contract, fakes }]))
  const identity: Fakes = {
    readVerificationKeys: () => ({ keys: issuer.keys }),
    readRevocations: () => ({ revocations: [], latest: 0 }),
  }
  if (module.name !== identityContract.name) {
    const auth = others.get(identityContract.name)
    others.set(identityContract.name, {
      contract: auth?.contract ?? identityContract,
      fakes: { ...identity, ...auth?.fakes },
    })
  }
  const silent = new Set(
    module.publishes.flatMap(({ listeners }) => listeners).filter((name) => name !== module.name && !others.has(name)),
  )
  const server = await serve([module], {
    env: environment,
    neighbours: [
      ...[...others.values()].map(({ contract, fakes }) => fakeNeighbour(contract, fakes)),
      // Listeners that the test does not care about never saw anything.
      ...[...silent].map((name) =>
        fakeNeighbour(defineContract(name, {}), { readDeliveryStates: () => ({ states: {} }) }),
      ),
    ],
  })
  const baseUrl = `http://127.0.0.1:${server.port}`
  return {
    ...server,
    baseUrl,
    databaseUrl: database.url,
    token: issuer.issue,
    as(contract, identity = null) {
      const token = identity && issuer.issue(identity)
      return createHttpClient(routesOf(contract), {
        baseUrl,
        headers: () => (token ? { authorization: `Bearer ${token}` } : {}),
      })
    },
    callAs: (from, to) =>
      Object.fromEntries(
        Object.keys(to.operations).map((operation) => [
          operation,
          (input: unknown = {}) => server.invoke({ from, to, operation, input }, server.contextFor(module.name)),
        ]),
      ) as never,
    async outbox() {
      const { outbox } = kernelTables(module.name)
      return server.contextFor(module.name).db.select().from(outbox).orderBy(asc(outbox.createdAt))
    },
    async close() {
      await server.close()
      await database.drop()
    },
  }
}

/** Waits for something that happens by itself: asks again until it holds, and says what it last saw. */
export async function until<T>(
  look: () => Promise<T> | T,
  holds: (value: T) => boolean,
  { timeout = 20_000 } = {},
): Promise<T> {
  const end = Date.now() + timeout
  for (;;) {
    const value = await look()
    if (holds(value)) return value
    if (Date.now() > end) throw new Error(`It did not happen within ${timeout} ms; last seen: ${JSON.stringify(value)}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
