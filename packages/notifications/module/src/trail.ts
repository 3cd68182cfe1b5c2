import { beforeInTrail, exactTime, newestFirst, type TrailPage } from '@lightpress/kernel'
import type { TrailItem, TrailSubject } from '@lightpress/protocol'
import { and, eq, sql, type SQL } from 'drizzle-orm'
import type { NotificationsContext } from './context.ts'
import { digest, digestItem, message, notification } from './schema.ts'
import { webhookTrail } from './webhooks/trail.ts'

type Context = Pick<NotificationsContext, 'db'>

/** Who was told what, by mail and in their inbox, and which programs; and what became of it. */
export async function trail(about: TrailSubject, page: TrailPage, ctx: Context): Promise<TrailItem[]> {
  const trails = [messages, notices, gathered, webhookTrail].map((read) => read(about, page, ctx))
  return (await Promise.all(trails)).flat()
}

async function messages({ kind, id }: TrailSubject, page: TrailPage, { db }: Context): Promise<TrailItem[]> {
  const key = { at: message.createdAt, id: message.id }
  const about = { request: message.requestId, person: message.userId, organization: message.organizationId }
  const rows = await db
    .select({
      id: message.id,
      at: exactTime(message.createdAt),
      eventId: message.eventId,
      requestId: message.requestId,
      template: message.template,
      status: message.status,
      error: message.error,
      userId: message.userId,
      organizationId: message.organizationId,
      details: {
        category: message.category,
        outcome: message.outcome,
        attempts: message.attempts,
        registrationId: message.registrationId,
        providerId: message.providerId,
        sentAt: message.sentAt,
        notBefore: message.notBefore,
      },
    })
    .from(message)
    .where(and(eq(about[kind], id), beforeInTrail(page, key)))
    .orderBy(...newestFirst(key))
    .limit(page.limit)
  return rows.map(({ eventId, template, status, details, ...row }) => ({
    ...row,
    ...toItem({ kind: 'message', type: template, eventId, requestId: row.requestId ?? row.id }),
    error: reasonOf(status, row.error),
    state: status,
    details: said(details),
  }))
}

/** What the provider said may repeat an address, and stands in the log of e-mails alone. Why it was not asked are our words. */
function reasonOf(status: typeof message.$inferSelect.status, error: string | null): string | null {
  if (error === null || status === 'suppressed') return error
  return `${status === 'failed' ? 'Not sent' : 'Not taken yet'}: the log of e-mails says why.`
}

async function notices({ kind, id }: TrailSubject, page: TrailPage, { db }: Context): Promise<TrailItem[]> {
  const condition = noticesAbout({ kind, id }, notification)
  if (!condition) return []
  const key = { at: notification.createdAt, id: notification.id }
  const rows = await db
    .select({
      id: notification.id,
      at: exactTime(notification.createdAt),
      eventId: notification.eventId,
      requestId: notification.requestId,
      category: notification.category,
      userId: notification.userId,
      details: { readAt: notification.readAt, archivedAt: notification.archivedAt },
    })
    .from(notification)
    .where(and(condition, beforeInTrail(page, key)))
    .orderBy(...newestFirst(key))
    .limit(page.limit)
  return rows.map(({ eventId, category, details, ...row }) => ({
    ...row,
    ...toItem({ kind: 'notice', type: category, eventId, requestId: row.requestId ?? row.id }),
    error: null,
    organizationId: null,
    state: 'done',
    details: said(details),
  }))
}

/**
 * What waits for a digest, or was in it, as its mail stands. Each has the id of its digest before its own, because the digest
 * is what its mail was written because of: so that leads on to the events, and these to the mail.
 */
async function gathered({ kind, id }: TrailSubject, page: TrailPage, { db }: Context): Promise<TrailItem[]> {
  const condition = noticesAbout({ kind, id }, digestItem)
  if (!condition) return []
  const key = { at: digestItem.createdAt, id: sql<string>`${digestItem.digestId}::text || ':' || ${digestItem.id}` }
  const rows = await db
    .select({
      id: key.id,
      at: exactTime(digestItem.createdAt),
      eventId: digestItem.eventId,
      requestId: digestItem.requestId,
      category: digestItem.category,
      userId: digestItem.userId,
      closedAt: digest.closedAt,
      status: message.status,
      details: { digestId: digest.id, windowEnd: digest.windowEnd, messageId: message.id },
    })
    .from(digestItem)
    .innerJoin(digest, eq(digest.id, digestItem.digestId))
    .leftJoin(message, and(eq(message.eventId, digest.id), eq(message.template, 'digest')))
    .where(and(condition, beforeInTrail(page, key)))
    .orderBy(...newestFirst(key))
    .limit(page.limit)
  return rows.map(({ eventId, requestId, category, closedAt, status, details, ...row }) => ({
    ...row,
    ...toItem({ kind: 'notice', type: category, eventId, requestId }),
    error: null,
    organizationId: null,
    // Closed without a mail: all that was in it was read before.
    state: status ?? (closedAt ? 'cancelled' : 'pending'),
    details: said(details),
  }))
}

/** A notice is one person's. */
function noticesAbout({ kind, id }: TrailSubject, table: typeof notification | typeof digestItem): SQL | undefined {
  switch (kind) {
    case 'request':
      return eq(table.requestId, id)
    case 'person':
      return eq(table.userId, id)
    case 'organization':
      return undefined
  }
}

/** Each is written because of an event, which knows who began it all. */
function toItem<const K extends TrailItem['kind']>({
  kind,
  type,
  eventId,
  requestId,
}: {
  kind: K
  type: string
  eventId: string
  requestId: string
}) {
  return {
    module: 'notifications',
    kind,
    type,
    listener: null,
    requestId,
    causeId: eventId,
    operation: null,
    actorId: null,
  } as const
}

function said(details: Record<string, string | number | Date | null>): Record<string, string> {
  const known = Object.entries(details).flatMap(([name, value]) => {
    if (value === null) return []
    return [[name, value instanceof Date ? value.toISOString() : String(value)]]
  })
  return Object.fromEntries(known) as Record<string, string>
}
