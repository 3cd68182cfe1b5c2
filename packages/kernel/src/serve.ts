import { identityContract, type Contract } from '@lightpress/protocol'
import type { FastifyInstance } from 'fastify'
import { createApiKeys } from './api-keys.ts'
import { createAuthenticate } from './authenticate.ts'
import { backgroundCall, startBackground } from './background.ts'
import { createCallCache } from './call-cache.ts'
import { ConfigError, type Environment, type KernelConfig } from './config.ts'
import { createDatabase, type Database } from './db.ts'
import { openDevelopmentSignIn } from './development-sign-in.ts'
import { createDrain } from './drain.ts'
import { hostModule } from './host.ts'
import { createHttp } from './http.ts'
import { newId } from './ids.ts'
import { createInternalTokens } from './internal-token.ts'
import { createInvoker, DEADLINE, withDeadline, type Hosted, type Invoke } from './invoke.ts'
import { createKeyRing } from './keys.ts'
import { createLogger, describeError, summarizeError, type Logger } from './logging.ts'
import type { Module, ModuleContext, RequestInfo } from './module.ts'
import { requireKnownHost } from './origin.ts'
import { observeVendors } from './observe-vendors.ts'
import { readConfig, type ProcessConfig } from './process-config.ts'
import { connectQueues, type Signals } from './queues.ts'
import { createRevocations } from './revocations.ts'
import { registerInternalRoutes, registerPublicRoutes, type RoutedModule } from './routes.ts'
import { createStreams } from './sse.ts'
import { registerMetricsRoute, registerSystemRoutes } from './system.ts'
import { startTelemetry, type Telemetry } from './telemetry.ts'

export interface ServeOptions {
  env?: Environment
  /** Contracts that this process documents at /docs and /openapi.json, and tells its modules of. */
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
  /** A context in which a module works on its own account, as a job does; for the command of this name, where it is one. */
  contextFor(module: string, operation?: string): ModuleContext
  /** Calls through the seam, as a module does. */
  invoke: Invoke
  /** Says that nobody foresaw this, where it is seen, and is done when that is sent. */
  tellCrash(error: unknown): Promise<void>
  /** Says that it is not ready, stops taking work, finishes what runs, closes everything, in that order. Safe to call twice. */
  close(): Promise<void>
}

/** Hosts modules in this process, in the roles that the configuration names, until `close`. */
export async function serve(modules: readonly Module[], options: ServeOptions = {}): Promise<Server> {
  const config = readConfig(modules, options)
  const { kernel } = config
  const service = modules.length === 1 ? (modules[0] as Module).name : 'api'
  const log = createLogger(kernel.LOG_LEVEL, service)
  const closers: (() => unknown)[] = []
  try {
    const telemetry = await startTelemetry(kernel, { service, log })
    closers.unshift(() => telemetry.close())
    const queues = await connectQueues(kernel.QUEUE_URL, { log, retryDelay: kernel.RETRY_DELAY })
    closers.unshift(() => queues.close())
    const databases = openDatabases(modules, { config, log, telemetry })
    closers.unshift(() => Promise.allSettled([...databases.values()].map((database) => database.close())))
    for (const [name, database] of databases) await ready(name, database)

    closers.unshift(observeVendors(vendorsOf(modules, config), telemetry))

    const tokens = createInternalTokens(kernel.INTERNAL_KEY)
    const hosted = new Map<string, Hosted>((options.neighbours ?? []).map((neighbour) => [neighbour.name, neighbour]))
    const { invoke, close: closeInvoker } = createInvoker({ hosted, remote: config.remote, tokens, telemetry })
    closers.unshift(closeInvoker)
    const cache = createCallCache({ invoke, signals: queues.signals })
    closers.unshift(() => cache.close())
    const { keys, apiKeys, revocations } = readIdentity({
      invoke,
      signals: queues.signals,
      log,
      publicUrl: kernel.PUBLIC_URL,
    })
    closers.unshift(() => revocations.close())
    closers.unshift(() => keys.close())
    const streams = createStreams({ isRevoked: revocations.isRevoked })
    telemetry.metrics.onScrape('streams', () => telemetry.metrics.streams.set(streams.count()))
    revocations.onChange(() => streams.endWhere(revocations.isStale() ? () => true : revocations.isRevoked))

    const routed: RoutedModule[] = []
    for (const module of modules) {
      const { name } = module
      // Counted from nothing on: else nobody could tell the first from a process that began with it.
      telemetry.metrics.errors.inc({ module: name }, 0)
      const base = { config: config.moduleConfig(name) as never, log: log.child({ module: name }) }
      const own = await module.setup(base)
      const database = databases.get(name) as Database
      const { signals } = queues
      const host = hostModule({
        module,
        ...base,
        own,
        database,
        cache,
        signals,
        streams,
        publicUrl: kernel.PUBLIC_URL,
        contracts: options.documents ?? [],
      })
      routed.push(host)
      hosted.set(name, host)
    }
    for (const [index, module] of modules.entries())
      await module.check?.((routed[index] as RoutedModule).contextFor(backgroundCall(log)))

    const drain = createDrain(kernel.DRAIN_DELAY)
    const checkReady = async () => {
      drain.checkReady()
      await Promise.all([...databases.values()].map((database) => database.ping()))
    }
    const system = { publicUrl: kernel.PUBLIC_URL, checkReady }
    const app = await createHttp({ log, trustedProxies: kernel.TRUSTED_PROXIES ?? [], telemetry })
    const internal = await createHttp({ log, trustedProxies: [], telemetry })
    for (const listener of [app, internal]) drain.tellClients(listener)
    registerSystemRoutes(internal, { ...system, documents: [] })
    registerMetricsRoute(internal, telemetry.metrics)
    registerInternalRoutes(internal, hosted, { tokens, log, telemetry })
    requireKnownHost(app, { publicUrl: kernel.PUBLIC_URL })
    registerSystemRoutes(app, { ...system, documents: options.documents ?? [] })
    const development = await openDevelopmentSignIn({ kernel, invoke, log })
    const authenticate = createAuthenticate({ publicUrl: kernel.PUBLIC_URL, keys, apiKeys, revocations, development })
    if (kernel.ROLES.includes('http')) for (const host of routed) registerPublicRoutes(app, host, { authenticate, log })

    await listen(internal, { host: kernel.HOST, port: kernel.INTERNAL_PORT, variable: 'INTERNAL_PORT' })
    closers.unshift(() => internal.close())
    await revocations.refresh()
    for (const [index, module] of modules.entries()) {
      const about = log.child({ module: module.name })
      const [host, database] = [routed[index] as RoutedModule, databases.get(module.name) as Database]
      const own = { module, config: config.moduleConfig(module.name), host, database }
      closers.unshift(...startBackground({ kernel, ...own, queues, invoke, telemetry, log: about }))
    }
    await listen(app, { host: kernel.HOST, port: kernel.PORT, variable: 'PORT' })
    closers.unshift(() => app.close())
    closers.unshift(() => streams.close())
    closers.unshift(() => drain.run())

    let closed: Promise<void> | undefined
    const contextFor = (name: string, operation?: string) => {
      const origin = { requestId: `background-${newId()}`, traceparent: '', operation }
      return (routed.find((host) => host.name === name) as RoutedModule).contextFor(backgroundCall(log, origin))
    }
    const close = () => (closed ??= closeAll(closers, log))
    const tellCrash = (error: unknown) => {
      log.fatal(describeError(error), 'crashed')
      telemetry.report(error, { module: service })
      return telemetry.close()
    }
    return {
      config: kernel,
      app,
      internal,
      invoke,
      port: portOf(app),
      internalPort: portOf(internal),
      contextFor,
      tellCrash,
      close,
    }
  } catch (error) {
    await closeAll(closers, log)
    throw error
  }
}

