import { Readable } from 'node:stream'
import { AlertAction, type AuditEntry, type AuditFilter } from '@lightpress/auth-contract'
import { decodeCursor, identityOf, pageFrom, type RawHttp } from '@lightpress/kernel'
import { emailKey, type Input, type Output } from '@lightpress/protocol'
import { and, asc, desc, eq, gte, isNotNull, lt, or, sql, type SQL } from 'drizzle-orm'
import { z } from 'zod'
import { record } from './audit.ts'
import type { AuthContext, Ops } from './context.ts'
import { deviceOf } from './devices.ts'
import { account, auditEntry, auditOrigin } from './schema.ts'

/** To the microsecond, as the database has it, so that pages go by the index and no entry falls between two. */
const exactAt = sql<string>`to_char(${auditEntry.at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
const key = sql`(${auditEntry.at}, ${auditEntry.id})`
const Key = z.tuple([z.iso.datetime(), z.uuid()])
type Key = z.output<typeof Key>

/** Entries that an export reads at a time. */
const BATCH = 1_000

export async function listAudit(
  { limit, cursor, ...filter }: Input<Ops['listAudit']>,
  ctx: AuthContext,
): Promise<Output<Ops['listAudit']>> {
  const { items, nextCursor } = await pageOf(ctx, { limit, cursor, filter })
  return { items: items.map(toEntry), nextCursor, people: await readPeople(items, ctx) }
}

/** What others did to the account is there, too: that is what it is for. */
export async function listActivity(
  { limit, cursor }: Input<Ops['listActivity']>,
  ctx: AuthContext,
): Promise<Output<Ops['listActivity']>> {
  const { userId, sessionId } = identityOf(ctx)
  const { items, nextCursor } = await pageOf(ctx, { limit, cursor, filter: { userId } })
  const present = (row: Row) => ({
    ...toEntry(row),
    ...(isOperators(row) && nowhere),
    current: row.sessionId === sessionId,
    impersonated: row.impersonatorId !== null,
  })
  return { items: items.map(present), nextCursor }
}

/** In batches with nothing open in between, at the pace of whoever reads, and no longer than they do. */
export async function exportAudit(
  { input, reply }: RawHttp<Ops['exportAudit']>,
  ctx: AuthContext,
): Promise<Output<Ops['exportAudit']>> {
  await ctx.withTx((tx) => record(tx, { action: 'audit_exported', userId: null }, ctx))
  const today = new Date().toISOString().slice(0, 10)
  reply.header('content-disposition', `attachment; filename="audit-${today}.ndjson"`)
  reply.type('application/x-ndjson').send(Readable.from(linesOf(input, ctx)))
}

/** Null where the account is gone. */
export async function readSecurityAlert(
  { auditEntryId }: Input<Ops['readSecurityAlert']>,
  ctx: AuthContext,
): Promise<Output<Ops['readSecurityAlert']>> {
  const [found] = await ctx.db
    .select({
      userId: account.userId,
      action: auditEntry.action,
      method: auditEntry.method,
      impersonatorId: auditEntry.impersonatorId,
      email: sql<string>`coalesce(${auditOrigin.email}, ${account.email})`,
      at: auditEntry.at,
      ip: auditOrigin.ip,
      userAgent: auditOrigin.userAgent,
    })
    .from(auditEntry)
    .leftJoin(auditOrigin, eq(auditOrigin.entryId, auditEntry.id))
    .innerJoin(account, eq(account.userId, auditEntry.userId))
    .where(eq(auditEntry.id, auditEntryId))
  const action = AlertAction.safeParse(found?.action)
  if (!found || !action.success) return { alert: null }
  const { at, userId, email, ip, userAgent } = found
  const whence = isOperators(found) ? nowhere : { ip, device: saidBy(userAgent) }
  return { alert: { userId, email, action: action.data, at: at.toISOString(), ...whence } }
}

async function pageOf(
  ctx: AuthContext,
  { limit, cursor, filter }: { limit: number; cursor: string | undefined; filter: AuditFilter },
) {
  const after = decodeCursor(cursor, Key)
  const rows = await select(ctx, [...conditionsOf(filter, ctx), after && sql`${key} < ${tuple(after)}`])
    .orderBy(desc(auditEntry.at), desc(auditEntry.id))
    .limit(limit + 1)
  return pageFrom(rows, limit, ({ exactAt, id }) => [exactAt, id])
}

async function* linesOf(filter: AuditFilter, ctx: AuthContext): AsyncGenerator<string> {
  let after: Key | undefined
  for (;;) {
    const rows = await select(ctx, [...conditionsOf(filter, ctx), after && sql`${key} > ${tuple(after)}`])
      .orderBy(asc(auditEntry.at), asc(auditEntry.id))
      .limit(BATCH)
    if (rows.length > 0) yield rows.map((row) => `${JSON.stringify(toEntry(row))}\n`).join('')
    const last = rows.at(-1)
    if (!last || rows.length < BATCH) return
    after = [last.exactAt, last.id]
  }
}

function select({ db }: AuthContext, conditions: (SQL | undefined)[]) {
  return db
    .select({
      id: auditEntry.id,
      at: auditEntry.at,
      exactAt,
      action: auditEntry.action,
      actorId: auditEntry.actorId,
      userId: auditEntry.userId,
      organizationId: auditEntry.organizationId,
      sessionId: auditEntry.sessionId,
      requestId: auditEntry.requestId,
      impersonatorId: auditEntry.impersonatorId,
      apiKeyId: auditEntry.apiKeyId,
      method: auditEntry.method,
      factor: auditEntry.factor,
      note: auditOrigin.note,
      ip: auditOrigin.ip,
      userAgent: auditOrigin.userAgent,
    })
    .from(auditEntry)
    .leftJoin(auditOrigin, eq(auditOrigin.entryId, auditEntry.id))
    .where(and(...conditions))
    .$dynamic()
}

type Row = Awaited<ReturnType<typeof select>>[number]

function conditionsOf(filter: AuditFilter, ctx: AuthContext): (SQL | undefined)[] {
  const { action, actorId, impersonatorId, impersonated, userId, person, organizationId, from, until } = filter
  return [
    action && eq(auditEntry.action, action),
    person === undefined ? undefined : isInvolved(person, ctx),
    actorId === undefined ? undefined : eq(auditEntry.actorId, actorId),
    impersonatorId === undefined ? undefined : eq(auditEntry.impersonatorId, impersonatorId),
    // Its beginning is the operator's own act, and has the reason.
    impersonated === undefined
      ? undefined
      : or(isNotNull(auditEntry.impersonatorId), eq(auditEntry.method, 'impersonation')),
    userId === undefined ? undefined : eq(auditEntry.userId, userId),
    organizationId === undefined ? undefined : eq(auditEntry.organizationId, organizationId),
    from === undefined ? undefined : gte(auditEntry.at, new Date(from)),
    until === undefined ? undefined : lt(auditEntry.at, new Date(until)),
  ]
}

/** In whichever part. An address that nobody has is no id, and so nobody's. */
function isInvolved(person: string, { db }: AuthContext): SQL | undefined {
  const isId = z.uuid().safeParse(person).success
  const id = isId
    ? person
    : db
        .select({ userId: account.userId })
        .from(account)
        .where(eq(account.emailKey, emailKey(person)))
  return or(eq(auditEntry.userId, id), eq(auditEntry.actorId, id), eq(auditEntry.impersonatorId, id))
}

/** Who the ids of a page are. */
async function readPeople(rows: readonly Row[], ctx: AuthContext) {
  const ids = rows.flatMap(({ actorId, userId, impersonatorId }) => [actorId, userId, impersonatorId])
  const known = [...new Set(ids.filter((id) => id !== null))]
  if (known.length === 0) return []
  const { users } = await ctx.calls.users.readUsers({ ids: known })
  return users.map(({ id, name, email }) => ({ id, name, email }))
}

/** Whence an operator works is in the audit log, and not the business of whom they act as. */
function isOperators({ impersonatorId, method }: Pick<Row, 'impersonatorId' | 'method'>): boolean {
  return impersonatorId !== null || method === 'impersonation'
}
const nowhere = { ip: null, device: null }

function tuple([at, id]: Key): SQL {
  return sql`(${at}::timestamptz, ${id}::uuid)`
}

function toEntry({ exactAt: _, at, userAgent, ...rest }: Row): AuditEntry {
  return { ...rest, at: at.toISOString(), device: saidBy(userAgent) }
}

function saidBy(userAgent: string | null) {
  return userAgent === null ? null : deviceOf(userAgent)
}
