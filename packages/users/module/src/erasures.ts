import { decodeCursor, pageFrom } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import { and, desc, eq, isNotNull } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { earlierThan, exactTime, TimeKey } from './keyset.ts'
import { erasure } from './schema.ts'

export async function listErasures(
  { limit, cursor }: Input<Ops['listErasures']>,
  ctx: UsersContext,
): Promise<Output<Ops['listErasures']>> {
  const key = [erasure.createdAt, erasure.id] as const
  const after = decodeCursor(cursor, TimeKey)
  const rows = await ctx.db
    .select({ erasure, exactAt: exactTime(erasure.createdAt) })
    .from(erasure)
    .where(after && earlierThan(after, key))
    .orderBy(...key.map((column) => desc(column)))
    .limit(limit + 1)
  const page = pageFrom(rows, limit, ({ exactAt, erasure: { id } }) => [exactAt, id])
  return { items: page.items.map(toErasure), nextCursor: page.nextCursor }
}

/** Null until there is a receipt, and once nobody knows any more where it goes. */
export async function readErasureMail(
  { erasureId }: Input<Ops['readErasureMail']>,
  { db }: UsersContext,
): Promise<Output<Ops['readErasureMail']>> {
  const [found] = await db
    .select()
    .from(erasure)
    .where(and(eq(erasure.id, erasureId), isNotNull(erasure.finishedAt)))
  if (!found?.contact || !found.finishedAt) return { mail: null }
  const { contact, subjectKind: subject, finishedAt, receipt: items } = found
  return { mail: { ...contact, subject, finishedAt: finishedAt.toISOString(), items } }
}

function toErasure({
  erasure: row,
}: {
  erasure: typeof erasure.$inferSelect
}): Output<Ops['listErasures']>['items'][number] {
  const { id, subjectKind, subjectId, requestedBy, createdAt, finishedAt, receipt } = row
  return {
    id,
    subject: { kind: subjectKind, id: subjectId },
    state: finishedAt ? 'done' : 'running',
    requestedBy,
    requestedAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
    items: receipt,
  }
}
