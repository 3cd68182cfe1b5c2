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
      .update(message)
      .set({ attempts: sql`${message.attempts} + 1` })
      .where(isPending(messageId))
      .returning()
    if (!pending) return
    const outcome = await send(pending, ctx).catch(async (error: unknown) => {
      await update(pending, { error: (error as Error).message.slice(0, 500) }, ctx)
      throw error
    })
    // The provider's words may repeat the address, and nobody empties a queue or a log: they stand in the row alone.
    if (outcome === 'failed') ctx.log.error({ message: messageId }, 'the mail provider refused a message for good')
    if (outcome === 'pending') throw new Error('The mail provider did not take the message; its row says why')
  },
)

export type Message = typeof message.$inferSelect

async function send(pending: Message, ctx: NotificationsContext): Promise<Message['status']> {
  const letter = await compose(pending, ctx)
  if (!letter) {
    await update(pending, { status: 'suppressed', recipient: null, error: null }, ctx)
    return 'suppressed'
  }
  const { to, mail, isForgotten } = letter
  // Before it goes, so that an erasure finds by its address what is on its way there.
  if (!(await update(pending, { recipient: isForgotten ? null : to }, ctx))) return 'suppressed'
  const rendered = renderMail(mail, ctx.publicUrl)
  const outcome = await ctx.mailer.send({ ...rendered, to }, { idempotencyKey: pending.id, signal: ctx.signal })
  if (outcome.status === 'sent') {
    await update(pending, { ...outcome, error: null, sentAt: new Date() }, ctx)
  } else {
    const error = isForgotten ? 'The provider did not take it.' : outcome.error.slice(0, 500)
    await update(pending, { status: outcome.status, error }, ctx)
  }
  return outcome.status
}

/** False when it is settled already: by an erasure, or by another try. */
async function update(
  { id }: Message,
  changes: Partial<typeof message.$inferInsert>,
  { db }: NotificationsContext,
): Promise<boolean> {
  const { rowCount } = await db.update(message).set(changes).where(isPending(id))
  return rowCount === 1
}

function isPending(id: string) {
  return and(eq(message.id, id), eq(message.status, 'pending'))
}
