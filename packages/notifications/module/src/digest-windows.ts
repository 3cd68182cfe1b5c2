import { causeOf, newId, type Tx } from '@lightpress/kernel'
import type { DigestPlan } from '@lightpress/notifications-contract'
import { and, eq, gt, isNotNull, isNull, sql } from 'drizzle-orm'
import { nextDigestAt } from './local-time.ts'
import type { Notice } from './notify.ts'
import type { Choosable } from './preference-rules.ts'
import type { Recipient } from './recipients.ts'
import { digest, digestItem } from './schema.ts'

/** Keeps a notice for the next digest of its reader. */
export async function gather(
  tx: Tx,
  { eventId, notice, plan }: { eventId: string; notice: Notice; plan: DigestPlan },
): Promise<void> {
  const { to, text, mailText = text, link, aboutUserId } = notice
  // Security has no digests.
  const category = notice.category as Choosable
  const digestId = await openWindow(tx, { reader: to, plan })
  const why = { eventId, requestId: causeOf(tx).requestId }
  await tx
    .insert(digestItem)
    .values({ id: newId(), digestId, userId: to.id, category, ...mailText, link, aboutUserId, ...why })
}

/**
 * The window that what comes now falls into. Its row stays locked until the commit: whoever closes it waits, or has closed
 * it before, and then the next one is opened. So nothing is put into a window that has been sent.
 */
async function openWindow(tx: Tx, { reader, plan }: { reader: Recipient; plan: DigestPlan }): Promise<string> {
  const { id: userId, timeZone } = reader
  for (let after = new Date(); ;) {
    const windowEnd = nextDigestAt(after, plan, timeZone)
    await tx.insert(digest).values({ id: newId(), userId, windowEnd }).onConflictDoNothing()
    const [open] = await tx.select({ id: digest.id }).from(digest).where(isOpen(userId)).for('update')
    if (open) return open.id
    // One was closed since. Where it was this one, by another process, by whose clock it is over, it is the next one's turn.
    const isThis = and(eq(digest.userId, userId), eq(digest.windowEnd, windowEnd), isNotNull(digest.closedAt))
    if ((await tx.$count(digest, isThis)) > 0) after = windowEnd
  }
}

/**
 * Another plan or another zone: the open window ends at another time. One that is over is left to be closed, so that what is
 * in it is not put off. Gives its end.
 */
export async function moveWindow(
  tx: Tx,
  { userId, plan, timeZone }: { userId: string; plan: DigestPlan; timeZone: string },
): Promise<void> {
  const [open] = await tx
    .select({ id: digest.id, now: sql`now()`.mapWith(digest.windowEnd) })
    .from(digest)
    .where(and(isOpen(userId), gt(digest.windowEnd, sql`now()`)))
    .for('update')
  if (!open) return
  const windowEnd = nextDigestAt(open.now, plan, timeZone)
  await tx.update(digest).set({ windowEnd }).where(eq(digest.id, open.id))
}

function isOpen(userId: string) {
  return and(eq(digest.userId, userId), isNull(digest.closedAt))
}
