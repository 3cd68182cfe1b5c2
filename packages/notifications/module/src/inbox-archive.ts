import type { notifications } from '@lightpress/notifications-contract'
import type { Input, Output } from '@lightpress/protocol'
import { sql, type SQL } from 'drizzle-orm'
import type { NotificationsContext } from './context.ts'
import { changeOne } from './inbox.ts'
import { notification } from './schema.ts'

type Ops = (typeof notifications)['operations']

// What is archived is read, and stays so: `unread` counts what somebody still has to look at.

export async function archiveNotification(
  { id }: Input<Ops['archiveNotification']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['archiveNotification']>> {
  return changeOne(
    id,
    {
      archivedAt: sql`coalesce(${notification.archivedAt}, now())`,
      readAt: sql`coalesce(${notification.readAt}, now())`,
    },
    ctx,
  )
}

export async function restoreNotification(
  { id, unread }: Input<Ops['restoreNotification']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['restoreNotification']>> {
  return changeOne(
    id,
    { archivedAt: null, ...(unread && { readAt: unreadWhere(sql`${notification.archivedAt} is not null`) }) },
    ctx,
  )
}

export async function markUnread(
  { id }: Input<Ops['markUnread']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['markUnread']>> {
  return changeOne(id, { readAt: unreadWhere(sql`${notification.archivedAt} is null`) }, ctx)
}

/** What is there already is left as it is. */
function unreadWhere(condition: SQL): SQL {
  return sql`case when ${condition} then null else ${notification.readAt} end`
}
