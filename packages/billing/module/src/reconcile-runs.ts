import { enqueue, newId, type Tx } from '@lightpress/kernel'
import { and, desc, eq, gt, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import type { reconcileJob } from './reconcile.ts'
import { reconciliation } from './schema.ts'

export type Run = typeof reconciliation.$inferSelect

/** A run that was not at work for so long was broken off. A job that failed waits less than half of that. */
const BROKEN_OFF = sql`interval '15 minutes'`

/** What a run looks like: at work, over, or broken off by the end of its process. */
export const runState = sql<'running' | 'finished' | 'broken_off'>`case
  when ${reconciliation.finishedAt} is not null then 'finished'
  when ${reconciliation.aliveAt} > now() - ${BROKEN_OFF} then 'running'
  else 'broken_off' end`

/** Of several at once one begins a run; the others get that one. With a `job` that does it, else the caller does. */
export async function beginRun(
  { withTx }: BillingContext,
  { job }: { job?: typeof reconcileJob },
): Promise<{ id: string; begun: boolean }> {
  return withTx(async (tx) => {
    await oneAtATime(tx)
    const [running] = await tx
      .select({ id: reconciliation.id })
      .from(reconciliation)
      .where(and(isNull(reconciliation.finishedAt), gt(reconciliation.aliveAt, sql`now() - ${BROKEN_OFF}`)))
      .orderBy(desc(reconciliation.startedAt), desc(reconciliation.id))
      .limit(1)
    if (running) return { ...running, begun: false }
    const id = newId()
    await tx.insert(reconciliation).values({ id })
    if (job) await enqueue(tx, job, { payload: { id } })
    return { id, begun: true }
  })
}

/** Undefined for one that is over, or forgotten. */
export async function resumeRun(id: string, { db }: BillingContext): Promise<Run | undefined> {
  const [run] = await db
    .select()
    .from(reconciliation)
    .where(and(eq(reconciliation.id, id), isNull(reconciliation.finishedAt)))
  return run
}

/** Another run was begun since: this one was taken for broken off. */
export class Overtaken extends Error {}

/** Says that the run is at work. Throws `Overtaken`. */
export async function keepAlive({ id }: Pick<Run, 'id'>, { db }: BillingContext): Promise<void> {
  // Ids grow with time.
  const [alive] = await db
    .update(reconciliation)
    .set({ aliveAt: sql`now()` })
    .where(
      and(
        eq(reconciliation.id, id),
        sql`not exists (select 1 from ${reconciliation} newer where newer.id > ${id}::uuid)`,
      ),
    )
    .returning({ id: reconciliation.id })
  if (!alive) throw new Overtaken()
}

export async function finishRun(
  { id }: Run,
  { compared, lostWebhooks }: { compared: number; lostWebhooks: number },
  { db }: BillingContext,
): Promise<void> {
  await db
    .update(reconciliation)
    .set({ finishedAt: sql`now()`, aliveAt: sql`now()`, compared, lostWebhooks })
    .where(eq(reconciliation.id, id))
}

/** When the last one began that was finished: from then on webhooks may have been lost. */
export async function lastFinished({ db }: BillingContext): Promise<Date | null> {
  const [last] = await db
    .select({ startedAt: reconciliation.startedAt })
    .from(reconciliation)
    .where(isNotNull(reconciliation.finishedAt))
    .orderBy(desc(reconciliation.startedAt), desc(reconciliation.id))
    .limit(1)
  return last?.startedAt ?? null
}

/** What was found goes with them. */
export async function forgetRuns({ db }: BillingContext): Promise<void> {
  await db.delete(reconciliation).where(lt(reconciliation.startedAt, sql`now() - interval '90 days'`))
}

async function oneAtATime(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('billing.reconciliation', 0))`)
}
