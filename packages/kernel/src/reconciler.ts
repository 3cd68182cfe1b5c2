import type { DeliveryState } from '@lightpress/protocol'
import { and, asc, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import type { Settled } from './ask-listener.ts'
import type { Database } from './db.ts'
import { summarizeError, type Logger } from './logging.ts'
import { isOneOf, tablesOf } from './tables.ts'

/** Asks a listener what became of deliveries; rejects when it cannot be reached. */
export type AskListener = (listener: string, ids: string[]) => Promise<Settled>

export interface ReconcilerOptions {
  module: string
  /** The names of the module's jobs that are never given up. */
  untilDone: ReadonlySet<string>
  database: Database
  ask: AskListener
  log: Logger
}

/** What a listener was asked about. */
interface Asked {
  id: string
  listener: string
  kind: 'event' | 'job'
  type: string
  /** When it was to be sent; of a dead letter that was replayed, when that was. */
  availableAt: Date
}

/** What became of it; `exhausted` had all its attempts and must be done all the same. */
type Outcome = DeliveryState | 'exhausted'

const EVERY = 5_000
const BATCH = 1_000
const ASK_AFTER = sql`interval '10 seconds'`
const REVIVE_AFTER = sql`interval '5 minutes'`
const KEEP_OUTBOX = sql`interval '30 days'`
const KEEP_INBOX = sql`interval '60 days'`
const KEEP_ANSWERS = sql`interval '2 days'`

/**
 * Published is not delivered. Asks listeners what became of deliveries that were published a while ago, settles
 * those they know, and sends again what they never saw: a queue that was flushed loses nothing. A delivery that
 * still waits in its queue is sent again too; the queue knows its id, and the inbox does behind it. So is, after a while,
 * a dead letter that is a job which must be done.
 */
export function startReconciler({ module, untilDone, database, ask, log }: ReconcilerOptions) {
  const { outbox, inbox, idempotency } = tablesOf(module)
  const { db } = database
  let running: Promise<void> | undefined
  let cleanedAt = 0
  let closed = false
  // As long again as it had waited: a long backlog is not sent into its queue twice a minute. No longer than five minutes,
  // because what waits for a version that knows it is to arrive soon after that is deployed.
  const sendAgainAfter = sql`least(interval '5 minutes', greatest(interval '30 seconds', ${outbox.publishedAt} - ${outbox.availableAt}))`
  const stale = and(eq(outbox.state, 'published'), lt(outbox.publishedAt, sql`now() - ${ASK_AFTER}`))

  const reconcile = async () => {
    const listeners = await db.selectDistinct({ name: outbox.listener }).from(outbox).where(stale)
    await Promise.all(
      listeners.map(({ name: listener }) =>
        // One that cannot be reached keeps nobody else waiting.
        askAll(listener).catch((error: unknown) =>
          log.warn(
            { listener, error: summarizeError(error) },
            'the reconciler could not ask a listener; it asks again',
          ),
        ),
      ),
    )
  }

  const askAll = async (listener: string) => {
    let last: string | undefined
    do {
      const rows = await db
        .select({
          id: outbox.id,
          listener: outbox.listener,
          kind: outbox.kind,
          type: outbox.type,
          availableAt: outbox.availableAt,
        })
        .from(outbox)
        .where(and(stale, eq(outbox.listener, listener), last === undefined ? undefined : gt(outbox.id, last)))
        .orderBy(asc(outbox.id))
        .limit(BATCH)
      if (rows.length > 0)
        await settle(
          await ask(
            listener,
            rows.map((row) => row.id),
          ),
          rows,
        )
      last = rows.length === BATCH ? rows.at(-1)?.id : undefined
    } while (last !== undefined && !closed)
  }

  const settle = async ({ states, deadSince = {} }: Settled, group: readonly Asked[]) => {
    const outcomeOf = (row: Asked): Outcome => {
      const state = states[row.id] ?? 'unknown'
      // Replayed since: its listener still knows of the last time only, and may be at it.
      const since = deadSince[row.id]
      if (state === 'dead' && since !== undefined && new Date(since) < row.availableAt) return 'unknown'
      return state === 'dead' && row.kind === 'job' && untilDone.has(row.type) ? 'exhausted' : state
    }
    for (const [outcome, rows] of Map.groupBy(group, outcomeOf)) {
      const these = and(isOneOf(outbox, rows), eq(outbox.state, 'published'))
      if (outcome === 'unknown' || outcome === 'exhausted') {
        // Asked again later unless it is old enough to be sent again; `publishedAt` moves with every sending.
        const after = outcome === 'unknown' ? sendAgainAfter : REVIVE_AFTER
        await db
          .update(outbox)
          .set({ state: 'pending' })
          .where(and(these, lt(outbox.publishedAt, sql`now() - ${after}`)))
      } else {
        await db.update(outbox).set({ state: outcome }).where(these)
        if (outcome === 'dead') log.error({ ids: rows.map((row) => row.id) }, 'deliveries ended as dead letters')
      }
    }
  }

  const clean = async () => {
    if (Date.now() - cleanedAt < 3_600_000) return
    cleanedAt = Date.now()
    await db.delete(outbox).where(and(eq(outbox.state, 'done'), lt(outbox.createdAt, sql`now() - ${KEEP_OUTBOX}`)))
    await db.delete(inbox).where(and(eq(inbox.state, 'done'), lt(inbox.handledAt, sql`now() - ${KEEP_INBOX}`)))
    await db.delete(idempotency).where(lt(idempotency.createdAt, sql`now() - ${KEEP_ANSWERS}`))
  }

  const timer = setInterval(() => {
    running ??= reconcile()
      .then(clean)
      .catch((error: unknown) =>
        log.warn({ error: summarizeError(error) }, 'the reconciler was interrupted; it goes on'),
      )
      .finally(() => {
        running = undefined
      })
  }, EVERY)

  return {
    async close() {
      closed = true
      clearInterval(timer)
      await running
    },
  }
}

/** The listener's side: what this module's inbox knows. */
export async function readDeliveryStates({ db }: Database, module: string, ids: string[]): Promise<Settled> {
  const { inbox } = tablesOf(module)
  if (ids.length === 0) return { states: {} }
  const rows = await db
    .select({ id: inbox.id, state: inbox.state, error: inbox.error, handledAt: inbox.handledAt })
    .from(inbox)
    .where(inArray(inbox.id, ids))
  const known = new Map<string, DeliveryState>(rows.map((row) => [row.id, row.state]))
  const dead = rows.filter(({ state }) => state === 'dead')
  return {
    states: Object.fromEntries(ids.map((id) => [id, known.get(id) ?? 'unknown'])),
    errors: Object.fromEntries(dead.flatMap(({ id, error }) => (error === null ? [] : [[id, error]]))),
    deadSince: Object.fromEntries(dead.map(({ id, handledAt }) => [id, handledAt.toISOString()])),
  }
}
