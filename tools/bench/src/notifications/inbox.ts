import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { request, type ClientRequest, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { startRedis } from '@lightpress/local'
import { userCreated } from '@lightpress/users-contract'
import { residentMegabytes } from '../process.ts'
import { percentile, round, type Result } from '../result.ts'
import { openHouse, untilCame, type House } from './house.ts'

const PEOPLE = 200
const WARM_UP = 200
const EVENTS = 1_000
const PER_SECOND = 50
const STREAMS = 5_000
const AT_ONCE = 100
/** Milliseconds after which a process has come to rest. */
const REST = 3_000

/** How soon what happened is on the screen, and what it costs to hold a stream open. */
export async function measureInbox({ databaseUrl }: { databaseUrl: string }): Promise<Result> {
  const rows: Result['rows'] = {}
  const redis = await startRedis()
  const house = await openHouse(databaseUrl)
  try {
    const queues = [['PostgreSQL', databaseUrl] as const, ...(redis ? [['Redis', redis.url] as const] : [])]
    for (const [queue, queueUrl] of queues) {
      rows[`${queue}, one process`] = await measureLatency(house, { queueUrl, roles: ['http,worker,relay'] })
      rows[`${queue}, split`] = await measureLatency(house, { queueUrl, roles: ['http', 'worker,relay'] })
    }
    const memory = await measureMemory(house, databaseUrl)
    for (const row of Object.values(rows)) Object.assign(row, memory)
  } finally {
    await house.close()
    await redis?.stop()
  }
  return {
    title: 'From an event to the screen',
    about: `${EVENTS} events at ${PER_SECOND} a second for ${PEOPLE} people, each with an open stream: milliseconds from the commit of the event to the notification at its reader, through outbox, relay, queue, inbox, signal and one reading of the table. Split: one process answers requests, another does the rest. And what ${STREAMS} open streams add to the memory of a process that is at rest.`,
    rows,
  }
}

async function measureLatency(house: House, { queueUrl, roles }: { queueUrl: string; roles: readonly string[] }) {
  const services = []
  for (const role of roles) services.push(await house.startService({ QUEUE_URL: queueUrl, ROLES: role }))
  const arrived = new Map<string, number[]>()
  const people = Array.from({ length: PEOPLE }, () => randomUUID())
  const streams: ClientRequest[] = []
  try {
    const url = services[0]?.url as string
    for (const userId of people) {
      const times: number[] = []
      arrived.set(userId, times)
      streams.push(await open(url, { token: house.token(userId), onNotification: () => times.push(performance.now()) }))
    }
    await run(house, { queueUrl, people, arrived, count: WARM_UP })
    const took = await run(house, { queueUrl, people, arrived, count: EVENTS })
    return {
      p50: round(percentile(took, 50), 1),
      p99: round(percentile(took, 99), 1),
      most: round(Math.max(...took), 0),
    }
  } finally {
    for (const stream of streams) stream.destroy()
    for (const { process } of services) await process.stop()
  }
}

interface Run {
  queueUrl: string
  people: readonly string[]
  arrived: ReadonlyMap<string, number[]>
  count: number
}

/** A person's notifications arrive in the order of their commits, so the nth that was promised is the nth that came. */
async function run(house: House, { queueUrl, people, arrived, count }: Run): Promise<number[]> {
  for (const times of arrived.values()) times.length = 0
  const committed = new Map(people.map((userId) => [userId, [] as number[]]))
  const began = performance.now()
  for (let at = 0; at < count; at++) {
    const userId = people[at % people.length] as string
    const payload = userCreated.payload.parse({ userId, organizationId: randomUUID() })
    await house.publish([{ type: userCreated.type, payload }], queueUrl)
    committed.get(userId)?.push(performance.now())
    await sleep(Math.max(0, began + ((at + 1) * 1_000) / PER_SECOND - performance.now()))
  }
  const came = () => [...arrived.values()].reduce((sum, times) => sum + times.length, 0)
  await untilCame(count, { what: 'notifications', came })
  return people.flatMap((userId) =>
    (committed.get(userId) ?? []).map((at, index) => (arrived.get(userId)?.[index] ?? Number.NaN) - at),
  )
}

async function measureMemory(house: House, queueUrl: string) {
  const { process, url } = await house.startService({ QUEUE_URL: queueUrl, ROLES: 'http' })
  const streams: ClientRequest[] = []
  try {
    // What the first ones load stays, and is no stream's.
    for (let at = 0; at < AT_ONCE; at++) streams.push(await open(url, { token: house.token(randomUUID()) }))
    await sleep(REST)
    const before = residentMegabytes(process.pid)
    for (let at = 0; at < STREAMS; at += AT_ONCE) {
      const some = Array.from({ length: AT_ONCE }, () => open(url, { token: house.token(randomUUID()) }))
      streams.push(...(await Promise.all(some)))
    }
    await sleep(REST)
    return { 'KB a stream': round(((residentMegabytes(process.pid) - before) * 1_024) / STREAMS, 1) }
  } finally {
    for (const stream of streams) stream.destroy()
    await process.stop()
  }
}

async function open(
  url: string,
  { token, onNotification }: { token: string; onNotification?: () => void },
): Promise<ClientRequest> {
  const stream = request(`${url}/v1/notifications/stream`, {
    agent: false,
    headers: { authorization: `Bearer ${token}` },
  })
  stream.on('error', () => undefined)
  const [response] = (await once(stream.end(), 'response')) as [IncomingMessage]
  if (response.statusCode !== 200) throw new Error(`A stream was refused: ${response.statusCode}.`)
  response.on('error', () => undefined)
  response.on('data', (chunk: Buffer) => {
    const events = chunk.toString().split('event: notification\n').length - 1
    for (let at = 0; at < events; at++) onNotification?.()
  })
  return stream
}
