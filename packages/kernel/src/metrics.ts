import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { summarizeError, type Logger } from './logging.ts'

/** Seconds: from what memory answers to what the deadline cuts off. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Milliseconds that a source may take; a queue that is away must not keep the rest from being read. */
const PATIENCE = 2_000

const METRICS = {
  requests: counter('http_requests_total', 'Requests that were answered.', ['operation', 'code']),
  requestSeconds: histogram('http_request_duration_seconds', 'From a request to its answer, streams apart.', [
    'operation',
  ]),
  calls: counter('calls_total', 'Calls from module to module; code is ok or that of the error.', [
    'from',
    'operation',
    'code',
  ]),
  callSeconds: histogram('call_duration_seconds', 'Calls from module to module.', ['operation', 'way']),
  querySeconds: histogram('database_query_duration_seconds', 'Statements, as the caller waits for them.', ['module']),
  transactions: counter('database_transactions_total', 'Transactions by what became of them.', ['module', 'outcome']),
  transactionSeconds: histogram('database_transaction_duration_seconds', 'Transactions, begin to end.', ['module']),
  deliveries: counter('deliveries_total', 'Events, jobs and schedules by what became of an attempt.', [
    'module',
    'kind',
    'type',
    'outcome',
  ]),
  deliverySeconds: histogram('delivery_duration_seconds', 'Attempts at events, jobs and schedules.', [
    'module',
    'kind',
  ]),
  vendorRequests: counter('vendor_requests_total', 'Requests to vendors; code is none without an answer.', [
    'vendor',
    'code',
  ]),
  vendorSeconds: histogram('vendor_request_duration_seconds', 'Requests to vendors, until they answer.', ['vendor']),
  sent: counter('outbox_sent_total', 'Outbox rows that the relay brought into a queue.', ['module']),
  errors: counter('unexpected_errors_total', 'What was not foreseen: answered as internal, or a dead letter.', [
    'module',
  ]),
  scrapeFailures: counter('scrape_failures_total', 'Sources that could not be read for a scrape.', ['source']),
}

/** What is read when somebody asks, and is gone from the answer when it cannot be read. */
const READINGS = {
  poolConnections: gauge('database_pool_connections', 'Connections of a pool: used or idle.', ['module', 'state']),
  poolMax: gauge('database_pool_max_connections', 'Connections that a pool may have.', ['module']),
  poolWaiting: gauge('database_pool_waiting', 'Work that waits for a connection.', ['module']),
  queueJobs: gauge('queue_jobs', 'What is in a queue: due, delayed or active.', ['queue', 'state']),
  queueLag: gauge('queue_lag_seconds', 'Age of the oldest that waits in a queue.', ['queue']),
  outboxRows: gauge('outbox_rows', 'What a module promised, not done: pending, delayed, published, dead.', [
    'module',
    'listener',
    'kind',
    'state',
  ]),
  outboxOldest: gauge('outbox_oldest_unsent_seconds', 'Age of the oldest outbox row that is due and not sent.', [
    'module',
  ]),
  streams: gauge('streams_open', 'Open streams of server-sent events.', []),
}

type Declared<T> = { readonly [K in keyof T]: T[K] extends (registry: Registry) => infer M ? M : never }

export type Metrics = Declared<typeof METRICS> &
  Declared<typeof READINGS> & {
    enabled: boolean
    /** Read before each scrape: sets gauges. `source` is what it is called when it cannot be read. */
    onScrape(source: string, read: () => unknown): void
    /** In Prometheus' text format, with Node's own figures. */
    scrape(): Promise<{ type: string; text: string }>
  }

/** What a process counts, in a registry of its own. Labels are names that the code knows: never paths, ids or addresses. */
export function createMetrics(log: Logger): Metrics {
  const registry = new Registry()
  const counted = make(METRICS, registry)
  const read = make(READINGS, registry)
  const sources: { source: string; read: () => unknown }[] = []
  nodeMetrics()

  const readAll = async () => {
    for (const gauge of Object.values(read)) gauge.reset()
    await Promise.all(
      sources.map(async ({ source, read }) => {
        try {
          await within(PATIENCE, read())
        } catch (error) {
          counted.scrapeFailures.inc({ source })
          log.debug({ source, error: summarizeError(error) }, 'could not be read for a scrape')
        }
      }),
    )
    const merged = Registry.merge([nodeMetrics(), registry])
    return { type: merged.contentType, text: await merged.metrics() }
  }
  let running: ReturnType<typeof readAll> | undefined

  return {
    enabled: true,
    ...counted,
    ...read,
    onScrape(source, read) {
      // Counted from nothing on: else nobody could tell the first time from a process that began with it.
      counted.scrapeFailures.inc({ source }, 0)
      sources.push({ source, read })
    },
    scrape: () =>
      (running ??= readAll().finally(() => {
        running = undefined
      })),
  }
}

/** Takes what it is told and answers nothing: for processes that are not to count. */
export const noMetrics: Metrics = {
  enabled: false,
  ...silent(METRICS),
  ...silent(READINGS),
  onScrape() {},
  scrape: () => Promise.resolve({ type: 'text/plain', text: '' }),
}

function silent<T extends object>(declared: T): Declared<T> {
  const mute = { inc() {}, observe() {}, set() {} }
  return Object.fromEntries(Object.keys(declared).map((key) => [key, mute])) as Declared<T>
}

/** Node's are the process's, however many servers it has: event loop, garbage, memory, CPU. */
let node: Registry | undefined
function nodeMetrics(): Registry {
  if (node) return node
  node = new Registry()
  collectDefaultMetrics({ register: node })
  return node
}

function make<T extends Record<string, (registry: Registry) => unknown>>(declared: T, registry: Registry): Declared<T> {
  return Object.fromEntries(Object.entries(declared).map(([key, create]) => [key, create(registry)])) as Declared<T>
}

function counter<L extends string>(name: string, help: string, labelNames: L[]) {
  return (registry: Registry) => new Counter({ name: `lightpress_${name}`, help, labelNames, registers: [registry] })
}

function gauge<L extends string>(name: string, help: string, labelNames: L[]) {
  return (registry: Registry) => new Gauge({ name: `lightpress_${name}`, help, labelNames, registers: [registry] })
}

function histogram<L extends string>(name: string, help: string, labelNames: L[]) {
  return (registry: Registry) =>
    new Histogram({ name: `lightpress_${name}`, help, labelNames, buckets: SECONDS, registers: [registry] })
}

async function within(milliseconds: number, work: unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not read within ${milliseconds} ms`)), milliseconds)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
