import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@lightpress/local'
import autocannon from 'autocannon'
import { answerOf, cpuSeconds, startProcess, type Started } from '../process.ts'
import { median, percentile, round, type Result } from '../result.ts'
import { openHouse, untilQuiet, type House } from './house.ts'
import { CONNECTIONS, send, sendAll, webhooksOf, type Webhook } from './webhook.ts'

const BARE = new URL('./bare.ts', import.meta.url).pathname
const CUSTOMERS = 200
const ROUNDS = 5
/** Webhooks of a round that are sent as fast as they are taken, and of one at a pace. */
const AT_ONCE = 1_500
const PACED = 200
const PER_SECOND = 100

/** How many webhooks billing takes in a second, and how soon it answers when it is not hurried. */
export async function measureWebhooks({ databaseUrl }: { databaseUrl: string }): Promise<Result> {
  const house = await openHouse(databaseUrl, { customers: CUSTOMERS })
  const bare = await startBare(databaseUrl, house)
  try {
    const next = await webhooksOf(house)
    const whole = await measureWhole(house, next)
    return toResult(await measureTaking(house, { next, bare }), whole)
  } finally {
    await bare.process.stop()
    await house.close()
  }
}

/** At the pace, from a process that reads from Stripe what the webhooks tell of, meanwhile. */
async function measureWhole(house: House, next: () => Webhook): Promise<Latency[]> {
  const { process, webhookUrl } = await house.startService()
  try {
    await sendAll(
      webhookUrl,
      house.customers.map(() => next()),
    )
    await untilQuiet(house.database)
    const rounds: Latency[] = []
    for (let at = 0; at < ROUNDS; at++) rounds.push(await latencyOf(webhookUrl, next))
    await untilQuiet(house.database)
    return rounds
  } finally {
    await process.stop()
  }
}

interface Target {
  process: Started
  webhookUrl: string
}

async function measureTaking(house: House, { next, bare }: { next: () => Webhook; bare: Target }): Promise<Round[]> {
  const service = await house.startService({ ROLES: 'http' })
  try {
    const measureRound = async (): Promise<Round> => ({
      ours: { ...(await fire(service, next)), ...(await latencyOf(service.webhookUrl, next)) },
      least: { ...(await fire(bare, next)), ...(await latencyOf(bare.webhookUrl, next)) },
    })
    for (const target of [service, bare]) await fire(target, next)
    const rounds: Round[] = []
    for (let at = 0; at < ROUNDS; at++) rounds.push(await measureRound())
    return rounds
  } finally {
    await service.process.stop()
  }
}

async function startBare(databaseUrl: string, { webhookSecret }: House): Promise<Target> {
  const port = await freePort()
  const env = { DATABASE_URL: databaseUrl, STRIPE_WEBHOOK_SECRET: webhookSecret, PORT: String(port) }
  const process = startProcess(BARE, { env })
  await answerOf(process)
  return { process, webhookUrl: `http://127.0.0.1:${port}/` }
}

interface Rate {
  perSecond: number
  /** Microseconds of the server's CPU for one webhook: what others do on the machine shows less in it. */
  cpu: number
}

async function fire({ process: { pid }, webhookUrl: url }: Target, next: () => Webhook): Promise<Rate> {
  // Signed before, so that it takes nothing of the time. Each connection has one more in hand.
  const signed = Array.from({ length: AT_ONCE + CONNECTIONS }, next)
  const before = cpuSeconds(pid)
  const { requests, non2xx, errors, duration } = await autocannon({
    url,
    method: 'POST',
    requests: [{ setupRequest: (request) => ({ ...request, ...signed.pop() }) }],
    connections: CONNECTIONS,
    amount: AT_ONCE,
    // How exactly it sees the end.
    sampleInt: 10,
  })
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} webhooks to ${url} failed.`)
  return { perSecond: requests.total / duration, cpu: ((cpuSeconds(pid) - before) / requests.total) * 1e6 }
}

interface Latency {
  p50: number
  p99: number
}

/** Milliseconds. At the given pace, however long one answer takes. */
async function latencyOf(url: string, next: () => Webhook): Promise<Latency> {
  const signed = Array.from({ length: PACED }, next)
  const start = performance.now()
  const answers: Promise<number>[] = []
  while (answers.length < PACED) {
    const due = Math.min(PACED, Math.floor(((performance.now() - start) * PER_SECOND) / 1_000))
    for (const webhook of signed.slice(answers.length, due)) answers.push(send(url, webhook))
    await sleep(1)
  }
  const took = await Promise.all(answers)
  return { p50: percentile(took, 50), p99: percentile(took, 99) }
}

interface Round {
  ours: Rate & Latency
  least: Rate & Latency
}

function toResult(rounds: readonly Round[], whole: readonly Latency[]): Result {
  const column = (pick: (round: Round) => number, digits: number) => round(median(rounds.map(pick)), digits)
  const row = (who: keyof Round) => ({
    'webhooks/s': column((found) => found[who].perSecond, 0),
    'CPU µs/webhook': column((found) => found[who].cpu, 0),
    [`p50 ms at ${PER_SECOND}/s`]: column((found) => found[who].p50, 1),
    [`p99 ms at ${PER_SECOND}/s`]: column((found) => found[who].p99, 1),
  })
  return {
    title: "Taking Stripe's webhooks",
    about: `The billing service as production runs it, in the role http, against a bare Fastify that verifies the signature with Stripe's SDK as well and inserts the same row with raw pg; ours marks the customer and promises a job besides, in one transaction. Every webhook is an event of its own, of ${CUSTOMERS} customers in turn. ${ROUNDS} alternating rounds of ${AT_ONCE.toLocaleString('en')} over ${CONNECTIONS} connections, as fast as they are taken, and ${PACED} at ${PER_SECOND} a second; the ratio is the median of the rounds' ratios. Last, at the same pace, a service in all roles, which reads from Stripe meanwhile what the webhooks tell of. Client, database and stand-in share the cores with the server.`,
    rows: {
      'billing service': row('ours'),
      'bare Fastify, raw pg': row('least'),
      ratio: {
        'webhooks/s': column(({ ours, least }) => ours.perSecond / least.perSecond, 2),
        'CPU µs/webhook': column(({ ours, least }) => least.cpu / ours.cpu, 2),
        [`p50 ms at ${PER_SECOND}/s`]: column(({ ours, least }) => least.p50 / ours.p50, 2),
        [`p99 ms at ${PER_SECOND}/s`]: column(({ ours, least }) => least.p99 / ours.p99, 2),
      },
      'in all roles': {
        'webhooks/s': '',
        'CPU µs/webhook': '',
        [`p50 ms at ${PER_SECOND}/s`]: round(median(whole.map(({ p50 }) => p50)), 1),
        [`p99 ms at ${PER_SECOND}/s`]: round(median(whole.map(({ p99 }) => p99)), 1),
      },
    },
  }
}
