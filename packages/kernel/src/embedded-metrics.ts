import { summarizeError, type Logger } from './logging.ts'

/** Milliseconds: CloudWatch keeps one figure a minute, and workers are scaled by it. */
const EVERY = 60_000

export interface EmbeddedMetricsOptions {
  dimensions: { Env: string; Queue: string }
  figures: Readonly<Record<string, { unit: 'Count' | 'Seconds'; read: () => Promise<number> }>>
  log: Logger
  every?: number
  /** Standard output, whatever the level of the log. */
  write?: (line: string) => void
}

/**
 * Writes lines that CloudWatch Logs makes metrics of, `Lightpress/Queues {Env, Queue}`, the queue being all of a module's.
 * By a timer of our own: what waited in a queue to be measured would wait behind what it measures. Every task of a worker
 * says the same, so it is read as the maximum, never as the sum.
 */
export function startEmbeddedMetrics({
  dimensions,
  figures,
  log,
  every = EVERY,
  write = (line) => void process.stdout.write(line),
}: EmbeddedMetricsOptions): () => void {
  const tell = async () => {
    const values: Record<string, number> = {}
    await Promise.all(
      Object.entries(figures).map(async ([name, { read }]) => {
        try {
          values[name] = await read()
        } catch (error) {
          // No figure rather than a wrong one: what is missing never makes anything smaller.
          log.warn({ figure: name, error: summarizeError(error) }, 'a figure for CloudWatch cannot be read')
        }
      }),
    )
    if (Object.keys(values).length === 0) return
    const metric = {
      Namespace: 'Lightpress/Queues',
      Dimensions: [Object.keys(dimensions)],
      Metrics: Object.keys(values).map((name) => ({ Name: name, Unit: figures[name]?.unit })),
    }
    const line = { _aws: { Timestamp: Date.now(), CloudWatchMetrics: [metric] }, ...dimensions, ...values }
    write(`${JSON.stringify(line)}\n`)
  }
  const timer = setInterval(() => void tell(), every)
  return () => clearInterval(timer)
}
