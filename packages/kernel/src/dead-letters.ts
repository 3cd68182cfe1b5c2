import type { DeadLetter, Input, Output, DeliveryOperations } from '@lightpress/protocol'
import { and, desc, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Ask } from './ask-listener.ts'
import { decodeCursor, pageFrom } from './cursor.ts'
import type { Database } from './db.ts'
import { summarizeError } from './logging.ts'
import type { CallContext } from './module.ts'
import { tablesOf } from './tables.ts'
import { exactTime } from './trail-order.ts'

/** Milliseconds that a list waits for a listener to say why, at most: without it there is a list all the same. */
const PATIENCE = 2_000

const Key = z.tuple([z.iso.datetime(), z.uuid(), z.string()])

interface Source {
  module: string
  database: Database
  ask: Ask
}

/** What this module promised and its listeners, or it itself, could not do in all their attempts. */
export async function listDeadLetters(
  { limit, cursor }: Input<DeliveryOperations['listDeadLetters']>,
  { module, database, ask }: Source,
  call: CallContext,
): Promise<Output<DeliveryOperations['listDeadLetters']>> {
  const { outbox } = tablesOf(module)
  const key = [outbox.createdAt, outbox.id, outbox.listener] as const
  const before = decodeCursor(cursor, Key)
  const rows = await database.db
    .select({
      id: outbox.id,
      listener: outbox.listener,
      kind: outbox.kind,
      type: outbox.type,
      payload: outbox.payload,
      origin: outbox.origin,
      createdAt: outbox.createdAt,
      exactAt: exactTime(outbox.createdAt),
    })
    .from(outbox)
    .where(
      and(
        eq(outbox.state, 'dead'),
        before && sql`(${sql.join([...key], sql`, `)}) < (${before[0]}::timestamptz, ${before[1]}::uuid, ${before[2]})`,
      ),
    )
    .orderBy(...key.map((column) => desc(column)))
    .limit(limit + 1)
  const page = pageFrom(rows, limit, ({ exactAt, id, listener }) => [exactAt, id, listener])
  const errors = await readErrors(page.items, ask, call)
  const items = page.items.map(({ id, listener, kind, type, payload, origin, createdAt }): DeadLetter => ({
    id,
    listener,
    kind,
    type,
    payload,
    error: errors.get(letterKey({ id, listener })) ?? null,
    requestId: origin.requestId,
    createdAt: createdAt.toISOString(),
  }))
  return { items, nextCursor: page.nextCursor }
}

interface Letter {
  id: string
  listener: string
}

/** Why letters are dead, by `letterKey`: each listener is asked once. Of one that does not answer nothing is known. */
export async function readErrors(
  letters: readonly Letter[],
  ask: Ask,
  call: CallContext,
): Promise<ReadonlyMap<string, string>> {
  const within = Math.min(PATIENCE, (call.deadline - Date.now()) / 2)
  const known = await Promise.all(
    [...Map.groupBy(letters, ({ listener }) => listener)].map(async ([listener, group]) => {
      try {
        const { errors = {} } = await ask({ listener, ids: group.map(({ id }) => id), within }, call)
        return Object.entries(errors).map(([id, error]) => [letterKey({ id, listener }), error] as const)
      } catch (error) {
        call.log.warn({ listener, error: summarizeError(error) }, 'a listener does not say why letters are dead')
        return []
      }
    }),
  )
  return new Map(known.flat())
}

/** Tells one letter from another: an event to several listeners is several. */
export function letterKey({ id, listener }: Letter): string {
  return `${id}:${listener}`
}
