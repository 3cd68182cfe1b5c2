import { join } from 'node:path'
import {
  createProcesses,
  planServices,
  runToEnd,
  startStack,
  type Service,
  type Stack,
  type Topology,
} from '@lightpress/dev'
import { freePort } from '@lightpress/local'
import { openDoor, type Door } from './door.ts'

export interface Rehearsal {
  /** The release that runs, as a folder with a bundle in `apps/<app>/dist` for each app. */
  from: string
  /** The one that is to follow it. */
  to: string
  topology: Topology
  queue: 'postgres' | 'redis'
  /** What people do with the product, and must be able to do throughout; throws when they cannot. */
  journey: (product: Pick<Stack, 'url' | 'mailbox'>) => Promise<void>
  say?: (line: string) => void
}

/**
 * A deployment, in small: the last release serves, the next one migrates beneath it, both serve side by side. The journey
 * is gone before, in between and then, and must come to its end each time.
 */
export async function rehearse({ from, to, topology, queue, journey, say = () => {} }: Rehearsal): Promise<void> {
  const houses = await buildHouses(topology)
  const last = await Promise.all(houses.map((house) => moveIn(house, from)))
  for (const { house, url, internalUrl } of last) house.add('last', { url, internalUrl })
  const services = last.map(({ house, process }) => ({ ...process, url: house.planned.url }))
  const stops: (() => Promise<void>)[] = houses.map((house) => house.close)
  try {
    const stack = await startStack({ topology, queue, programs: { services, commands: commandsOf(from) } })
    stops.push(stack.stop)
    const step = async (what: string, work: () => Promise<void>) => {
      say(what)
      await work().catch((error: unknown) => {
        throw new Error([`${what}: ${(error as Error).message}`, ...errorsIn(stack)].join('\n'), { cause: error })
      })
    }
    await step('The last release on its own schema', () => journey(stack))
    await step('The next release migrates beneath it', () => migrate(to, stack.environment))
    await step('The last release on the new schema', () => journey(stack))
    await step('Both releases side by side', async () => {
      const next = await Promise.all(houses.map((house) => moveIn(house, to)))
      const processes = createProcesses(
        next.map(({ process }) => process),
        stack.environment,
      )
      stops.push(processes.stop)
      await Promise.all(next.map(({ process }) => processes.restart(process.name)))
      for (const { house, url, internalUrl } of next) house.add('next', { url, internalUrl })
      await journey(stack)
      requireBoth(houses)
    })
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

/** Where a service is found, whichever releases answer there. */
interface House {
  planned: Service
  add(release: string, at: { url: string; internalUrl: string }): void
  doors: readonly Door[]
  close(): Promise<void>
}

async function buildHouses(topology: Topology): Promise<House[]> {
  const planned = await planServices(topology)
  return Promise.all(
    planned.map(async (service) => {
      const [front, back] = [await openDoor(service.url), await openDoor(service.internalUrl)]
      return {
        planned: service,
        add(release, { url, internalUrl }) {
          front.add(release, url)
          back.add(release, internalUrl)
        },
        doors: [front, back],
        close: async () => void (await Promise.all([front.close(), back.close()])),
      } satisfies House
    }),
  )
}

/** A release's process of the service, on ports of its own; its neighbours it finds by their houses. */
async function moveIn(house: House, release: string) {
  const { planned } = house
  const [port, internalPort] = [await freePort(), await freePort()]
  const [url, internalUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${internalPort}`]
  const [app = ''] = planned.entry.split('/src/')
  const env = { ...planned.env, PORT: String(port), INTERNAL_PORT: String(internalPort) }
  return { house, url, internalUrl, process: { ...planned, url, env, entry: join(release, app, 'dist/main.js') } }
}

/** The command that knows all modules is the monolith's. */
function commandsOf(release: string): string {
  return join(release, 'apps/api/dist/main.js')
}

async function migrate(release: string, env: NodeJS.ProcessEnv): Promise<void> {
  await runToEnd('migrate', { script: commandsOf(release), args: ['migrate'], cwd: release, env })
}

/** One of them unasked would be a rehearsal of nothing. */
function requireBoth(houses: readonly House[]): void {
  const asked = new Set(houses.flatMap(({ doors }) => doors.flatMap((door) => [...door.counts().keys()])))
  for (const release of ['last', 'next'])
    if (!asked.has(release))
      throw new Error(`The ${release} release was not asked anything: the journey proves nothing.`)
}

/** What the processes have logged as an error, the last of it. */
function errorsIn({ services, logs }: Stack): string[] {
  return services.flatMap(({ name }) =>
    logs(name)
      .filter((line) => /"level":(?:50|60|"error"|"fatal")/.test(line))
      .slice(-3)
      .map((line) => `  ${name}: ${line}`),
  )
}
