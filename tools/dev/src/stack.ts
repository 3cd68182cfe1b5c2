import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createTestDatabase, freePort, startRedis, type Redis } from '@lightpress/local'
import { startMailbox } from '@lightpress/mailbox'
import { createStripeEmulator } from '@lightpress/stripe-emulator'
import { createGateway } from './gateway.ts'
import type { GatewayOptions } from './gateway.ts'
import { ROOT, startChild } from './run/child.ts'
import type { Child } from './run/child.ts'
import { runToEnd } from './run/run-to-end.ts'
import { waitUntilReady } from './run/wait-until-ready.ts'
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
  /** Sends a signal and, where that ends the process, waits for its end. It stays down until `restart`. */
  kill(service: string, signal: NodeJS.Signals): Promise<void>
  /** Starts a process, ending it first if it runs, and waits until it is ready. */
  restart(service: string): Promise<void>
  /** Every line that a process has written. */
  logs(service: string): readonly string[]
  stop(): Promise<void>
}

/** Milliseconds that a process has to become ready, on a busy machine. */
const START = 60_000

/** Starts it on random ports. What it began is stopped again if it does not come up. */
export async function startStack({ topology, queue, web, env = {} }: StackOptions): Promise<Stack> {
  const stops: (() => unknown)[] = []
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end()
  }
  try {
    const services = await planServices(topology)
    const gateway = createGateway({ routes: routesTo(services), ...(web && { rest: web }) })
    // A name, because passkeys are for one, and both loopback addresses, since browsers try both.
    const port = await freePort()
    await gateway.listen({ port, host: 'localhost' })
    const url = `http://localhost:${port}`
    const secrets = Object.fromEntries(
      Object.entries(generateSecrets()).map(([name, made]) => [name, env[name] ?? made]),
    )

    const database = await createTestDatabase()
    stops.push(() => database.drop())
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

    const shared = {
      ...machine(),
      ...sharedEnvironment({
        databaseUrl: database.url,
        queueUrl: redis?.url ?? database.url,
        publicUrl: url,
        storageUrl: pathToFileURL(files).href,
        mailboxUrl: mailbox.url,
        stripeUrl,
        secrets,
      }),
      WEBHOOK_TARGETS: 'local',
      ...env,
    }
    await runToEnd('migrate', {
      script: join(ROOT, COMMANDS),
      args: ['migrate'],
      cwd: ROOT,
      env: shared,
      onLine: () => {},
    })
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

/** The processes by name: what runs, and what was written so far. */
function createProcesses(services: readonly Service[], shared: NodeJS.ProcessEnv) {
  const running = new Map<string, Child>()
  const lines = new Map<string, string[]>(services.map(({ name }) => [name, []]))

  function logs(name: string): string[] {
    const written = lines.get(name)
    if (!written) throw new Error(`No process is called ${name}; there are ${[...lines.keys()].join(', ')}`)
    return written
  }

  return {
    logs,
    async kill(name: string, signal: NodeJS.Signals) {
      const child = running.get(name)
      child?.kill(signal)
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await child?.exited
    },
    async restart(name: string) {
      const service = services.find((candidate) => candidate.name === name)
      const written = logs(name)
      if (!service) return
      await running.get(name)?.stop()
      const child = startChild({
        script: join(ROOT, service.entry),
        cwd: ROOT,
        env: { ...shared, ...service.env },
        onLine: (line) => written.push(line),
      })
      running.set(name, child)
      await becomesReady(service, child, written)
    },
    async stop() {
      await Promise.all([...running.values()].map((child) => child.stop()))
    },
  }
}

async function becomesReady({ name, url }: Service, child: Child, written: readonly string[]): Promise<void> {
  const giveUp = new AbortController()
  const timer = setTimeout(() => giveUp.abort(), START)
  void child.exited.then(() => giveUp.abort())
  try {
    await waitUntilReady(`${url}/health/ready`, giveUp.signal)
  } catch {
    throw new Error(`${name} did not become ready:\n${written.slice(-20).join('\n')}`)
  } finally {
    clearTimeout(timer)
  }
}

/** What a process needs of this machine; nothing else of a test's environment reaches it. */
function machine(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LOG_LEVEL } = process.env
  return { PATH, HOME, TMPDIR, LOG_LEVEL, NODE_ENV: 'test' }
}
