import { defineJob } from '@lightpress/kernel'
import { and, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { compose } from './compose.ts'
import type { NotificationsContext } from './context.ts'
import { renderMail } from './mails/render.ts'
import { message } from './schema.ts'

/**
 * Sends one message. What it says is asked for now, outside of any transaction, so that no token and no address
 * waits in a table. Run twice it is sent once: the provider knows the message's id for a day.
 */
export const deliver = defineJob(
  'deliver',
  z.object({ messageId: z.uuid() }),
  async ({ messageId }, ctx: NotificationsContext) => {
    const [pending] = await ctx.db
      .select()
      .from(message)
      .where(and(eq(message.id, messageId), eq(message.status, 'pending')))
    if (!pending) return
    try {
      await send(pending, ctx)
    } catch (error) {
      await update(pending, { error: (error as Error).message.slice(0, 500) }, ctx)
      throw error
    }
  },
)

export type Message = typeof message.$inferSelect

async function send(pending: Message, ctx: NotificationsContext): Promise<void> {
  const letter = await compose(pending, ctx)
  if (!letter) return update(pending, { status: 'suppressed', error: null }, ctx)
  const { to, mail } = letter
  const recipient = letter.isForgotten ? null : to
  const rendered = renderMail(mail, ctx.publicUrl)
  const outcome = await ctx.mailer.send({ ...rendered, to }, { idempotencyKey: pending.id, signal: ctx.signal })
  if (outcome.status === 'failed') {
    ctx.log.error({ message: pending.id, error: outcome.error }, 'the mail provider refused a message for good')
    const error = letter.isForgotten ? 'The provider refused it.' : outcome.error
    return update(pending, { status: 'failed', recipient, error }, ctx)
  }
  const { providerId } = outcome
  await update(pending, { status: 'sent', recipient, providerId, error: null, sentAt: new Date() }, ctx)
}

async function update(
  { id }: Message,
  changes: Partial<typeof message.$inferInsert>,
  { db }: NotificationsContext,
): Promise<void> {
  await db
    .update(message)
    .set({ ...changes, attempts: sql`${message.attempts} + 1` })
    .where(and(eq(message.id, id), eq(message.status, 'pending')))
}
