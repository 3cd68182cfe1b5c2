import {
  invoicePaid,
  invoicePaymentFailed,
  subscriptionChanged,
  trialEnding as trialEnds,
} from '@lightpress/billing-contract'
import { on, type Tx } from '@lightpress/kernel'
import { paymentFailed, paymentReceived, subscriptionNews, trialEnding, type Reader } from './billing-texts.ts'
import type { NotificationsContext } from './context.ts'
import { nameOrMark } from './mails/greeting.ts'
import type { OwnMessage } from './messages.ts'
import { notify } from './notify.ts'
import { readManagers } from './recipients.ts'
import { hearSubscription, isStillOwed } from './subscriptions.ts'
import type { Text } from './texts.ts'
import { announce } from './webhooks/announce.ts'
import { invoicePaidWebhook, paymentFailedWebhook, subscriptionWebhook, trialWebhook } from './webhooks/event-types.ts'

/** The receipt: an e-mail to keep, and a line in the inbox. */
export const onInvoicePaid = on(invoicePaid, {
  prepare: ({ payload }, ctx: NotificationsContext) => readManagers(payload.organizationId, ctx),
  async handle({ id: eventId, payload }, { tx, prepared: managed }, ctx) {
    await announce(tx, { eventId, ...invoicePaidWebhook(payload) })
    const { organizationId, number, planId, total, paidAt } = payload
    const data = { number, planId, total, paidAt }
    const write = (reader: Reader) => paymentReceived(data, reader)
    await tell(tx, { eventId, organizationId, managed, write, mail: { template: 'receipt', data } }, ctx)
  },
})

export const onInvoicePaymentFailed = on(invoicePaymentFailed, {
  prepare: ({ payload }, ctx: NotificationsContext) => readManagers(payload.organizationId, ctx),
  async handle({ id: eventId, payload }, { tx, prepared: managed }, ctx) {
    await announce(tx, { eventId, ...paymentFailedWebhook(payload) })
    const { organizationId, number, planId, amountDue, attempt, nextAttemptAt, graceEndsAt } = payload
    if (!(await isStillOwed(tx, { eventId, organizationId }))) return
    const data = { number, planId, amountDue, attempt, nextAttemptAt, graceEndsAt }
    const write = (reader: Reader, organizationName: string) => paymentFailed({ ...data, organizationName }, reader)
    await tell(tx, { eventId, organizationId, managed, write, mail: { template: 'payment_failed', data } }, ctx)
  },
})

export const onTrialEnding = on(trialEnds, {
  prepare: ({ payload }, ctx: NotificationsContext) => readManagers(payload.organizationId, ctx),
  async handle({ id: eventId, payload }, { tx, prepared: managed }, ctx) {
    await announce(tx, { eventId, ...trialWebhook(payload) })
    const { organizationId, planId, trialEndsAt, hasPaymentMethod } = payload
    const data = { planId, trialEndsAt, hasPaymentMethod }
    const write = (reader: Reader, organizationName: string) => trialEnding({ ...data, organizationName }, reader)
    await tell(tx, { eventId, organizationId, managed, write, mail: { template: 'trial_ending', data } }, ctx)
  },
})

/**
 * Tells what the others do not: a plan that was paid for and became active is the receipt's to tell, and that money did
 * not come in is told by the invoice.
 */
export const onSubscriptionChanged = on(subscriptionChanged, {
  prepare: ({ payload }, ctx: NotificationsContext) => readManagers(payload.organizationId, ctx),
  async handle({ id: eventId, payload }, { tx, prepared: managed }, ctx) {
    await announce(tx, { eventId, ...subscriptionWebhook(payload) })
    // The organisation is no more: what is remembered of it now would be so for ever.
    if (managed.organizationName === '') return
    const standing = await hearSubscription(tx, { eventId, ...payload })
    if (!standing) return
    const { organizationId, planId } = payload
    const write = (reader: Reader, organizationName: string) =>
      subscriptionNews({ organizationName, planId, standing }, reader)
    // Nobody is to find out by accident that they have less than before.
    const mail = standing === 'paused' ? { template: 'plan_paused' as const, data: { planId } } : undefined
    await tell(tx, { eventId, organizationId, managed, write, mail }, ctx)
  },
})

interface News {
  eventId: string
  organizationId: string
  managed: Awaited<ReturnType<typeof readManagers>>
  /** What stands in an inbox, or in a mail; null for what is not told. */
  write: (reader: Reader, organizationName: string) => Text | null
  /** Where there is one of its own. */
  mail: OwnMessage | undefined
}

async function tell(
  tx: Tx,
  { eventId, organizationId, managed: { organizationName, members }, write, mail }: News,
  ctx: NotificationsContext,
): Promise<void> {
  const notices = members.flatMap((to) => {
    const [text, mailText] = [write(to, organizationName), write(to, nameOrMark(organizationName))]
    const about = { category: 'billing' as const, link: '/billing', organizationId }
    return text && mailText ? [{ to, text, mailText, ...about, ...(mail && { mail }) }] : []
  })
  await notify(tx, { eventId, notices }, ctx)
}
