import type { Drift, Reconciliation } from '@lightpress/billing-contract'
import { decodeCursor, identityOf, pageFrom } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import { and, asc, desc, eq, getTableColumns, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { BillingContext, Ops } from '../context.ts'
import { beginReconciliation } from '../reconcile.ts'
import { runState } from '../reconcile-runs.ts'
import { drift, reconciliation } from '../schema.ts'

/** Of what each of them found. */
const SHOWN = 100

/** Ids grow with time. */
export async function listReconciliations(
  { limit, cursor }: Input<Ops['listReconciliations']>,
  ctx: BillingContext,
): Promise<Output<Ops['listReconciliations']>> {
  const [before] = decodeCursor(cursor, z.tuple([z.uuid()])) ?? []
  const rows = await findRuns({ before, limit: limit + 1 }, ctx)
  return pageFrom(gather(rows), limit, ({ id }) => [id])
}

export async function startReconciliation(
  _input: object,
  ctx: BillingContext,
): Promise<Output<Ops['startReconciliation']>> {
  const id = await beginReconciliation(ctx)
  ctx.log.info({ operator: identityOf(ctx).userId, reconciliation: id }, 'an operator had everything compared')
  return { id }
}

/** Newest first, each as often as there is something to show of it. */
async function findRuns({ before, limit }: { before: string | undefined; limit: number }, { db }: BillingContext) {
  const ofRun = eq(drift.reconciliationId, reconciliation.id)
  const run = db
    .select({
      ...getTableColumns(reconciliation),
      state: runState.as('state'),
      driftCount: db.$count(drift, ofRun).as('drift_count'),
      openCount: db.$count(drift, and(ofRun, isNull(drift.repairedAt))).as('open_count'),
    })
    .from(reconciliation)
    .where(before === undefined ? undefined : lt(reconciliation.id, before))
    .orderBy(desc(reconciliation.id))
    .limit(limit)
    .as('run')
  const found = db
    .select()
    .from(drift)
    .where(eq(drift.reconciliationId, run.id))
    .orderBy(isNotNull(drift.repairedAt), asc(drift.id))
    .limit(SHOWN)
    .as('found')
  return db
    .select()
    .from(run)
    .leftJoinLateral(found, sql`true`)
    .orderBy(desc(run.id), isNotNull(found.repairedAt), asc(found.id))
}

function gather(rows: Awaited<ReturnType<typeof findRuns>>): Reconciliation[] {
  const runs = new Map<string, Reconciliation>()
  for (const { run, found } of rows) {
    const { startedAt, finishedAt, aliveAt: _, ...facts } = run
    const times = { startedAt: startedAt.toISOString(), finishedAt: finishedAt?.toISOString() ?? null }
    const gathered = runs.get(run.id) ?? { ...facts, ...times, drifts: [] }
    if (found) gathered.drifts.push(toDrift(found))
    runs.set(run.id, gathered)
  }
  return [...runs.values()]
}

function toDrift({ reconciliationId: _, repairedAt, ...row }: typeof drift.$inferSelect): Drift {
  return { ...row, repairedAt: repairedAt?.toISOString() ?? null }
}