interface IdentitySource {
  invoke: Invoke
  signals: Signals
  log: Logger
  publicUrl: string
}

/** What every process asks of the module that issues identity, wherever it runs. */
function readIdentity({ invoke, signals, log, publicUrl }: IdentitySource) {
  const ask = <T>(operation: string, input: unknown, about: Partial<RequestInfo> = {}) =>
    withDeadline(DEADLINE, (limit) => {
      const call = backgroundCall(log)
      const request = { ...call.request, ...about }
      return invoke({ from: 'kernel', to: identityContract, operation, input }, { ...call, request, ...limit })
    }) as Promise<T>
  const keys = createKeyRing({ read: () => ask('readVerificationKeys', {}), publicUrl, signals, log })
  const revocations = createRevocations({
    read: (after) => ask('readRevocations', { after }),
    onKeySet: (keySet) => keys.hear(keySet),
    signals,
    log,
  })
  const apiKeys = createApiKeys({ read: (hash, ip) => ask('readApiKey', { hash }, { ip }), revocations })
  return { keys, apiKeys, revocations }
}

function openDatabases(
  modules: readonly Module[],
  { config, log, telemetry }: { config: ProcessConfig; log: Logger; telemetry: Telemetry },
): Map<string, Database> {
  return new Map(
    modules.map(({ name }) => [
      name,
      createDatabase({
        url: config.databaseUrl(name),
        module: name,
        poolSize: config.kernel.DATABASE_POOL_SIZE,
        log: log.child({ module: name }),
        telemetry,
      }),
    ]),
  )
}

/** Names by origin. */
function vendorsOf(modules: readonly Module[], config: ProcessConfig): Map<string, string> {
  const named = modules.flatMap(({ name, vendors }) => Object.entries(vendors(config.moduleConfig(name) as never)))
  return new Map(named.map(([vendor, url]) => [new URL(url).origin, vendor]))
}

async function ready(name: string, database: Database): Promise<void> {
  try {
    await database.ping()
  } catch (error) {
    throw new ConfigError(
      `The database of ${name} is not ready: ${summarizeError(error)}. Is DATABASE_URL right, and has \`migrate\` run?`,
      { cause: error },
    )
  }
}

async function listen(
  app: FastifyInstance,
  { host, port, variable }: { host: string; port: number; variable: string },
) {
  try {
    await app.listen({ host, port })
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error
    throw new ConfigError(
      `Port ${port} is taken by another process. Set ${variable} to a free one, or end that process.`,
      { cause: error },
    )
  }
}

/** Closes what was opened, last first. One that fails keeps no other open. */
async function closeAll(closers: (() => unknown)[], log: Logger): Promise<void> {
  for (const close of closers.splice(0)) {
    try {
      await close()
    } catch (error) {
      log.warn(describeError(error), 'something could not be closed')
    }
  }
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address()
  return typeof address === 'object' && address ? address.port : 0
}
