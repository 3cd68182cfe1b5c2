import { startRedis } from '@lightpress/local'
import { startPair, type Topology } from './pair/start.ts'
import { percentile, round, type Result } from './result.ts'

const PER_SECOND = 200
const WARM_UP = 400
const COUNT = 2_000

/** From the commit of an event to the commit of its effect in the listening module. */
export async function measureEvents({ databaseUrl }: { databaseUrl: string }): Promise<Result> {
  const rows: Result['rows'] = {}
  const redis = await startRedis()
  try {
    const queues = [['PostgreSQL', databaseUrl] as const, ...(redis ? [['Redis', redis.url] as const] : [])]
    for (const [queue, queueUrl] of queues)
      for (const topology of ['one process', 'two processes'] as const)
        rows[`${queue}, ${topology}`] = await latencies(topology, { databaseUrl, queueUrl })
  } finally {
    await redis?.stop()
  }
  return {
    title: 'From the commit of an event to its effect',
    about: `${COUNT} events at ${PER_SECOND} a second, each from the commit that published it to the commit of its effect in the other module, through outbox, relay, BullMQ and inbox. Milliseconds. Aim: p50 3, p99 10.`,
    rows,
  }
}

async function latencies(topology: Topology, urls: { databaseUrl: string; queueUrl: string }) {
  const pair = await startPair(topology, urls)
  try {
    const run = async (count: number) => {
      const committed = await pair.tellSender<[string, number][]>({ do: 'publish', count, perSecond: PER_SECOND })
      const effects = new Map(await pair.tellReceiver<[string, number][]>({ do: 'effects', count }))
      return committed.map(([id, at]) => (effects.get(id) ?? Number.NaN) - at)
    }
    await run(WARM_UP)
    const took = await run(COUNT)
    return {
      p50: round(percentile(took, 50), 1),
      p99: round(percentile(took, 99), 1),
      most: round(Math.max(...took), 0),
    }
  } finally {
    await pair.stop()
  }
}
