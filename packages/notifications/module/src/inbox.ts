import { decodeCursor, identityOf, pageFrom, type Db } from '@lightpress/kernel'
import type { Notification, notifications } from '@lightpress/notifications-contract'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import { and, desc, eq, isNotNull, isNull, lt, lte, sql } from 'drizzle-orm'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import type { NotificationsContext } from './context.ts'
import { changed } from './live.ts'
import { notification } from './schema.ts'

type Ops = (typeof notifications)['operations']

const Key = z.tuple([z.number().int()])

export async function listNotifications(
  { show, category, limit, cursor }: Input<Ops['listNotifications']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['listNotifications']>> {
  const before = decodeCursor(cursor, Key)
  const rows = await ctx.db
    .select()
    .from(notification)
    .where(
      and(
        eq(notification.userId, identityOf(ctx).userId),
        shown[show],
        category && eq(notification.category, category),
        before && lt(notification.sequence, before[0]),
      ),
    )
    .orderBy(desc(notification.sequence))
    .limit(limit + 1)
  return pageFrom(rows.map(toNotification), limit, ({ sequence }) => [sequence])
}

/** In the words of the indexes. What is unread is in no archive. */
const shown = {
  inbox: isNull(notification.archivedAt),
  unread: isNull(notification.readAt),
  archive: isNotNull(notification.archivedAt),
}

export async function getUnreadCount(
  _input: Input<Ops['getUnreadCount']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['getUnreadCount']>> {
  return { count: await countUnread(ctx.db, identityOf(ctx).userId) }
}

/** Keeps the time of the first reading. */
export async function markRead(
  { id }: Input<Ops['markRead']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['markRead']>> {
  return changeOne(id, { readAt: sql`coalesce(${notification.readAt}, now())` }, ctx)
}

/** Changes one of the person's own; another person's does not exist. Their other tabs count anew. */
export async function changeOne(
  id: string,
  changes: PgUpdateSetSource<typeof notification>,
  ctx: NotificationsContext,
): Promise<Notification> {
  const { userId } = identityOf(ctx)
  const [row] = await ctx.db
    .update(notification)
    .set(changes)
    .where(and(eq(notification.id, id), eq(notification.userId, userId)))
    .returning()
  if (!row) throw new AppError('not_found', 'notifications.not_found', 'There is no such notification.')
  ctx.signals.emit(changed, { userId })
  return toNotification(row)
}

export async function markAllRead(
  { upTo }: Input<Ops['markAllRead']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['markAllRead']>> {
  const { userId } = identityOf(ctx)
  await ctx.db
    .update(notification)
    .set({ readAt: sql`now()` })
    .where(and(unreadOf(userId), upTo === undefined ? undefined : lte(notification.sequence, upTo)))
  ctx.signals.emit(changed, { userId })
  return { count: await countUnread(ctx.db, userId) }
}

export function countUnread(db: Db, userId: string): Promise<number> {
  return db.$count(notification, unreadOf(userId))
}

export function toNotification(row: typeof notification.$inferSelect): Notification {
  const { id, sequence, category, title, body, link, createdAt, readAt, archivedAt } = row
  return {
    id,
    sequence,
    category,
    title,
    body,
    link,
    createdAt: createdAt.toISOString(),
    readAt: readAt?.toISOString() ?? null,
    archivedAt: archivedAt?.toISOString() ?? null,
  }
}

function unreadOf(userId: string) {
  return and(eq(notification.userId, userId), isNull(notification.readAt))
}
