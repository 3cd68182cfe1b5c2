import { and, isNotNull, lt, or, sql } from 'drizzle-orm'
import type { NotificationsContext } from './context.ts'
import { digest, message, providerEvent } from './schema.ts'

/**
 * A month is long enough to find out why a mail did not come. After that nobody needs to know any more where it went and
 * what a notice said, and
 * of mails to whoever has no account (yet) nobody else could say whose the address was.
 */
export async function forgetRecipients({ db }: NotificationsContext): Promise<void> {
  await db
    .update(message)
    .set({
      recipient: null,
      error: null,
      data: sql`case when ${message.template} = 'notice' then '{}' else ${message.data} end`,
    })
    .where(
      and(
        or(isNotNull(message.recipient), isNotNull(message.error)),
        lt(message.createdAt, sql`now() - interval '30 days'`),
      ),
    )
  // With what was in them.
  await db.delete(digest).where(lt(digest.closedAt, sql`now() - interval '30 days'`))
  // The provider tells what it could not tell for a day, not for a month.
  await db.delete(providerEvent).where(lt(providerEvent.receivedAt, sql`now() - interval '30 days'`))
}
