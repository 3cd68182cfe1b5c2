import { sql, type SQL } from 'drizzle-orm'
import { index, jsonb, pgSchema, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/**
 * Where a delivery came from, so that logs and traces of both sides can be read as one. Ids only. What was promised before
 * the rest was written down has the first two.
 */
export interface Origin {
  /** The correlation id: of the request that began it all, of the run of a schedule, or of a command. */
  requestId: string
  traceparent: string
  /** The event or job in whose handling it was promised; none for what a request or a schedule did itself. */
  causeId?: string | undefined
  /** The operation that was called from outside (`users.inviteMember`), or the schedule or command that ran. */
  operation?: string | undefined
  /** Who called it: a person, and who acted as them, or an API key. */
  actorId?: string | undefined
  impersonatorId?: string | undefined
  apiKeyId?: string | undefined
}

/** What of all that is known of a request goes with what it promises: not whence it came, nor with what. */
export function originOf(request: Origin): Origin {
  const { requestId, traceparent, causeId, operation, actorId, impersonatorId, apiKeyId } = request
  return { requestId, traceparent, causeId, operation, actorId, impersonatorId, apiKeyId }
}

/**
 * The tables that the kernel needs in a module's own schema, so that they commit with the module's rows.
 * A module's schema.ts exports them and its migrations make them.
 */
export function kernelTables<const N extends string>(module: N) {
  const schema = pgSchema(module)
  return {
    schema,
    /** One row for each event and listener, and for each job: what was promised with a commit. */
    outbox: schema.table(
      'outbox',
      {
        id: uuid().notNull(),
        listener: text().notNull(),
        kind: text({ enum: ['event', 'job'] }).notNull(),
        type: text().notNull(),
        payload: jsonb().notNull(),
        origin: jsonb().$type<Origin>().notNull(),
        /** pending → published (in the queue) → done or dead, as its listener says. */
        state: text({ enum: ['pending', 'published', 'done', 'dead'] })
          .notNull()
          .default('pending'),
        createdAt: time('created_at').notNull().defaultNow(),
        availableAt: time('available_at').notNull().defaultNow(),
        publishedAt: time('published_at'),
      },
      (t) => [
        primaryKey({ columns: [t.id, t.listener] }),
        index('outbox_pending')
          .on(t.availableAt)
          .where(sql`state = 'pending'`),
        index('outbox_published')
          .on(t.publishedAt)
          .where(sql`state = 'published'`),
        index('outbox_created_at').on(t.createdAt),
        index('outbox_dead')
          .on(t.createdAt, t.id, t.listener)
          .where(sql`state = 'dead'`),
        // What came of a request, and what is about somebody or was done by them: see `trail.ts`.
        index('outbox_request').on(sql`(origin->>'requestId')`),
        index('outbox_user')
          .on(sql`(payload->>'userId')`, t.createdAt)
          .where(sql`payload->>'userId' is not null`),
        index('outbox_actor')
          .on(sql`(origin->>'actorId')`, t.createdAt)
          .where(sql`origin->>'actorId' is not null`),
        index('outbox_organization')
          .on(sql`(payload->>'organizationId')`, t.createdAt)
          .where(sql`payload->>'organizationId' is not null`),
      ],
    ),
    /** What took effect here, or never will. Kept longer than any outbox, so that nothing takes effect twice. */
    inbox: schema.table(
      'inbox',
      {
        id: uuid().primaryKey(),
        type: text().notNull(),
        state: text({ enum: ['done', 'dead'] }).notNull(),
        error: text(),
        handledAt: time('handled_at').notNull().defaultNow(),
      },
      (t) => [index('inbox_handled_at').on(t.handledAt)],
    ),
    /** The answers of commands that were sent with a key, stored with their effect. */
    idempotency: schema.table(
      'idempotency',
      {
        operation: text().notNull(),
        caller: text().notNull(),
        key: text().notNull(),
        fingerprint: text().notNull(),
        result: jsonb(),
        createdAt: time('created_at').notNull().defaultNow(),
      },
      // The caller first: erasure looks for all of theirs.
      (t) => [uniqueIndex('idempotency_key').on(t.caller, t.operation, t.key)],
    ),
  }
}

export type KernelTables = ReturnType<typeof kernelTables>

const known = new Map<string, KernelTables>()

export function tablesOf(module: string): KernelTables {
  let tables = known.get(module)
  if (!tables) known.set(module, (tables = kernelTables(module)))
  return tables
}

/** Exactly these rows of an outbox, by their two-part key. */
export function isOneOf(
  { id, listener }: KernelTables['outbox'],
  rows: readonly { id: string; listener: string }[],
): SQL {
  const ids = sql.param(rows.map((row) => row.id))
  const listeners = sql.param(rows.map((row) => row.listener))
  return sql`(${id}, ${listener}) in (select * from unnest(${ids}::uuid[], ${listeners}::text[]))`
}
