import type { notifications } from '@lightpress/notifications-contract'
import type { Input, Output } from '@lightpress/protocol'
import { sql } from 'drizzle-orm'
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
  { id }: Input<Ops['restoreNotification']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['restoreNotification']>> {
  return changeOne(id, { archivedAt: null }, ctx)
}

export async function markUnread(
  { id }: Input<Ops['markUnread']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['markUnread']>> {
  return changeOne(
    id,
    { readAt: sql`case when ${notification.archivedAt} is null then null else ${notification.readAt} end` },
    ctx,
  )
}
