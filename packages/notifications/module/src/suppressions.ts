import type { Db, Tx } from '@lightpress/kernel'
import { emailKey } from '@lightpress/protocol'
import { and, eq } from 'drizzle-orm'
import type { NotificationsContext } from './context.ts'
import { suppression } from './schema.ts'

export type Suppressed = typeof suppression.$inferSelect

/** Why nothing is sent to an address, where that is so. */
export async function findSuppression(address: string, db: Db | Tx): Promise<Suppressed | undefined> {
  const [row] = await db
    .select()
    .from(suppression)
    .where(eq(suppression.address, emailKey(address)))
  return row
}

/**
 * Whether whoever reads mail at an address called it spam. Where our list was emptied since, and mail to it came back from
 * the provider's, that list alone says so; from then on ours does, too.
 */
export async function isComplaint(
  { id, address, reason }: Suppressed,
  { db, mailer }: Pick<NotificationsContext, 'db' | 'mailer'>,
): Promise<boolean> {
  if (reason === 'complained') return true
  if ((await mailer.readSuppression(address)) !== 'complaint') return false
  await db.update(suppression).set({ reason: 'complained' }).where(eq(suppression.id, id))
  return true
}

/** Sends to an address again. What was suppressed meanwhile stays so, and so does a complaint that came meanwhile. */
export async function lift(
  { id, address, reason }: Suppressed,
  { db, mailer, log }: Pick<NotificationsContext, 'db' | 'mailer' | 'log'>,
): Promise<void> {
  // The provider has a list of its own, which a key that may only send cannot change. If the address stays on it, the
  // next mail brings it back to ours, and says so.
  if (!(await mailer.unsuppress(address)))
    log.warn({ suppression: id }, 'the mail provider did not take an address off its own list')
  await db.delete(suppression).where(and(eq(suppression.id, id), eq(suppression.reason, reason)))
}
