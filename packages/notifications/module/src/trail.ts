import { beforeInTrail, exactTime, newestFirst, type TrailPage } from '@lightpress/kernel'
import type { TrailItem, TrailSubject } from '@lightpress/protocol'
import { and, eq, type SQL } from 'drizzle-orm'
import type { NotificationsContext } from './context.ts'
import { message, notification } from './schema.ts'
import { webhookTrail } from './webhooks/trail.ts'

type Context = Pick<NotificationsContext, 'db'>

/** Who was told what, by mail and in their inbox, and which programs; and what became of it. */
export async function trail(about: TrailSubject, page: TrailPage, ctx: Context): Promise<TrailItem[]> {
  const trails = [messages(about, page, ctx), notices(about, page, ctx), webhookTrail(about, page, ctx)]
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
    state: status,
    details: said(details),
  }))
}

async function notices({ kind, id }: TrailSubject, page: TrailPage, { db }: Context): Promise<TrailItem[]> {
  const condition = noticesAbout({ kind, id })
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

/** A notice is one person's. */
function noticesAbout({ kind, id }: TrailSubject): SQL | undefined {
  switch (kind) {
    case 'request':
      return eq(notification.requestId, id)
    case 'person':
      return eq(notification.userId, id)
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
