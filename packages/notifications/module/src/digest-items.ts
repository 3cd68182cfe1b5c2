import type { Db } from '@lightpress/kernel'
import { and, desc, eq, getTableColumns, isNull } from 'drizzle-orm'
import { readChoices } from './choices.ts'
import { channelsOf } from './preference-rules.ts'
import { digestItem, notification } from './schema.ts'

export type DigestItem = typeof digestItem.$inferSelect

/**
 * What a window has to say by now, newest first: not what was read in the inbox meanwhile (archived ones are read), and
 * nothing of a category whose mails were switched off. What was to come at once meanwhile comes still: nothing is lost.
 */
export async function readDigestItems(
  db: Db,
  { digestId, userId }: { digestId: string; userId: string },
): Promise<DigestItem[]> {
  const choices = await readChoices(db, [userId])
  const inInbox = and(eq(notification.eventId, digestItem.eventId), eq(notification.userId, digestItem.userId))
  const items = await db
    .select(getTableColumns(digestItem))
    .from(digestItem)
    .leftJoin(notification, inInbox)
    .where(and(eq(digestItem.digestId, digestId), isNull(notification.readAt)))
    .orderBy(desc(digestItem.createdAt), desc(digestItem.id))
  return items.filter(({ category }) => channelsOf(category, choices(userId)).email !== 'off')
}
