import { afterCommit, newId, requestIdOf, type Tx } from '@lightpress/kernel'
import type { Notification } from '@lightpress/notifications-contract'
import { sql } from 'drizzle-orm'
import type { NotificationsContext } from './context.ts'
import { changed } from './live.ts'
import { notification, reader } from './schema.ts'

export interface Notice extends Pick<Notification, 'category' | 'title' | 'body' | 'link'> {
  userId: string
  /** Whom it names, where that is somebody else. */
  aboutUserId?: string
}

/** Puts a notification into the inbox of each person, and tells their open streams once it is committed. */
export async function notify(
  tx: Tx,
  { eventId, notices }: { eventId: string; notices: readonly Notice[] },
  { signals }: Pick<NotificationsContext, 'signals'>,
): Promise<void> {
  // In one order everywhere, so that two events for the same people cannot wait for each other.
  for (const notice of notices.toSorted((a, b) => (a.userId < b.userId ? -1 : 1))) {
    const { userId } = notice
    await tx.insert(notification).values({
      ...notice,
      id: newId(),
      eventId,
      requestId: requestIdOf(tx),
      sequence: await nextSequence(tx, userId),
    })
    afterCommit(tx, `${changed} ${userId}`, () => signals.emit(changed, { userId }))
  }
}

/** The row stays locked until the commit, so a later number is never visible before an earlier one. */
async function nextSequence(tx: Tx, userId: string): Promise<number> {
  const [row] = await tx
    .insert(reader)
    .values({ userId, lastSequence: 1 })
    .onConflictDoUpdate({ target: reader.userId, set: { lastSequence: sql`${reader.lastSequence} + 1` } })
    .returning({ sequence: reader.lastSequence })
  return (row as { sequence: number }).sequence
}
