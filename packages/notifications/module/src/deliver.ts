import { defineJob, perSecond, RetryLater, type Lane } from '@lightpress/kernel'
import { and, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { compose } from './compose.ts'
import type { Config } from './config.ts'
import type { NotificationsContext } from './context.ts'
import { endIfTooLate, isInTime } from './give-up.ts'
import { renderMail } from './mails/render.ts'
import { stopHeaders, withStop } from './mails/stop.ts'
import { mayGoNow } from './quiet-hours.ts'
import type { Mail } from './mails/mail.ts'
import type { OutgoingMail } from './resend.ts'
import { message } from './schema.ts'
import { changePending, isPending, suppress, unsent } from './settle.ts'
import { findSuppression } from './suppressions.ts'
import { stopOf } from './unsubscribe-token.ts'

/** What the provider takes of us, all processes together. */
const lane: Lane<Config> = { name: 'mail', limit: ({ RESEND_RATE }) => perSecond(RESEND_RATE) }
const Payload = z.object({ messageId: z.uuid() })

/**
 * Sends one message. What it says is asked for now, outside of any transaction, so that no token and no address
 * waits in a table. Run twice it is sent once: the provider knows the message's id for a day. Somebody waits for it.
 */
export const deliver = defineJob('deliver', Payload, run, { lane, urgent: true, untilDone: true })

/** The same for news, behind all that somebody waits for: ten thousand digests keep nobody from signing in. */
export const deliverNews = defineJob('deliver_news', Payload, run, { lane, untilDone: true })

export type Message = typeof message.$inferSelect

/** Which of the two a message is for. */
export const deliveryOf: Record<Message['template'], typeof deliver> = {
  registration: deliver,
  password_reset: deliver,
  magic_link: deliver,
  email_change_old: deliver,
  email_change_new: deliver,
  security_alert: deliver,
  recovery: deliver,
  invitation: deliver,
  export_ready: deliver,
  erasure_receipt: deliver,
  receipt: deliverNews,
  payment_failed: deliverNews,
  plan_paused: deliverNews,
  trial_ending: deliverNews,
  notice: deliverNews,
  digest: deliverNews,
}

async function run({ messageId }: z.output<typeof Payload>, ctx: NotificationsContext): Promise<void> {
  if (!(await mayGoNow(messageId, ctx))) return
  const pending = await beginTry(messageId, ctx)
  if (!pending) return
  const outcome = await send(pending, ctx).catch(async (error: unknown) => {
    await changePending(messageId, { error: (error as Error).message.slice(0, 500) }, ctx)
    throw error
  })
  // The provider's words may repeat the address, and nobody empties a queue or a log: they stand in the row alone.
  if (outcome.status === 'failed') ctx.log.error({ message: messageId }, 'the mail provider refused a message for good')
  if (outcome.status !== 'pending') return
  if (outcome.retryAfter !== undefined) throw new RetryLater(outcome.retryAfter)
  throw new Error('The mail provider did not take the message; its row says why')
}

/**
 * From the first try on the provider may have it. A job that comes back too late for its key, of a worker that was away, ends
 * here.
 */
async function beginTry(messageId: string, ctx: NotificationsContext): Promise<Message | undefined> {
  const [pending] = await ctx.db
    .update(message)
    .set({
      attempts: sql`${message.attempts} + 1`,
      firstTriedAt: sql`case when ${message.attempts} = 0 then now() else ${message.firstTriedAt} end`,
    })
    .where(and(isPending(messageId), isInTime))
    .returning()
  if (!pending) await endIfTooLate(eq(message.id, messageId), ctx)
  return pending
}

interface Result {
  status: Message['status']
  retryAfter?: number
}

async function send(pending: Message, ctx: NotificationsContext): Promise<Result> {
  const letter = await compose(pending, ctx)
  if (!letter) {
    await suppress(pending.id, { error: unsent.nobody }, ctx)
    return { status: 'suppressed' }
  }
  const { to, mail, isForgotten } = letter
  const recipient = isForgotten ? null : to
  const suppressed = await findSuppression(to, ctx.db)
  if (suppressed) {
    await suppress(pending.id, { error: unsent[suppressed.reason], recipient }, ctx)
    return { status: 'suppressed' }
  }
  // Before it goes, so that an erasure finds by its address what is on its way there.
  if (!(await changePending(pending.id, { recipient }, ctx))) return { status: 'suppressed' }
  const outgoing = { ...render(pending, mail, ctx), to }
  const outcome = await ctx.mailer.send(outgoing, { idempotencyKey: pending.id, signal: ctx.signal })
  if (outcome.status === 'sent') {
    await changePending(pending.id, { ...outcome, error: null, sentAt: new Date() }, ctx)
    return outcome
  }
  const { status, retryAfter } = outcome
  const error = isForgotten ? 'The provider did not take it.' : outcome.error.slice(0, 500)
  // That its provider was busy is no attempt of this message.
  const attempts = retryAfter === undefined ? {} : { attempts: sql`${message.attempts} - 1` }
  await changePending(pending.id, { status, error, ...attempts }, ctx)
  return { status, ...(retryAfter !== undefined && { retryAfter }) }
}

/** What can be switched off says how: at its foot, and to the reader's mail program. */
function render(pending: Message, mail: Mail, { publicUrl, secrets }: NotificationsContext): Omit<OutgoingMail, 'to'> {
  const stop = stopOf(pending, secrets)
  if (!stop) return renderMail(mail, publicUrl)
  return { ...renderMail(withStop(mail, stop, publicUrl), publicUrl), headers: stopHeaders(stop, publicUrl) }
}
