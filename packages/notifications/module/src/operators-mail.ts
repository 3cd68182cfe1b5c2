import { decodeCursor, pageFrom } from '@lightpress/kernel'
import type { MailRecord, notifications, Suppression } from '@lightpress/notifications-contract'
import { AppError, emailKey, type Input, type Output } from '@lightpress/protocol'
import { and, desc, eq, lt, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { NotificationsContext } from './context.ts'
import type { Message } from './deliver.ts'
import { message, suppression } from './schema.ts'
import { lift, type Suppressed } from './suppressions.ts'

type Ops = (typeof notifications)['operations']

/** Ids are in the order of time, so newest first is by id. */
const Key = z.tuple([z.uuid()])

export async function adminListMessages(
  { status, template, userId, organizationId, recipient, limit, cursor }: Input<Ops['adminListMessages']>,
  { db }: NotificationsContext,
): Promise<Output<Ops['adminListMessages']>> {
  const before = decodeCursor(cursor, Key)
  const rows = await db
    .select()
    .from(message)
    .where(
      and(
        before && lt(message.id, before[0]),
        status && eq(message.status, status),
        // Whatever an operator types: a template that there is not has no mails.
        template === undefined ? undefined : sql`${message.template} = ${template}`,
        userId === undefined ? undefined : eq(message.userId, userId),
        organizationId === undefined ? undefined : eq(message.organizationId, organizationId),
        recipient === undefined ? undefined : sql`lower(${message.recipient}) = ${emailKey(recipient)}`,
      ),
    )
    .orderBy(desc(message.id))
    .limit(limit + 1)
  return pageFrom(rows.map(toRecord), limit, ({ id }) => [id])
}

export async function adminListSuppressions(
  { address, limit, cursor }: Input<Ops['adminListSuppressions']>,
  { db }: NotificationsContext,
): Promise<Output<Ops['adminListSuppressions']>> {
  const before = decodeCursor(cursor, Key)
  const rows = await db
    .select()
    .from(suppression)
    .where(
      and(
        before && lt(suppression.id, before[0]),
        address === undefined ? undefined : eq(suppression.address, emailKey(address.trim())),
      ),
    )
    .orderBy(desc(suppression.id))
    .limit(limit + 1)
  return pageFrom(rows.map(toSuppression), limit, ({ id }) => [id])
}

export async function adminLiftSuppression(
  { id }: Input<Ops['adminLiftSuppression']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['adminLiftSuppression']>> {
  const [found] = await ctx.db.select().from(suppression).where(eq(suppression.id, id))
  if (!found) {
    throw new AppError('not_found', 'notifications.suppression_not_found', 'Mail is sent to that address already.')
  }
  await lift(found, ctx)
  return {}
}

function toRecord(row: Message): MailRecord {
  const { id, template, category, userId, organizationId, recipient, status, outcome, attempts, error } = row
  const { eventId, requestId, createdAt, notBefore, sentAt } = row
  return {
    ...{ id, template, category, userId, organizationId, recipient, status, outcome, attempts, error },
    ...{ eventId, requestId },
    createdAt: createdAt.toISOString(),
    notBefore: notBefore?.toISOString() ?? null,
    sentAt: sentAt?.toISOString() ?? null,
  }
}

function toSuppression({ id, address, reason, detail, createdAt }: Suppressed): Suppression {
  return { id, address, reason, detail, createdAt: createdAt.toISOString() }
}
