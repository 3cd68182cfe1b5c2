import type { Db, Tx } from '@lightpress/kernel'
import { emailKey } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
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

/** Sends to an address again. What was suppressed meanwhile stays so. */
export async function lift(
  { id, address }: Suppressed,
  { db, mailer, log }: Pick<NotificationsContext, 'db' | 'mailer' | 'log'>,
): Promise<void> {
  // The provider has a list of its own, which a key that may only send cannot change. If the address stays on it, the
  // next mail brings it back to ours, and says so.
  if (!(await mailer.unsuppress(address)))
    log.warn({ suppression: id }, 'the mail provider did not take an address off its own list')
  await db.delete(suppression).where(eq(suppression.id, id))
}
