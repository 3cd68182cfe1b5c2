import { ConfigError, type KernelConfig } from './config.ts'
import { eventCommands, runEvents } from './event-commands.ts'
import { createLogger } from './logging.ts'
import { migrate, MigrationError } from './migrate.ts'
import type { Module } from './module.ts'
import { readMigrationConfig } from './process-config.ts'
import { serve, type ServeOptions, type Server } from './serve.ts'

/**
 * Milliseconds that a shutdown may take after DRAIN_DELAY, before the process ends anyway. The platform has to wait for
 * longer than both: docker stop for 10 s, ECS for 30 s, unless told otherwise.
 */
const SHUTDOWN = 25_000

/**
 * The same of a process that answers nobody. A request is over in ten seconds; a job goes on step by step, and an archive or a
 * comparison with Stripe takes minutes. ECS waits for 120 s at most: what is cut off then is begun anew elsewhere.
 */
const SHUTDOWN_OF_WORKER = 110_000

/**
 * The whole of a service's main.ts: without an argument it serves until SIGTERM; `migrate` brings the schemas up
 * to date, `events` tells what waits or is dead and sends it again, `seed` puts development data in, and modules have
 * commands of their own (`keys rotate`); those end. What a person must mend is said without a stack.
 */
export async function main(
  modules: readonly Module[],
  options: Omit<ServeOptions, 'env' | 'neighbours'> = {},
): Promise<void> {
  const [command = 'serve', ...args] = process.argv.slice(2)
  try {
    switch (command) {
      case 'serve':
        return await serveUntilTold(modules, options)
      case 'migrate':
        return await migrateAll(modules)
      case 'events':
        return console.log(await runEvents(args, modules))
      case 'seed':
        return await seedAll(modules)
      case 'help':
        return console.log(listCommands(modules))
      default:
        return await runCommand(modules, [command, ...args])
    }
  } catch (error) {
    const plain = error instanceof ConfigError || error instanceof MigrationError
    console.error(plain ? error.message : error)
    process.exit(1)
  }
}

async function serveUntilTold(modules: readonly Module[], options: ServeOptions): Promise<void> {
  const server = await serve(modules, options)
  server.app.log.info({ port: server.port, internalPort: server.internalPort, roles: server.config.ROLES }, 'ready')
  const stop = (signal: string) => {
    server.app.log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), longestShutdown(server.config)).unref()
    void server.close().finally(() => process.exit(0))
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, stop)
  // Nobody knows how this process is now: it ends, and the platform starts another. What Node would print of the error by
  // itself may quote people's data, and is no line of the log.
  process.on('uncaughtException', (error) => void server.tellCrash(error).finally(() => process.exit(1)))
}

/** Milliseconds from the signal to the end at the latest. */
export function longestShutdown({ ROLES, DRAIN_DELAY }: Pick<KernelConfig, 'ROLES' | 'DRAIN_DELAY'>): number {
  return DRAIN_DELAY + (ROLES.includes('http') ? SHUTDOWN : SHUTDOWN_OF_WORKER)
}

async function migrateAll(modules: readonly Module[]): Promise<void> {
  const { kernel, databaseUrl } = readMigrationConfig(modules)
  const log = createLogger(kernel.LOG_LEVEL, 'migrate')
  await migrate(
    modules.map(({ name, migrations: folder, extensions }) => ({
      module: name,
      url: databaseUrl(name),
      folder,
      extensions,
    })),
    log,
  )
  if (kernel.QUEUE_URL.startsWith('postgres')) {
    const { migrateQueues } = await import('./queue-postgres.ts')
    await migrateQueues(kernel.QUEUE_URL)
  }
  log.info('the database is up to date')
}

async function seedAll(modules: readonly Module[]): Promise<void> {
  if (process.env.NODE_ENV === 'production')
    throw new ConfigError('Seeding is for development; NODE_ENV is "production".')
  await whileServing(modules, async ({ contextFor }) => {
    for (const module of modules) await module.seed?.(contextFor(module.name))
  })
}

async function runCommand(modules: readonly Module[], words: readonly string[]): Promise<void> {
  for (const { name: module, commands } of modules) {
    for (const { name, run } of commands.values()) {
      const length = name.split(' ').length
      if (words.slice(0, length).join(' ') !== name) continue
      const args = words.slice(length)
      return whileServing(modules, async ({ contextFor }) => {
        console.log(await run({ args }, contextFor(module, `${module}.${name}`) as never))
      })
    }
  }
  throw new ConfigError(`Unknown command "${words.join(' ')}". Known:\n${listCommands(modules)}`)
}

function listCommands(modules: readonly Module[]): string {
  const known: [string, string][] = [
    ['serve', 'Serves until it is told to stop; the default.'],
    ['migrate', 'Brings the schemas up to date.'],
    ...eventCommands,
    ['seed', 'Puts development data in.'],
    ['help', 'Lists the commands.'],
    ...modules.flatMap(({ commands }) =>
      [...commands.values()].map(({ name, summary }): [string, string] => [name, summary]),
    ),
  ]
  const width = Math.max(...known.map(([name]) => name.length)) + 2
  return known.map(([name, summary]) => `  ${name.padEnd(width)}${summary}`).join('\n')
}

/** A process that does not take work from outside or from queues, but sends what it publishes. */
async function whileServing(modules: readonly Module[], work: (server: Server) => Promise<void>): Promise<void> {
  const alone = { PORT: '0', INTERNAL_PORT: '0', ROLES: 'http,relay', DRAIN_DELAY: '0' }
  const server = await serve(modules, { env: { ...process.env, ...alone } })
  try {
    await work(server)
  } finally {
    await server.close()
  }
}
