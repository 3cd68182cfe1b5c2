import { newId, type RawHttp, type Tx } from '@lightpress/kernel'
import type { notifications } from '@lightpress/notifications-contract'
import { emailKey, type Output } from '@lightpress/protocol'
import { and, eq, inArray, isNull, or, sql } from 'drizzle-orm'
import type { NotificationsContext } from './context.ts'
import type { Message } from './deliver.ts'
import type { MailEvent } from './resend-events.ts'
import { message, providerEvent, suppression } from './schema.ts'

type Webhook = (typeof notifications)['operations']['resendWebhook']

/** Writes down what became of a mail, once, however often and in whichever order the provider tells it. */
export async function resendWebhook(
  { request }: RawHttp<Webhook>,
  ctx: NotificationsContext,
): Promise<Output<Webhook>> {
  const { body, headers } = request
  // Resend signs by Svix, whose names for the headers of Standard Webhooks are its own.
  const header = (name: string) => String(headers[`svix-${name}`] ?? headers[`webhook-${name}`] ?? '')
  const event = ctx.mailer.parseWebhook({
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    id: header('id'),
    timestamp: header('timestamp'),
    signature: header('signature'),
  })
  await ctx.withTx((tx) => takeMailEvent(tx, event))
  return { received: true }
}

export async function takeMailEvent(tx: Tx, event: MailEvent): Promise<void> {
  const { id, type, outcome } = event
  const known = outcome === null ? undefined : await findMessage(tx, event)
  const [first] = await tx
    .insert(providerEvent)
    .values({ id, type, messageId: known?.id ?? null })
    .onConflictDoNothing()
    .returning({ id: providerEvent.id })
  if (!first || !known) return
  await record(tx, known, event)
  // Where it went is not known any more of whoever was erased, and is not asked for then.
  if (event.isFinal && known.recipient !== null) await suppress(tx, { ...known, recipient: known.recipient }, event)
}

/** By the tag that it was sent with; of mails from before there was one, by the provider's id. Locked. */
async function findMessage(tx: Tx, { messageId, providerId }: MailEvent): Promise<Message | undefined> {
  const which = or(
    messageId === null ? undefined : eq(message.id, messageId),
    providerId === null ? undefined : eq(message.providerId, providerId),
  )
  if (!which) return undefined
  const [known] = await tx.select().from(message).where(which).for('update')
  return known
}

/** The worst counts: whoever complains of a mail got it, and a bounce may come after "delivered". */
const before = { delivered: [], bounced: ['delivered'], complained: ['delivered', 'bounced'] } as const

async function record(tx: Tx, { id }: Message, { outcome, at, providerId, detail }: MailEvent): Promise<void> {
  if (outcome === null) return
  const mine = eq(message.id, id)
  if (outcome === 'failed') {
    const isOpen = and(inArray(message.status, ['pending', 'sent']), isNull(message.outcome))
    await tx.update(message).set({ status: 'failed', error: detail }).where(and(mine, isOpen))
    return
  }
  // Who tells of it has it, also where its answer to us was lost: it is not sent again, and whatever we took it for, it went.
  await tx
    .update(message)
    .set({
      status: 'sent',
      sentAt: sql`coalesce(${message.sentAt}, now())`,
      error: null,
      providerId: sql`coalesce(${message.providerId}, ${providerId})`,
    })
    .where(mine)
  await tx
    .update(message)
    .set({ outcome, outcomeAt: at })
    .where(and(mine, or(isNull(message.outcome), inArray(message.outcome, before[outcome]))))
}

async function suppress(
  tx: Tx,
  { recipient, userId }: Message & { recipient: string },
  { outcome, detail }: MailEvent,
): Promise<void> {
  const reason = outcome === 'complained' ? outcome : 'bounced'
  await tx
    .insert(suppression)
    .values({ id: newId(), address: emailKey(recipient), userId, reason, detail })
    .onConflictDoUpdate({
      target: suppression.address,
      set: { reason, detail },
      setWhere: sql`${suppression.reason} = 'bounced' and ${reason} = 'complained'`,
    })
}
