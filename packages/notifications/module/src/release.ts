import { emailKey, type DataItem, type Subject } from '@lightpress/protocol'
import { and, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import type { NotificationsContext } from './context.ts'
import { message, suppression } from './schema.ts'

const key = sql<string>`lower(${message.recipient})`

/**
 * Whose the mails are that were asked for by address (sign-up, links, invitations) is known to nobody once auth has
 * forgotten the address. So it is written down before: from here on they are the person's, and erased with the others.
 * An address that they had before counts where they were written to there as themselves.
 */
export async function release({ kind, id }: Subject, { calls, db }: NotificationsContext): Promise<DataItem[]> {
  if (kind === 'organization') return []
  const { email } = await calls.auth.readEmail({ userId: id })
  const known = await db
    .selectDistinct({ key })
    .from(message)
    .where(and(eq(message.userId, id), isNotNull(message.recipient)))
  const keys = known.map((one) => one.key)
  if (email !== null) keys.push(emailKey(email))
  await db
    .update(message)
    .set({ userId: id })
    .where(and(isNull(message.userId), inArray(key, keys)))
  await db
    .update(suppression)
    .set({ userId: id })
    .where(and(isNull(suppression.userId), inArray(suppression.address, keys)))
  return []
}
