import { expect, it } from 'vitest'
import { startEmbeddedMetrics } from '../src/embedded-metrics.ts'
import { createLogger } from '../src/logging.ts'
import { until } from './support/start.ts'

const log = createLogger('silent', 'test')

it('figures for CloudWatch are lines of its embedded metric format, by environment and queue', async () => {
  const lines: string[] = []
  const stop = startEmbeddedMetrics({
    dimensions: { Env: 'staging', Queue: 'billing' },
    figures: {
      QueueDepth: { unit: 'Count', read: async () => 12 },
      OldestOutboxSeconds: { unit: 'Seconds', read: async () => 1.5 },
    },
    ...{ log, every: 10, write: (line: string) => void lines.push(line) },
  })
  const [line = ''] = await until(
    () => lines,
    ({ length }) => length > 0,
  )
  stop()
  expect(line.endsWith('\n')).toBe(true)
  // CloudWatch's specification, "Embedded metric format structure": the values stand beside `_aws`, by the names that it gives.
  expect(JSON.parse(line)).toEqual({
    _aws: {
      Timestamp: expect.any(Number) as number,
      CloudWatchMetrics: [
        {
          Namespace: 'Lightpress/Queues',
          Dimensions: [['Env', 'Queue']],
          Metrics: [
            { Name: 'QueueDepth', Unit: 'Count' },
            { Name: 'OldestOutboxSeconds', Unit: 'Seconds' },
          ],
        },
      ],
    },
    ...{ Env: 'staging', Queue: 'billing', QueueDepth: 12, OldestOutboxSeconds: 1.5 },
  })
})

it('a figure that cannot be read is left out, never taken for nothing', async () => {
  const lines: string[] = []
  const away = async () => Promise.reject(new Error('Redis is away'))
  const stop = startEmbeddedMetrics({
    dimensions: { Env: 'staging', Queue: 'billing' },
    figures: { QueueDepth: { unit: 'Count', read: away }, DeadLetters: { unit: 'Count', read: async () => 3 } },
    ...{ log, every: 10, write: (line: string) => void lines.push(line) },
  })
  const [line = ''] = await until(
    () => lines,
    ({ length }) => length > 0,
  )
  stop()
  const told = JSON.parse(line) as { _aws: { CloudWatchMetrics: { Metrics: unknown[] }[] } }
  expect(told).toMatchObject({ DeadLetters: 3 })
  expect(told).not.toHaveProperty('QueueDepth')
  expect(told._aws.CloudWatchMetrics[0]?.Metrics).toEqual([{ Name: 'DeadLetters', Unit: 'Count' }])
})
