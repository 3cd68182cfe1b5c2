import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../deploy/failure.ts'
import { ask, findCompose, goOn, interrupt, show, type Environment } from './docker.ts'

/** Everything that `up` is asked for: what these need comes with them. */
const PRODUCT = ['gateway', 'seed', 'mailbox', 'stripe'] as const

/** Seconds that the product may take from `up` until all of it is ready, on a busy machine. */
const START = 180

export interface Project {
  /** Runs compose, and shows what it says. */
  compose(...args: string[]): Promise<void>
  /** The containers of a service that run, the oldest first. */
  containers(service: string): Promise<string[]>
  /** Starts the whole product, of images that were built, and waits until it is ready. */
  up(): Promise<void>
}

export interface ProjectOptions {
  name: string
  files: readonly string[]
  env?: Environment
}

/**
 * Works with the containers of a project of its own, and takes all of it down again, volumes included, however the work
 * ended: by itself, by an error or by a signal. Of what failed the last lines are shown before they are gone.
 */
export async function withProject(options: ProjectOptions, work: (project: Project) => Promise<void>): Promise<void> {
  const words = [
    ...(await findCompose()),
    '--project-name',
    options.name,
    ...options.files.flatMap((file) => ['--file', file]),
  ]
  const compose = (...args: string[]) => show([...words, ...args], options.env)
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.on(signal, interrupt)
  try {
    await work({
      compose,
      containers: (service) => containersOf(words, { ...options, service }),
      async up() {
        await compose('up', '--detach', ...PRODUCT)
        const [gateway = ''] = await containersOf(words, { ...options, service: 'gateway' })
        await untilHealthy(gateway, START)
        const seed = await ask([...words, 'ps', '--quiet', '--all', 'seed'], options.env)
        await untilEnded(seed, START)
      },
    })
  } catch (error) {
    goOn()
    await compose('logs', '--tail', '40').catch((second: Error) => console.error(second.message))
    throw error
  } finally {
    goOn()
    await compose('down', '--volumes', '--remove-orphans', '--timeout', '10')
    for (const signal of signals) process.off(signal, interrupt)
  }
}

/** Until its HEALTHCHECK says so. */
export async function untilHealthy(container: string, seconds: number): Promise<void> {
  const look = () => ask(['docker', 'inspect', '--format', '{{.State.Status}} {{.State.Health.Status}}', container])
  await until(look, (state) => state === 'running healthy', { what: `${container} is not healthy`, seconds })
}

async function untilEnded(container: string, seconds: number): Promise<void> {
  const look = () => ask(['docker', 'inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', container])
  const state = await until(look, (now) => now.startsWith('exited'), { what: `${container} goes on`, seconds })
  if (state !== 'exited 0') throw new Failure(`What was to run once and end well ended so: ${state}`)
}

/** Looks a few times a second. */
export async function until<T>(
  look: () => Promise<T> | T,
  holds: (value: T) => boolean,
  { what, seconds }: { what: string; seconds: number },
): Promise<T> {
  const end = Date.now() + seconds * 1_000
  for (;;) {
    const value = await look()
    if (holds(value)) return value
    if (Date.now() > end) throw new Failure(`${what} after ${seconds} s; last seen: ${JSON.stringify(value)}`)
    await sleep(250)
  }
}

async function containersOf(
  compose: readonly string[],
  { service, env }: { service: string; env?: Environment },
): Promise<string[]> {
  const ids = (await ask([...compose, 'ps', '--quiet', service], env)).split('\n').filter(Boolean)
  const started = await Promise.all(
    ids.map(async (id) => ({
      id,
      at: await ask(['docker', 'inspect', '--format', '{{.State.StartedAt}} {{.State.Running}}', id]),
    })),
  )
  return started
    .filter(({ at }) => at.endsWith(' true'))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ id }) => id)
}
