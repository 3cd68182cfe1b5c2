import { and, eq, sql } from 'drizzle-orm'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import type { NotificationsContext } from './context.ts'
import { message } from './schema.ts'

// A message is settled once. Whoever goes on with one must find it unsettled.

export function isPending(id: string) {
  return and(eq(message.id, id), eq(message.status, 'pending'))
}

/** False when it is settled already: by an erasure, by another try, or because the provider told that it has it. */
export async function changePending(
  id: string,
  changes: PgUpdateSetSource<typeof message>,
  { db }: Pick<NotificationsContext, 'db'>,
): Promise<boolean> {
  const { rowCount } = await db.update(message).set(changes).where(isPending(id))
  return rowCount === 1
}

/** It is not sent, and says why. What it would have said is of no use any more. */
export async function suppress(
  id: string,
  { error, recipient = null }: { error: string; recipient?: string | null },
  ctx: Pick<NotificationsContext, 'db'>,
): Promise<void> {
  await changePending(id, { status: 'suppressed', recipient, error, data: {} }, ctx)
}

/** For a message of whoever is erased: what waits is settled by it. */
export const suppressedIfPending = sql`case when ${message.status} = 'pending' then 'suppressed' else ${message.status} end`

/** Why there was no mail, for whoever is asked. */
export const unsent = {
  switchedOff: 'Not sent: e-mail of this category is switched off.',
  nobody: 'Not sent: there was nobody to write to, or nothing to say, any more.',
  bounced: 'Not sent: mail to this address bounced.',
  complained: 'Not sent: mail to this address was called spam.',
} as const
