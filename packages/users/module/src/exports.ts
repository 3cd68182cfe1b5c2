import { identityOf, newId, secondsUntilFree, type Tx } from '@lightpress/kernel'
import { AppError, type Input, type Output, type Subject } from '@lightpress/protocol'
import type { Export } from '@lightpress/users-contract'
import { and, desc, eq, gt, isNull, lt, ne, sql, type SQL } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { holdOrganization, requireRole } from './organization-access.ts'
import { holdPerson } from './people.ts'
import { queueExport } from './prepare-export.ts'
import { recordActivity } from './record-activity.ts'
import { dataExport, membership, organization } from './schema.ts'

/** Archives of one person or organisation within a day. */
const limit = { most: 3, within: 24 * 60 * 60 }
/** Days after which it is forgotten that there was one. Each can be fetched for a week of these. */
const REMEMBERED = 15
/** As many as there are, of those that did not fail. */
const LISTED = limit.most * REMEMBERED

export async function listMyExports(
  _input: Input<Ops['listMyExports']>,
  ctx: UsersContext,
): Promise<Output<Ops['listMyExports']>> {
  return list({ kind: 'person', id: identityOf(ctx).userId }, ctx)
}

export async function listExports(
  { id }: Input<Ops['listExports']>,
  ctx: UsersContext,
): Promise<Output<Ops['listExports']>> {
  await requireOwner(id, ctx)
  return list({ kind: 'organization', id }, ctx)
}

export async function exportMe(_input: Input<Ops['exportMe']>, ctx: UsersContext): Promise<Output<Ops['exportMe']>> {
  const { userId: id } = identityOf(ctx)
  return ctx.withTx(async (tx) => {
    await holdPerson(tx, id)
    return (await request(tx, { subject: { kind: 'person', id }, requestedBy: id })).row
  })
}

export async function exportOrganization(
  { id }: Input<Ops['exportOrganization']>,
  ctx: UsersContext,
): Promise<Output<Ops['exportOrganization']>> {
  return ctx.withTx(async (tx) => {
    await holdOrganization(tx, { id, atLeast: 'owner', what: 'export all that is held about it' }, ctx)
    const requestedBy = identityOf(ctx).userId
    const { row, isNew } = await request(tx, { subject: { kind: 'organization', id }, requestedBy })
    if (isNew) await recordActivity(tx, { organizationId: id, action: 'export_requested' }, ctx)
    return row
  })
}

/** Who asked, while they may have it. */
export async function readExportMail(
  { exportId }: Input<Ops['readExportMail']>,
  { db }: UsersContext,
): Promise<Output<Ops['readExportMail']>> {
  const [row] = await db
    .select()
    .from(dataExport)
    .where(and(eq(dataExport.id, exportId), isReady()))
  if (!row) return { mail: null }
  if (row.subjectKind === 'person')
    return { mail: { userId: row.requestedBy, organizationId: null, organizationName: null } }
  const [owned] = await db
    .select({ name: organization.name })
    .from(organization)
    .innerJoin(membership, eq(membership.organizationId, organization.id))
    .where(
      and(
        eq(organization.id, row.subjectId),
        isNull(organization.closedAt),
        eq(membership.userId, row.requestedBy),
        eq(membership.role, 'owner'),
      ),
    )
  if (!owned) return { mail: null }
  return { mail: { userId: row.requestedBy, organizationId: row.subjectId, organizationName: owned.name } }
}

/** Their archives are gone by then. */
export async function forgetExports({ db }: UsersContext): Promise<void> {
  await db.delete(dataExport).where(lt(dataExport.createdAt, sql`now() - make_interval(days => ${REMEMBERED})`))
}

/** Can be fetched. */
export function isReady(): SQL | undefined {
  return and(eq(dataExport.state, 'ready'), gt(dataExport.expiresAt, sql`now()`))
}

export function isAbout({ kind, id }: Subject): SQL | undefined {
  return and(eq(dataExport.subjectKind, kind), eq(dataExport.subjectId, id))
}

/** What an organisation has said and done is for its owners, as they are now. */
export async function requireOwner(id: string, ctx: UsersContext): Promise<void> {
  await requireRole({ id, atLeast: 'owner', what: 'have all that is held about it' }, ctx)
}

async function list(subject: Subject, { db }: UsersContext): Promise<{ items: Export[] }> {
  const rows = await db
    .select()
    .from(dataExport)
    .where(isAbout(subject))
    .orderBy(desc(dataExport.createdAt), desc(dataExport.id))
    .limit(LISTED)
  return { items: rows.map(toExport) }
}

/** The one that is being prepared, or a new one. Whoever calls holds whom it is about, so nobody comes in between. */
async function request(
  tx: Tx,
  { subject, requestedBy }: { subject: Subject; requestedBy: string },
): Promise<{ row: Export; isNew: boolean }> {
  const [waiting] = await tx
    .select()
    .from(dataExport)
    .where(and(isAbout(subject), eq(dataExport.state, 'preparing')))
  if (waiting) return { row: toExport(waiting), isNew: false }
  await requireRest(tx, subject)
  const [row] = await tx
    .insert(dataExport)
    .values({ id: newId(), subjectKind: subject.kind, subjectId: subject.id, requestedBy })
    .returning()
  if (!row) throw new TypeError('An insert answered no row')
  await queueExport(tx, row.id)
  return { row: toExport(row), isNew: true }
}

async function requireRest(tx: Tx, subject: Subject): Promise<void> {
  const which = and(isAbout(subject), ne(dataExport.state, 'failed'))
  const retryAfter = await secondsUntilFree(tx, { table: dataExport, at: dataExport.createdAt, which }, limit)
  if (retryAfter === 0) return
  const message = `That is ${limit.most} exports within a day. Those that were made can be fetched for a week.`
  throw new AppError('limited', 'users.too_many_requests', message, { retryAfter })
}

function toExport({ id, state, createdAt, readyAt, expiresAt, bytes }: typeof dataExport.$inferSelect): Export {
  const isOver = state === 'ready' && expiresAt !== null && expiresAt <= new Date()
  return {
    id,
    state: isOver ? 'expired' : state,
    requestedAt: createdAt.toISOString(),
    readyAt: readyAt && readyAt.toISOString(),
    expiresAt: expiresAt && expiresAt.toISOString(),
    bytes,
  }
}
