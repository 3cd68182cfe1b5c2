import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createTestDatabase, freePort, startRedis, type Redis } from '@lightpress/local'
import { startMailbox } from '@lightpress/mailbox'
import { createStripeEmulator } from '@lightpress/stripe-emulator'
import { createGateway } from './gateway.ts'
import type { GatewayOptions } from './gateway.ts'
import { createProcesses } from './processes.ts'
import { ROOT } from './run/child.ts'
import { runToEnd } from './run/run-to-end.ts'
import { COMMANDS, planServices, routesTo, sharedEnvironment } from './services.ts'
import type { Service, Topology } from './services.ts'
import { generateSecrets } from './start/secrets.ts'
import { webhooks } from './webhooks.ts'

export interface StackOptions {
  topology: Topology
  queue: 'postgres' | 'redis'
  /** What answers outside the contracts' paths; nothing by default. */
  web?: GatewayOptions['rest']
  /** Added to the environment of every service. */
  env?: Record<string, string>
  /** Other programs than the sources here, as of another release: what runs, planned, and whose `migrate` comes first. */
  programs?: { services: readonly Service[]; commands: string }
}

/** The whole product, as `npm start` runs it, on a database of its own: for tests. */
export interface Stack {
  /** The gateway: the one origin that a browser sees. */
  url: string
  mailbox: string
  stripe: string
  databaseUrl: string
  /** There with the queue `redis`. */
  redis: Redis | undefined
  /** Names of the processes: `api`, or one for each module. */
  services: readonly Service[]
  /** What every process is told, for whoever starts another one. */
  environment: NodeJS.ProcessEnv
  /** Sends a signal and, where that ends the process, waits for its end. It stays down until `restart`. */
  kill(service: string, signal: NodeJS.Signals): Promise<void>
  /** Starts a process, ending it first if it runs, and waits until it is ready. */
  restart(service: string): Promise<void>
  /** Every line that a process has written. */
  logs(service: string): readonly string[]
  stop(): Promise<void>
}

/** Starts it on random ports. What it began is stopped again if it does not come up. */
export async function startStack({ topology, queue, web, env = {}, programs }: StackOptions): Promise<Stack> {
  const stops: (() => unknown)[] = []
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end()
  }
  try {
    const services = programs?.services ?? (await planServices(topology))
    const gateway = createGateway({ routes: routesTo(services), ...(web && { rest: web }) })
    // A name, because passkeys are for one, and both loopback addresses, since browsers try both.
    const port = await freePort()
    await gateway.listen({ port, host: 'localhost' })
    const url = `http://localhost:${port}`
    const secrets = Object.fromEntries(
      Object.entries(generateSecrets()).map(([name, made]) => [name, env[name] ?? made]),
    )

    const files = await mkdtemp(join(tmpdir(), 'lightpress-files-'))
    stops.push(() => rm(files, { recursive: true }))
    const redis = queue === 'redis' ? await startRedis() : undefined
    if (queue === 'redis' && !redis) throw new Error('redis-server is not installed')
    stops.push(() => redis?.stop())
    const mailbox = await startMailbox({
      webhook: { url: webhooks(url).mail, secret: secrets.RESEND_WEBHOOK_SECRET ?? '' },
    })
    stops.push(() => mailbox.stop())
    const stripe = await createStripeEmulator({
      webhooks: [{ url: webhooks(url).stripe, secret: secrets.STRIPE_WEBHOOK_SECRET ?? '' }],
    })
    stops.push(() => stripe.close())
    const { url: stripeUrl } = await stripe.listen()

    const environmentOn = (databaseUrl: string) => ({
      ...machine(),
      ...sharedEnvironment({
        databaseUrl,
        queueUrl: redis?.url ?? databaseUrl,
        publicUrl: url,
        storageUrl: pathToFileURL(files).href,
        mailboxUrl: mailbox.url,
        stripeUrl,
        secrets,
      }),
      WEBHOOK_TARGETS: 'local',
      ...env,
    })
    const script = resolve(ROOT, programs?.commands ?? COMMANDS)
    const database = await createTestDatabase({
      name: `of the product, migrated by ${script}, queues on ${queue}`,
      fill: (on) => runToEnd('migrate', { script, args: ['migrate'], cwd: ROOT, env: environmentOn(on) }),
    })
    stops.push(() => database.drop())
    const shared = environmentOn(database.url)
    const processes = createProcesses(services, shared)
    stops.push(processes.stop, () => gateway.close())
    await Promise.all(services.map(({ name }) => processes.restart(name)))

    const { kill, restart, logs } = processes
    return {
      url,
      mailbox: mailbox.url,
      stripe: stripeUrl,
      databaseUrl: database.url,
      redis,
      services,
      environment: shared,
      kill,
      restart,
      logs,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What a process needs of this machine; nothing else of a test's environment reaches it. */
function machine(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LOG_LEVEL } = process.env
  return { PATH, HOME, TMPDIR, LOG_LEVEL, NODE_ENV: 'test' }
}
