import { enqueue, type Tx } from '@lightpress/kernel'
import type { QuietHours } from '@lightpress/notifications-contract'
import { and, eq, gt, isNull } from 'drizzle-orm'
import type { NotificationsContext } from './context.ts'
import { deliveryOf, type Message } from './deliver.ts'
import { quietUntil } from './local-time.ts'
import { channelsOf, choiceOf } from './preference-rules.ts'
import { readPerson } from './recipients.ts'
import { message, preference } from './schema.ts'
import { isPending, suppress, unsent } from './settle.ts'

/** Milliseconds by which clocks of ours may differ: what is due so soon is due now. */
const SLACK = 60_000

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
  const { category, userId, attempts, notBefore } = found.message
  if (category === null || category === 'security' || userId === null) return true
  const choice = choiceOf(found.preference ?? undefined)
  if (channelsOf(category, choice).email === 'off') {
    await suppress(messageId, { error: unsent.switchedOff }, ctx)
    return false
  }
  if (attempts > 0) return true
  // Whoever wrote that down promised a job for then. So of jobs that were promised for another time none makes one more.
  if (notBefore && !isSoon(notBefore)) return false
  if (choice.quietHours === null) return true
  const person = await readPerson(userId, ctx)
  const until = person ? quietUntil(new Date(), choice.quietHours, person.timeZone) : null
  if (until === null || isSoon(until)) return true
  await ctx.withTx((tx) => postpone(tx, found.message, until))
  return false
}

/**
 * Has what waits for the end of quiet hours go earlier where they end earlier now: they were changed, or the person went
 * elsewhere. What is to wait longer finds out when its time comes. However often somebody changes them, nothing is promised
 * that was promised before.
 */
export async function sendSooner(
  tx: Tx,
  { userId, quietHours, timeZone }: { userId: string; quietHours: QuietHours | null; timeZone: string },
): Promise<void> {
  const now = new Date()
  const notBefore = (quietHours && quietUntil(now, quietHours, timeZone)) ?? now
  const waiting = and(eq(message.userId, userId), eq(message.status, 'pending'), eq(message.attempts, 0))
  const sooner = await tx
    .update(message)
    .set({ notBefore })
    .where(and(waiting, gt(message.notBefore, notBefore)))
    .returning()
  for (const one of sooner) await promise(tx, one, notBefore)
}

/** Not what was tried, put off or called sooner since it was read: whoever did that promised its job. */
async function postpone(tx: Tx, read: Message, until: Date): Promise<void> {
  const asRead = read.notBefore ? eq(message.notBefore, read.notBefore) : isNull(message.notBefore)
  const { rowCount } = await tx
    .update(message)
    .set({ notBefore: until })
    .where(and(isPending(read.id), eq(message.attempts, 0), asRead))
  if (rowCount === 1) await promise(tx, read, until)
}

async function promise(tx: Tx, { id: messageId, template }: Message, at: Date): Promise<void> {
  await enqueue(tx, deliveryOf[template], { payload: { messageId }, delay: at.getTime() - Date.now() })
}

function isSoon(time: Date): boolean {
  return time.getTime() <= Date.now() + SLACK
}
