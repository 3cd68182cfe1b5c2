import { anonymous, deliveryOperations, defineContract, identityContract, type Contract } from '@lightpress/protocol'
import type { FastifyInstance } from 'fastify'
import { registerAuthentication } from './authenticate.ts'
import { databaseConfig, kernelConfig, loadConfig, neighbourConfig, type KernelConfig } from './config.ts'
import { createDatabase, type Database } from './db.ts'
import { hostModule } from './host.ts'
import { createHttp } from './http.ts'
import { createInternalTokens } from './internal-token.ts'
import { createInvoker, DEADLINE, type Hosted, type Invoke } from './invoke.ts'
import { createKeyRing } from './keys.ts'
import { createLogger, type Logger } from './logging.ts'
import type { CallContext, Module, ModuleContext } from './module.ts'
import { connectQueues, type QueueBackend } from './queues.ts'
import { startReconciler } from './reconciler.ts'
import { signalCommits, startRelay } from './relay.ts'
import { createRevocations } from './revocations.ts'
import { registerInternalRoutes, registerPublicRoutes, type RoutedModule } from './routes.ts'
import { createStreams } from './sse.ts'
import { registerSystemRoutes } from './system.ts'
import type { Origin } from './tables.ts'
import { continueTrace } from './trace.ts'
import { registerSchedules, startWorker } from './worker.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface ServeOptions {
  env?: Environment
  /** Contracts that this process documents at /docs and /openapi.json. */
  documents?: readonly Contract[]
  /** Stand-ins for neighbours, for tests: see `fakeNeighbour`. */
  neighbours?: readonly Hosted[]
}

export interface Server {
  config: KernelConfig
  /** The public listener, for `inject`. */
  app: FastifyInstance
  internal: FastifyInstance
  port: number
  internalPort: number
  /** A context in which a module works on its own account, as a job does. */
  contextFor(module: string): ModuleContext
  /** Calls through the seam, as a module does. */
  invoke: Invoke
  /** Stops taking work, finishes what runs, closes everything, in that order. Safe to call twice. */
  close(): Promise<void>
}

/** Reads what these modules need from the environment, all at once. */
export function readConfig(modules: readonly Module[], { env = process.env, neighbours = [] }: ServeOptions = {}) {
  for (const module of modules)
    if (!module?.contract) throw new TypeError('serve takes modules, as defineModule makes them')
  const databases = modules.map(({ name }) => [name, databaseConfig(name, env)] as const)
  const remotes = elsewhere(modules, neighbours).map((name) => [name, neighbourConfig(name)] as const)
  const values = loadConfig(
    {
      kernel: kernelConfig,
      ...Object.fromEntries(modules.map((module) => [`module.${module.name}`, module.config])),
      ...Object.fromEntries([...databases, ...remotes].map(([name, { schema }], at) => [`url.${at}.${name}`, schema])),
    },
    env,
  ) as Record<string, Record<string, unknown>> & { kernel: KernelConfig }
  const urls = Object.assign(
    {},
    ...Object.entries(values).flatMap(([key, value]) => (key.startsWith('url.') ? [value] : [])),
  ) as Record<string, string>
  return {
    kernel: values.kernel,
    moduleConfig: (name: string) => values[`module.${name}`],
    databaseUrl: (name: string) => urls[databaseConfig(name, env).name] as string,
    remote: new Map(remotes.map(([name, { name: variable }]) => [name, urls[variable] as string])),
  }
}

/** The neighbours that run in other processes: those that are needed, those that listen, and auth. */
function elsewhere(modules: readonly Module[], neighbours: readonly Hosted[]): string[] {
  const here = new Set([...modules, ...neighbours].map(({ name }) => name))
  const wanted = modules.flatMap(({ needs, publishes }) => [
    ...Object.values(needs).map(({ name }) => name),
    ...publishes.flatMap(({ listeners }) => listeners),
  ])
  return [...new Set([...wanted, identityContract.name])].filter((name) => !here.has(name))
}

