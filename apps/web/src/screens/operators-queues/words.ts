import type { Queue } from './data.ts'

type Named = Pick<Queue, 'module' | 'listener' | 'kind'>

/** Whose it is: "users to billing" for events, "billing, its own jobs" for jobs. */
export function queueWords({ module, listener, kind }: Named): { title: string; detail: string } {
  return kind === 'job'
    ? { title: module, detail: 'its own jobs' }
    : { title: `${module} to ${listener}`, detail: 'events' }
}

/** Tells one queue from another. */
export function queueKey({ module, listener, kind }: Named): string {
  return `${module} ${listener} ${kind}`
}

/** How many letters of a module are dead, of all its queues; a module without any is not named. */
export function deadByModule(queues: readonly Pick<Queue, 'module' | 'dead'>[]): { module: string; dead: number }[] {
  const counts = new Map<string, number>()
  for (const { module, dead } of queues) counts.set(module, (counts.get(module) ?? 0) + dead)
  return [...counts].map(([module, dead]) => ({ module, dead })).filter(({ dead }) => dead > 0)
}

export function deadWords(count: number): string {
  return count === 1 ? '1 dead letter' : `${count} dead letters`
}
