import { enqueue, type Tx } from '@lightpress/kernel'
import { and, eq, gt, sql } from 'drizzle-orm'
import type { NotificationsContext } from './context.ts'
import { deliveryOf, type Message } from './deliver.ts'
import { quietUntil } from './local-time.ts'
import { channelsOf, choiceOf } from './preference-rules.ts'
import { readPerson } from './recipients.ts'
import { message, preference } from './schema.ts'

/**
 * Whether a message may go now, by what its reader chose until this moment: a notice of a category that they switched off
 * meanwhile is suppressed, and in quiet hours it waits for their end. What was tried before goes on: it may have been taken
 * without our knowing, and the provider remembers that for a day.
 */
export async function mayGoNow(messageId: string, ctx: NotificationsContext): Promise<boolean> {
  const [found] = await ctx.db
    .select({ message, preference })
    .from(message)
    .leftJoin(preference, eq(preference.userId, message.userId))
    .where(isPending(messageId))
  if (!found) return false
  const { category, userId, attempts } = found.message
  if (category === null || category === 'security' || userId === null) return true
  const choice = choiceOf(found.preference ?? undefined)
  if (channelsOf(category, choice).email === 'off') {
    await suppress(messageId, ctx)
    return false
  }
  if (choice.quietHours === null || attempts > 0) return true
  const person = await readPerson(userId, ctx)
  const until = person ? quietUntil(new Date(), choice.quietHours, person.timeZone) : null
  if (until === null) return true
  await ctx.withTx((tx) => postpone(tx, found.message, until))
  return false
}

/** Has what waits for the end of quiet hours ask again whether they are: they were changed, or the person went elsewhere. */
export async function reconsiderWaiting(tx: Tx, userId: string): Promise<void> {
  const waiting = await tx
    .select()
    .from(message)
    .where(and(eq(message.userId, userId), eq(message.status, 'pending'), gt(message.notBefore, sql`now()`)))
  for (const one of waiting) await postpone(tx, one, null)
}

async function postpone(tx: Tx, { id: messageId, template }: Message, notBefore: Date | null): Promise<void> {
  await tx.update(message).set({ notBefore }).where(isPending(messageId))
  const delay = notBefore === null ? 0 : notBefore.getTime() - Date.now()
  await enqueue(tx, deliveryOf[template], { payload: { messageId }, delay })
}

async function suppress(messageId: string, { db }: NotificationsContext): Promise<void> {
  await db
    .update(message)
    .set({ status: 'suppressed', recipient: null, error: null, data: {} })
    .where(isPending(messageId))
}

function isPending(id: string) {
  return and(eq(message.id, id), eq(message.status, 'pending'))
}
