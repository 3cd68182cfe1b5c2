import { and, inArray, isNotNull, lt, or, sql } from 'drizzle-orm'
import { inBatches } from './batches.ts'
import type { NotificationsContext } from './context.ts'
import { digest, message, providerEvent } from './schema.ts'

/**
 * A month is long enough to find out why a mail did not come. After that nobody needs to know any more where it went and
 * what a notice said, and of mails to whoever has no account (yet) nobody else could say whose the address was.
 */
export async function forgetRecipients({ db }: NotificationsContext): Promise<void> {
  const monthAgo = sql`now() - interval '30 days'`
  const remembered = and(or(isNotNull(message.recipient), isNotNull(message.error)), lt(message.createdAt, monthAgo))
  await inBatches(async (limit) => {
    const some = db.select({ id: message.id }).from(message).where(remembered).limit(limit)
    const data = sql`case when ${message.template} = 'notice' then '{}' else ${message.data} end`
    const { rowCount } = await db
      .update(message)
      .set({ recipient: null, error: null, data })
      .where(inArray(message.id, some))
    return rowCount ?? 0
  })
  await inBatches(async (limit) => {
    // With what was in them.
    const some = db.select({ id: digest.id }).from(digest).where(lt(digest.closedAt, monthAgo)).limit(limit)
    return (await db.delete(digest).where(inArray(digest.id, some))).rowCount ?? 0
  })
  await inBatches(async (limit) => {
    // The provider tells what it could not tell for a day, not for a month.
    const old = lt(providerEvent.receivedAt, monthAgo)
    const some = db.select({ id: providerEvent.id }).from(providerEvent).where(old).limit(limit)
    return (await db.delete(providerEvent).where(inArray(providerEvent.id, some))).rowCount ?? 0
  })
}
