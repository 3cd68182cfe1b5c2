import { z } from 'zod'
import type { Command, Query } from './contract.ts'
import { Page, pageOf } from './paging.ts'

/**
 * What became of a delivery at its listener. `unknown`: never seen, or not settled yet;
 * the publisher's reconciler sends it again.
 */
export const DeliveryState = z.enum(['done', 'dead', 'unknown'])
export type DeliveryState = z.infer<typeof DeliveryState>

/** How something stands that a module promised, an event or a job, with one of its listeners. */
export const OutboxState = z.object({
  id: z.uuid(),
  listener: z.string(),
  /** What has been told to be done may lag behind by some seconds. */
  state: z.enum(['pending', 'published', 'done', 'dead']),
})
export type OutboxState = z.infer<typeof OutboxState>

/** What waits for one listener of a module's events, or in the module's own jobs. */
export const QueueState = z.object({
  /** The module that listens; its own name for its jobs. */
  listener: z.string(),
  kind: z.enum(['event', 'job']),
  /** Promised and not yet in the queue; those for later (`availableAt`) not counted. */
  pending: z.number().int(),
  /** For later: quiet hours, retries of a provider. */
  delayed: z.number().int(),
  /** In the queue, or being handled; what has been told to be done may lag behind by some seconds. */
  published: z.number().int(),
  dead: z.number().int(),
  /** Of what waits or is in the queue and due. */
  oldestAt: z.iso.datetime().nullable(),
})
export type QueueState = z.infer<typeof QueueState>

/** An event or a job that had all its attempts. */
export const DeadLetter = z.object({
  id: z.uuid(),
  listener: z.string(),
  kind: z.enum(['event', 'job']),
  type: z.string(),
  /** Ids and facts; no secrets. */
  payload: z.unknown(),
  error: z.string().nullable(),
  requestId: z.string(),
  createdAt: z.iso.datetime(),
})
export type DeadLetter = z.infer<typeof DeadLetter>

const input = z.object({ ids: z.array(z.uuid()).max(1000) })
const output = z.object({
  states: z.record(z.string(), DeliveryState),
  /** Why, of those that are dead. */
  errors: z.record(z.string(), z.string()).optional(),
  /** And since when: one that was sent again after that is not known to be dead. */
  deadSince: z.record(z.string(), z.iso.datetime()).optional(),
})
const outboxInput = z.object({ ids: z.array(z.uuid()).max(100) })
const outboxOutput = z.object({ items: z.array(OutboxState) })
const queuesInput = z.object({})
const queuesOutput = z.object({ queues: z.array(QueueState) })
const deadOutput = pageOf(DeadLetter)
const replayInput = z.object({
  /** All of them where none is named. */
  letters: z
    .array(z.object({ id: z.uuid(), listener: z.string() }))
    .max(100)
    .optional(),
})
const replayOutput = z.object({ count: z.number().int() })

export interface DeliveryOperations {
  readDeliveryStates: Query<typeof input, typeof output>
  readOutboxStates: Query<typeof outboxInput, typeof outboxOutput>
  readQueues: Query<typeof queuesInput, typeof queuesOutput>
  listDeadLetters: Query<typeof Page, typeof deadOutput>
  replayDeadLetters: Command<typeof replayInput, typeof replayOutput>
}

/** Every module answers these; the kernel implements them from the module's outbox and inbox. */
export const deliveryOperations: DeliveryOperations = {
  readDeliveryStates: {
    kind: 'query',
    method: 'GET',
    access: 'service',
    summary: 'What became of events and jobs that were sent to this module.',
    input,
    output,
  },
  readOutboxStates: {
    kind: 'query',
    method: 'GET',
    access: 'service',
    summary: 'How events and jobs stand that this module promised, with each of their listeners.',
    input: outboxInput,
    output: outboxOutput,
  },
  readQueues: {
    kind: 'query',
    method: 'GET',
    access: 'service',
    summary: 'How much of what this module promised waits, for whom, and since when.',
    input: queuesInput,
    output: queuesOutput,
  },
  listDeadLetters: {
    kind: 'query',
    method: 'GET',
    access: 'service',
    summary: 'What this module promised and could not be done, newest first.',
    input: Page,
    output: deadOutput,
  },
  replayDeadLetters: {
    kind: 'command',
    method: 'POST',
    access: 'service',
    summary:
      'Puts dead letters back to be sent. What is not dead any more is left alone, so again is the same as once.',
    input: replayInput,
    output: replayOutput,
  },
}
