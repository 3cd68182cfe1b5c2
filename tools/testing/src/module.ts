import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createTestDatabase, type Template } from '@lightpress/local'
import {
  fakeNeighbour,
  kernelTables,
  migrate,
  migrateQueues,
  newId,
  serve,
  type Module,
  type Server,
} from '@lightpress/kernel'
import {
  createHttpClient,
  defineContract,
  identityContract,
  routesOf,
  type Calls,
  type Client,
  type Contract,
  type EventDefinition,
  type Identity,
  type Payload,
} from '@lightpress/protocol'
import { asc, eq, sql } from 'drizzle-orm'
import { createTokenIssuer } from './tokens.ts'

type Fakes = Record<string, (input: never) => unknown>

export interface ModuleUnderTest {
  /**
   * Stand-ins for what the module needs: `[contract, functions]`. Auth's keys and revocations are there already; a neighbour
   * of whom nothing is said holds nothing.
   */
  neighbours?: readonly (readonly [Contract, Fakes])[]
  env?: Record<string, string>
  /** Contracts of the environment that the module is told of. */
  documents?: readonly Contract[]
}

export interface RunningModule extends Server {
  baseUrl: string
  databaseUrl: string
  /** Another process of the same module, on the same database and queue. */
  startAnother(env?: Record<string, string>): Promise<Server & { baseUrl: string }>
  /**
   * Brings an event by way of outbox, relay, queue and inbox, and waits until its handler is done with it. The same
   * `id` again is the same event, brought once more.
   */
  deliver<E extends EventDefinition>(
    event: E,
    payload: Payload<E>,
    options?: { id?: string },
  ): Promise<{ id: string; state: 'done' | 'dead'; error: string | null }>
  /** A client of the module's public operations over HTTP, as somebody or as nobody. */
  as<C extends Contract>(contract: C, identity?: Partial<Identity> | null): Client<C>
  token(identity?: Partial<Identity>): string
  /** Calls through the seam as another module does, operations for services included. */
  callAs<C extends Contract>(from: string, contract: C): Calls<C>
  /** What the module's commits promised, oldest first. */
  outbox(): Promise<{ id: string; listener: string; kind: string; type: string; state: string; payload: unknown }[]>
}

/** What a module answers to those who ask all of them, where it holds nothing, did nothing and saw nothing. */
const nothing: Fakes = {
  readDeliveryStates: () => ({ states: {} }),
  exportData: () => ({ parts: [], nextCursor: null }),
  describeErasure: () => ({ items: [] }),
  releaseData: () => ({ items: [] }),
  eraseData: () => ({ items: [], done: true }),
  readTrail: () => ({ items: [] }),
  readQueues: () => ({ queues: [] }),
}

/** Folders for files: of a test that ends by itself they are gone with it. */
const folders = new Set<string>()
process.on('exit', () => folders.forEach(removeFolder))

function removeFolder(url: string) {
  rmSync(new URL(url), { recursive: true, force: true })
  folders.delete(url)
}

/** What every process of a test reads, with random keys and ports, and a folder for files that is removed at its end. */
export function testEnvironment(databaseUrl: string): Record<string, string> {
  const storage = pathToFileURL(join(tmpdir(), `lightpress-files-${newId()}`)).href
  folders.add(storage)
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
    STORAGE_URL: storage,
    INTERNAL_KEY: key(),
    AUTH_KEY_ENCRYPTION_KEY: key(),
    SECRETS_ENCRYPTION_KEY: key(),
  }
}