/** Hosts modules in this process, in the roles that the configuration names, until `close`. */
export async function serve(modules: readonly Module[], options: ServeOptions = {}): Promise<Server> {
  const config = readConfig(modules, options)
  const { kernel } = config
  const log = createLogger(kernel.LOG_LEVEL, modules.length === 1 ? (modules[0] as Module).name : 'api')
  const closing: (() => unknown)[] = []
  try {
    const queues = await connectQueues(kernel.QUEUE_URL, { log, retryDelay: kernel.RETRY_DELAY })
    closing.unshift(() => queues.close())
    const databases = openDatabases(modules, { config, log })
    closing.unshift(() => Promise.allSettled([...databases.values()].map((database) => database.close())))
    for (const [name, database] of databases) await ready(name, database)

    const streams = createStreams()
    const tokens = createInternalTokens(kernel.INTERNAL_KEY)
    const hosted = new Map<string, Hosted>((options.neighbours ?? []).map((neighbour) => [neighbour.name, neighbour]))
    const { invoke, close: closeInvoker } = createInvoker({ hosted, remote: config.remote, tokens })
    closing.unshift(closeInvoker)
    const routed: RoutedModule[] = []
    for (const module of modules) {
      const base = { config: config.moduleConfig(module.name) as never, log: log.child({ module: module.name }) }
      const database = databases.get(module.name) as Database
      const host = hostModule({
        module,
        ...base,
        own: await module.setup(base),
        database,
        invoke,
        signals: queues.signals,
        streams,
        publicUrl: kernel.PUBLIC_URL,
      })
      routed.push(host)
      hosted.set(module.name, host)
    }

    const identity = <T>(operation: string, input: unknown) =>
      invoke({ from: 'kernel', to: identityContract, operation, input }, backgroundCall(log)) as Promise<T>
    const keys = createKeyRing(() => identity('readVerificationKeys', {}))
    const revocations = createRevocations({
      read: (after) => identity('readRevocations', { after }),
      signals: queues.signals,
      log,
    })
    closing.unshift(() => revocations.close())
    revocations.onRevoked(({ sessionId, userId, minimumVersion }) =>
      streams.endWhere(
        (open) =>
          open.sessionId === sessionId ||
          (open.userId === userId && minimumVersion !== null && open.sessionVersion < minimumVersion),
      ),
    )

    let draining = false
    const checkReady = async () => {
      if (draining) throw new Error('shutting down')
      await Promise.all([...databases.values()].map((database) => database.ping()))
    }
    const system = { publicUrl: kernel.PUBLIC_URL, checkReady }
    const app = await createHttp({ log, trustedProxies: kernel.TRUSTED_PROXIES })
    const internal = await createHttp({ log, trustedProxies: [] })
    registerSystemRoutes(internal, { ...system, documents: [] })
    registerInternalRoutes(internal, hosted, { tokens, log })
    registerSystemRoutes(app, { ...system, documents: options.documents ?? [] })
    const authenticate = await registerAuthentication(app, { publicUrl: kernel.PUBLIC_URL, keys, revocations })
    if (kernel.ROLES.includes('http'))
      for (const module of routed) registerPublicRoutes(app, module, { authenticate, log })

    await internal.listen({ host: kernel.HOST, port: kernel.INTERNAL_PORT })
    closing.unshift(() => internal.close())
    await revocations.refresh()
    closing.unshift(...startBackground(modules, { kernel, databases, queues, routed, invoke, log }))
    await app.listen({ host: kernel.HOST, port: kernel.PORT })
    closing.unshift(() => app.close())
    closing.unshift(() => {
      draining = true
      streams.endWhere(() => true)
    })

    let closed: Promise<void> | undefined
    const contextFor = (name: string) =>
      (routed.find((module) => module.name === name) as RoutedModule).contextFor(backgroundCall(log))
    return {
      config: kernel,
      app,
      internal,
      invoke,
      port: portOf(app),
      internalPort: portOf(internal),
      contextFor,
      close: () => (closed ??= closeAll(closing)),
    }
  } catch (error) {
    await closeAll(closing)
    throw error
  }
}

function openDatabases(
  modules: readonly Module[],
  { config, log }: { config: ReturnType<typeof readConfig>; log: Logger },
): Map<string, Database> {
  return new Map(
    modules.map(({ name }) => [
      name,
      createDatabase({
        url: config.databaseUrl(name),
        module: name,
        poolSize: config.kernel.DATABASE_POOL_SIZE,
        log: log.child({ module: name }),
      }),
    ]),
  )
}

async function ready(name: string, database: Database): Promise<void> {
  try {
    await database.ping()
  } catch (error) {
    throw new Error(
      `The database of ${name} is not ready: ${(error as Error).message}. Is DATABASE_URL right, and has \`migrate\` run?`,
      { cause: error },
    )
  }
}

interface BackgroundOptions {
  kernel: KernelConfig
  databases: ReadonlyMap<string, Database>
  queues: QueueBackend
  routed: readonly RoutedModule[]
  invoke: Invoke
  log: Logger
}

/** Starts what works without being asked, by role; returns how to stop it, workers first. */
function startBackground(
  modules: readonly Module[],
  { kernel, databases, queues, routed, invoke, log }: BackgroundOptions,
): (() => unknown)[] {
  const stops: (() => unknown)[] = []
  for (const module of modules) {
    const about = log.child({ module: module.name })
    const database = databases.get(module.name) as Database
    const host = routed.find(({ name }) => name === module.name) as RoutedModule
    const contextFor = (origin: Origin) => host.contextFor(backgroundCall(about, origin))
    const ask = async (listener: string, ids: string[]) => {
      const to = defineContract(listener, {})
      const answer = (await invoke(
        { from: module.name, to, operation: 'readDeliveryStates', input: { ids } },
        backgroundCall(about),
      )) as { states: Record<string, never> }
      return deliveryOperations.readDeliveryStates.output.parse(answer).states
    }
    if (kernel.ROLES.includes('relay')) {
      const relay = startRelay({ module: module.name, database, queues, log: about })
      const reconciler = startReconciler({ module: module.name, database, ask, log: about })
      stops.push(
        () => reconciler.close(),
        () => relay.close(),
      )
    } else {
      stops.push(signalCommits(module.name, queues))
    }
    if (kernel.ROLES.includes('worker')) {
      const worker = startWorker({
        module,
        database,
        queues,
        contextFor,
        concurrency: kernel.DATABASE_POOL_SIZE,
        log: about,
      })
      stops.unshift(() => worker.close())
    }
    if (kernel.ROLES.includes('scheduler')) {
      registerSchedules(module, queues).catch((error: Error) =>
        about.warn({ error: error.message }, 'schedules could not be registered; the next start tries again'),
      )
    }
  }
  return stops
}

/** For work that nobody waits for: anonymous, with the trace of what caused it. */
function backgroundCall(log: Logger, origin: Origin = { requestId: 'background', traceparent: '' }): CallContext {
  return {
    caller: anonymous,
    request: {
      requestId: origin.requestId,
      traceparent: continueTrace(origin.traceparent),
      ip: null,
      userAgent: null,
      idempotencyKey: null,
    },
    deadline: Date.now() + DEADLINE,
    signal: AbortSignal.timeout(DEADLINE),
    log: log.child({ requestId: origin.requestId }),
  }
}

async function closeAll(closing: (() => unknown)[]): Promise<void> {
  for (const close of closing.splice(0)) await close()
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address()
  return typeof address === 'object' && address ? address.port : 0
}
