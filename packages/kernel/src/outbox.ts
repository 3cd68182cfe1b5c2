import { publisherOf, type EventDefinition, type Payload } from '@lightpress/protocol'
import type { z } from 'zod'
import { afterCommit, stateOf, type Tx } from './db.ts'
import { newId } from './ids.ts'
import type { JobRequest } from './module.ts'
import { tablesOf } from './tables.ts'

/**
 * Promises an event together with the transaction: a row for each listener, sent by the relay after the
 * commit. Returns the event's id. The payload is checked here, where the mistake is.
 */
export async function publish<E extends EventDefinition>(
  tx: Tx,
  event: E,
  payload: z.input<E['payload']>,
): Promise<string> {
  const { module } = stateOf(tx)
  if (publisherOf(event) !== module)
    throw new TypeError(`${module} cannot publish ${event.type}, which is another module's`)
  const checked = event.payload.parse(payload) as Payload<E>
  const id = newId()
  await promise(
    tx,
    event.listeners.map((listener) => ({ id, listener, kind: 'event', type: event.type, payload: checked })),
  )
  return id
}

/** Promises a job of the module's own, together with the transaction. `delay` in milliseconds. */
export async function enqueue<P extends z.ZodType>(
  tx: Tx,
  job: JobRequest<P>,
  { payload, delay = 0 }: { payload: z.input<P>; delay?: number },
): Promise<string> {
  const { module } = stateOf(tx)
  const id = newId()
  const row = { id, listener: module, kind: 'job' as const, type: job.name, payload: job.payload.parse(payload) }
  await promise(tx, [delay > 0 ? { ...row, availableAt: new Date(Date.now() + delay) } : row])
  return id
}

type Row = Omit<ReturnType<typeof tablesOf>['outbox']['$inferInsert'], 'origin'>

async function promise(tx: Tx, rows: Row[]): Promise<void> {
  if (rows.length === 0) return
  const { module, origin } = stateOf(tx)
  await tx.insert(tablesOf(module).outbox).values(rows.map((row) => ({ ...row, origin })))
  wakeRelay(tx)
}

/** Tells the module's relay that there is something to send after the commit. */
export function wakeRelay(tx: Tx): void {
  const { module } = stateOf(tx)
  afterCommit(tx, 'wake the relay', () => wakers.get(module)?.forEach((wake) => wake()))
}

const wakers = new Map<string, Set<() => void>>()

/** Calls `wake` after every commit of this process that left something in the module's outbox. */
export function onOutboxCommit(module: string, wake: () => void): () => void {
  const set = wakers.get(module) ?? new Set()
  wakers.set(module, set.add(wake))
  return () => set.delete(wake)
}