/** Boots exactly one module on a real, fresh PostgreSQL, its neighbours played by functions typed by contract. */
export async function startModule(
  module: Module,
  { neighbours = [], env = {}, documents = [] }: ModuleUnderTest = {},
): Promise<RunningModule> {
  const database = await createTestDatabase(schemaOf(module))
  const made = testEnvironment(database.url)
  const environment = { ...made, ...env }
  const issuer = createTokenIssuer(environment.PUBLIC_URL as string)
  const others = new Map(neighbours.map(([contract, fakes]) => [contract.name, { contract, fakes }]))
  const identity: Fakes = {
    readVerificationKeys: () => ({ keys: issuer.keys }),
    readRevocations: () => ({ revocations: [], latest: 0, keySet: '' }),
  }
  if (module.name !== identityContract.name) {
    const auth = others.get(identityContract.name)
    others.set(identityContract.name, {
      contract: auth?.contract ?? identityContract,
      fakes: { ...identity, ...auth?.fakes },
    })
  }
  const listeners = module.publishes.flatMap(({ listeners }) => listeners)
  const named = [...listeners.map((name) => defineContract(name, {})), ...Object.values(module.needs)]
  const silent = new Map(
    named.filter(({ name }) => name !== module.name && !others.has(name)).map((contract) => [contract.name, contract]),
  )
  const hosted = [
    ...[...others.values()].map(({ contract, fakes }) => fakeNeighbour(contract, fakes)),
    // Neighbours that the test does not care about.
    ...[...silent.values()].map((contract) => fakeNeighbour(contract, nothing)),
  ]
  const start = (more: Record<string, string> = {}) =>
    serve([module], { env: { ...environment, ...more }, neighbours: hosted, documents })
  const server = await start()
  const baseUrl = `http://127.0.0.1:${server.port}`
  return {
    ...server,
    baseUrl,
    databaseUrl: database.url,
    token: issuer.issue,
    async startAnother(more) {
      const another = await start(more)
      return { ...another, baseUrl: `http://127.0.0.1:${another.port}` }
    },
    deliver: (event, payload, { id = newId() } = {}) =>
      deliver({ id, type: event.type, payload }, { module: module.name, server }),
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
      return server.contextFor(module.name).db.select().from(outbox).orderBy(asc(outbox.createdAt), asc(outbox.id))
    },
    async close() {
      await server.close()
      await database.drop()
      removeFolder(made.STORAGE_URL as string)
    },
  }
}

/** The module's tables and the queue's, which every test of the module would make anew. */
function schemaOf({ name, migrations, extensions }: Module): Template {
  return {
    name: `${name} of ${migrations.href}`,
    async fill(url) {
      await migrate([{ module: name, url, folder: migrations, extensions }])
      await migrateQueues(url)
    },
  }
}

async function deliver(
  { id, type, payload }: { id: string; type: string; payload: unknown },
  { module, server }: { module: string; server: Server },
) {
  const { outbox, inbox } = kernelTables(module)
  const ctx = server.contextFor(module)
  await ctx.db
    .insert(outbox)
    .values({ id, listener: module, kind: 'event', type, payload, origin: { requestId: id, traceparent: '' } })
    .onConflictDoUpdate({ target: [outbox.id, outbox.listener], set: { state: 'pending' } })
  ctx.signals.emit(`outbox.${module}`, null)
  await until(
    () => ctx.db.select({ state: outbox.state }).from(outbox).where(eq(outbox.id, id)),
    ([row]) => row?.state !== 'pending',
  )
  // The queue forgets what it is done with. It is not the module's to read, so the login reads it.
  await until(
    () =>
      ctx.withTx(async (tx) => {
        await tx.execute(sql`set local role none`)
        return (await tx.execute(sql`select state from bullmq.job where id = ${id}`)).rows
      }),
    (jobs) => jobs.length === 0,
  )
  const [settled] = await ctx.db
    .select({ id: inbox.id, state: inbox.state, error: inbox.error })
    .from(inbox)
    .where(eq(inbox.id, id))
  if (!settled) throw new Error(`${type} left the queue and the inbox never saw it`)
  return settled
}

/** Waits for something that happens by itself: asks again until it holds, and says what it last saw. */
export async function until<T>(
  look: () => Promise<T> | T,
  holds: (value: T) => boolean,
  { timeout = 60_000 } = {},
): Promise<T> {
  const end = Date.now() + timeout
  for (;;) {
    const value = await look()
    if (holds(value)) return value
    if (Date.now() > end) throw new Error(`It did not happen within ${timeout} ms; last seen: ${JSON.stringify(value)}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
