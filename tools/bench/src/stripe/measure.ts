import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@lightpress/local'
import autocannon from 'autocannon'
import { cpuSeconds, ROOT, startProcess, untilReady, type Started } from '../process.ts'
import { median, round, type Result } from '../result.ts'
import { mixOf, send } from './mix.ts'

const STAND_IN = `${ROOT}tools/stripe-emulator/src/main.ts`
const BARE = new URL('./bare.ts', import.meta.url).pathname
const CUSTOMERS = 10_000
const SUBSCRIPTIONS = 500
/** A file of ten megabytes. */
const CUSTOMERS_OF_START = 7_000
const ROUNDS = 5
const SECONDS = 4
const CONNECTIONS = 10
const STARTS = 5

/** The stand-in for Stripe: what it answers in a second, and how soon it listens. */
export async function measureStripe(): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-stripe-'))
  try {
    const rounds = await measureMix(join(folder, 'state.json'))
    const empty = await measureStart(join(folder, 'none.json'))
    const full = join(folder, 'start.json')
    const standIn = await start(STAND_IN, full)
    await fill(standIn.url, CUSTOMERS_OF_START)
    await standIn.process.stop()
    const { size } = await stat(full)
    return toResult(rounds, { empty, full: await measureStart(full), megabytes: size / 1e6 })
  } finally {
    await rm(folder, { recursive: true })
  }
}

interface Shot {
  requestsPerSecond: number
  /** Microseconds of the server's CPU for one request. */
  cpu: number
  p99: number
}

async function measureMix(dataFile: string): Promise<(readonly [Shot, Shot])[]> {
  const started = [await start(STAND_IN, dataFile), await start(BARE, '')] as const
  const [standIn, bare] = started
  try {
    const customers = await fill(standIn.url, CUSTOMERS)
    await subscribe(standIn.url, customers.slice(0, SUBSCRIPTIONS))
    const mix = mixOf(customers)
    for (const target of started) await fire(target, mix)
    const rounds = []
    for (let at = 0; at < ROUNDS; at++) rounds.push([await fire(standIn, mix), await fire(bare, mix)] as const)
    return rounds
  } finally {
    for (const { process } of started) await process.stop()
  }
}

interface Target {
  process: Started
  url: string
}

async function start(script: string, dataFile: string): Promise<Target> {
  const port = await freePort()
  const process = startProcess(script, { env: { PORT: String(port), DATA_FILE: dataFile } })
  const url = `http://127.0.0.1:${port}`
  await untilReady(`${url}/_control/clock`, process)
  return { process, url }
}

async function fill(url: string, count: number): Promise<string[]> {
  const customers: string[] = []
  async function create() {
    while (customers.length < count) {
      const place = customers.push('') - 1
      customers[place] = (await send(url, 'POST', '/v1/customers', `email=p${place}%40example.com&name=Person`)).id
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, create))
  return customers
}

/** On trial: nothing is charged, and nothing is due while the benchmark runs. */
async function subscribe(url: string, customers: readonly string[]): Promise<void> {
  const meter = 'display_name=Requests&event_name=requests&default_aggregation[formula]=sum'
  await send(url, 'POST', '/v1/billing/meters', meter)
  const plan = 'currency=usd&unit_amount=1200&recurring[interval]=month&product_data[name]=Pro'
  const { id } = await send(url, 'POST', '/v1/prices', plan)
  for (const customer of customers) {
    const form = `customer=${customer}&items[0][price]=${id}&trial_period_days=30`
    await send(url, 'POST', '/v1/subscriptions', form)
  }
}

async function fire({ process: { pid }, url }: Target, requests: autocannon.Request[]): Promise<Shot> {
  const before = cpuSeconds(pid)
  const shot = await autocannon({ url, requests, connections: CONNECTIONS, duration: SECONDS })
  if (shot.non2xx + shot.errors > 0) throw new Error(`${shot.non2xx + shot.errors} requests to ${url} failed.`)
  return {
    requestsPerSecond: shot.requests.total / shot.duration,
    cpu: ((cpuSeconds(pid) - before) / shot.requests.total) * 1e6,
    p99: shot.latency.p99,
  }
}

interface StartShot {
  milliseconds: number
  /** Of these, on a core: what others do on the machine shows less in it. */
  cpu: number
}

async function measureStart(dataFile: string): Promise<StartShot> {
  const starts: StartShot[] = []
  for (let at = 0; at < STARTS; at++) {
    const began = performance.now()
    const { process } = await start(STAND_IN, dataFile)
    starts.push({ milliseconds: performance.now() - began, cpu: cpuSeconds(process.pid) * 1000 })
    await process.stop()
  }
  return { milliseconds: median(starts.map((one) => one.milliseconds)), cpu: median(starts.map(({ cpu }) => cpu)) }
}

function toResult(
  rounds: readonly (readonly [Shot, Shot])[],
  { empty, full, megabytes }: { empty: StartShot; full: StartShot; megabytes: number },
): Result {
  const column = (pick: (round: readonly [Shot, Shot]) => number) => median(rounds.map(pick))
  const told = ({ milliseconds, cpu }: StartShot) => `${round(milliseconds, 0)} ms (${round(cpu, 0)} of CPU)`
  const row = (at: 0 | 1) => ({
    'requests/s': round(
      column((shots) => shots[at].requestsPerSecond),
      0,
    ),
    'CPU µs/request': round(
      column((shots) => shots[at].cpu),
      0,
    ),
    'p99 ms': column((shots) => shots[at].p99),
  })
  return {
    title: 'The stand-in for Stripe',
    about: `Create a customer, retrieve one, list the subscriptions of one, update metadata, report usage, in turns over ${CONNECTIONS} kept connections, with ${CUSTOMERS} customers in the state and the file written as in development, against a bare Fastify that answers as many bytes. ${ROUNDS} alternating rounds of ${SECONDS} s; the ratio is the median of the rounds' ratios. Client and server share the cores: the CPU of a request says what a core alone would do. Aim: 1,000 requests/s on one core. From the start of the process to its first answer: ${told(empty)} without a state, ${told(full)} with a file of ${round(megabytes, 1)} MB (medians of ${STARTS}; aim: 300 ms).`,
    rows: {
      'stand-in': row(0),
      'bare Fastify': row(1),
      ratio: {
        'requests/s': round(
          column(([ours, bare]) => ours.requestsPerSecond / bare.requestsPerSecond),
          2,
        ),
        'CPU µs/request': round(
          column(([ours, bare]) => bare.cpu / ours.cpu),
          2,
        ),
        'p99 ms': round(
          column(([ours, bare]) => bare.p99 / Math.max(ours.p99, 1)),
          2,
        ),
      },
    },
  }
}
