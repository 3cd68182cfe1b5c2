import { startRedis } from '@lightpress/local'
import { createControl } from '@lightpress/stripe-emulator'
import { median, round, type Result } from '../result.ts'
import { openHouse, untilConverged, untilQuiet, type House } from './house.ts'
import { sendAll, webhooksOf } from './webhook.ts'

const CUSTOMERS = 200
const ROUNDS = 3
const BURSTS = [
  { name: '1 webhook', webhooks: 1, customers: 1 },
  { name: '200 for 1 customer', webhooks: 200, customers: 1 },
  { name: '1,000 for 200 customers', webhooks: 1_000, customers: CUSTOMERS },
]
type Burst = (typeof BURSTS)[number]
/** Nobody was read before it, and it is not measured. */
const FIRST = { name: '', webhooks: CUSTOMERS, customers: CUSTOMERS }

/** From the answer to the last webhook of a burst until everything that they tell of was read from Stripe and written. */
export async function measureConvergence({ databaseUrl }: { databaseUrl: string }): Promise<Result> {
  const rows: Result['rows'] = {}
  const redis = await startRedis()
  try {
    const house = await openHouse(databaseUrl, { customers: CUSTOMERS })
    try {
      const queues = [['PostgreSQL', databaseUrl] as const, ...(redis ? [['Redis', redis.url] as const] : [])]
      for (const [queue, queueUrl] of queues)
        for (const [burst, found] of await measureBursts(house, queueUrl)) rows[`${queue}, ${burst}`] = found
    } finally {
      await house.close()
    }
  } finally {
    await redis?.stop()
  }
  return {
    title: 'From the last webhook to what Stripe knows',
    about: `A burst of webhooks to the billing service as production runs it, as fast as it takes them: milliseconds from the answer to the last one until the last customer was read from the stand-in for Stripe and written down. Each promises a job, and one reading covers all that was told of a customer before it began. Begun is what Stripe was asked, written what no other reading overtook. ${CUSTOMERS} customers, each with a subscription and an invoice; medians of ${ROUNDS} rounds, and the most of them. Stand-in, database and client share the cores with the service.`,
    rows,
  }
}

async function measureBursts(house: House, queueUrl: string): Promise<[string, Result['rows'][string]][]> {
  const service = await house.startService({ QUEUE_URL: queueUrl })
  try {
    await measureBurst(house, { webhookUrl: service.webhookUrl, burst: FIRST })
    const found: [string, Result['rows'][string]][] = []
    for (const burst of BURSTS) {
      const rounds: Converged[] = []
      for (let at = 0; at < ROUNDS; at++)
        rounds.push(await measureBurst(house, { webhookUrl: service.webhookUrl, burst }))
      found.push([burst.name, toRow(burst, rounds)])
    }
    return found
  } finally {
    await service.process.stop()
  }
}

interface Converged {
  /** Webhooks that were taken in a second of the burst. */
  perSecond: number
  milliseconds: number
  /** How often Stripe was asked for everything about a customer, and how often that was written down. */
  begun: number
  written: number
}

async function measureBurst(
  house: House,
  { webhookUrl, burst }: { webhookUrl: string; burst: Burst },
): Promise<Converged> {
  const { database, stripeUrl, customers } = house
  const next = await webhooksOf({ ...house, customers: customers.slice(0, burst.customers) })
  const webhooks = Array.from({ length: burst.webhooks }, next)
  const { chaos } = createControl(stripeUrl)
  // A rule that never strikes counts what it matches: a reading asks for the subscriptions once.
  const { id } = await chaos.add({ effect: 'error', method: 'GET', path: '/v1/subscriptions', probability: 0 })
  const before = await writtenReadings(database)
  const began = performance.now()
  await sendAll(webhookUrl, webhooks)
  const answered = performance.now()
  await untilConverged(database)
  const milliseconds = performance.now() - answered
  await untilQuiet(database)
  const begun = (await chaos.list()).find((rule) => rule.id === id)?.matched ?? Number.NaN
  await chaos.remove(id)
  return {
    perSecond: (burst.webhooks / (answered - began)) * 1_000,
    milliseconds,
    begun,
    written: (await writtenReadings(database)) - before,
  }
}

async function writtenReadings(database: House['database']): Promise<number> {
  const { rows } = await database.query<{ readings: number }>(
    'select sum(readings)::int as readings from billing.customer',
  )
  return rows[0]?.readings ?? Number.NaN
}

function toRow({ webhooks }: Burst, rounds: readonly Converged[]) {
  const column = (pick: (round: Converged) => number) => round(median(rounds.map(pick)), 0)
  return {
    'taken a second': webhooks > 1 ? column(({ perSecond }) => perSecond) : '',
    'ms to converge': column(({ milliseconds }) => milliseconds),
    most: round(Math.max(...rounds.map(({ milliseconds }) => milliseconds)), 0),
    'readings begun': column(({ begun }) => begun),
    'readings written': column(({ written }) => written),
  }
}
