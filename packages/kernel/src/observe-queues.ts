import type { Metrics } from './metrics.ts'
import type { Module } from './module.ts'
import type { QueueBackend } from './queues.ts'
import { queuesOf } from './worker.ts'

/** How much waits in a module's queues, told by whoever works on them. */
export function observeQueues(module: Module, { queues, metrics }: { queues: QueueBackend; metrics: Metrics }) {
  const opened = queuesOf(module).names.map((name) => ({ name, queue: queues.openQueue(name) }))
  const read = () => Promise.all(opened.map(async ({ name, queue }) => ({ name, ...(await queue.depth()) })))

  metrics.onScrape('queues', async () => {
    for (const { name: queue, due, delayed, active, lag } of await read()) {
      for (const [state, count] of Object.entries({ due, delayed, active }))
        metrics.queueJobs.set({ queue, state }, count)
      metrics.queueLag.set({ queue }, lag / 1_000)
    }
  })

  return {
    /** What a worker could take now, of all of them. */
    due: async () => (await read()).reduce((sum, { due }) => sum + due, 0),
    async close() {
      await Promise.allSettled(opened.map(({ queue }) => queue.close()))
    },
  }
}
