import type { Letter } from './compose.ts'
import type { NotificationsContext } from './context.ts'
import type { Message } from './deliver.ts'
import { nameOrMark } from './mails/greeting.ts'
import type { Mail, MailContext } from './mails/mail.ts'
import { paymentFailed } from './mails/payment-failed.ts'
import { planPaused } from './mails/plan-paused.ts'
import { receipt } from './mails/receipt.ts'
import { trialEnding } from './mails/trial-ending.ts'
import { PaymentFailedData, PlanPausedData, ReceiptData, TrialEndingData } from './messages.ts'
import { readManagers } from './recipients.ts'

export function composeReceipt(message: Message, ctx: NotificationsContext): Promise<Letter | null> {
  const data = ReceiptData.parse(message.data)
  return forManager(message, (about, context) => receipt({ ...data, ...about }, context), ctx)
}

export function composePaymentFailed(message: Message, ctx: NotificationsContext): Promise<Letter | null> {
  const data = PaymentFailedData.parse(message.data)
  return forManager(message, (about, context) => paymentFailed({ ...data, ...about }, context), ctx)
}

export function composePlanPaused(message: Message, ctx: NotificationsContext): Promise<Letter | null> {
  const data = PlanPausedData.parse(message.data)
  return forManager(message, (about, context) => planPaused({ ...data, ...about }, context), ctx)
}

export function composeTrialEnding(message: Message, ctx: NotificationsContext): Promise<Letter | null> {
  const data = TrialEndingData.parse(message.data)
  return forManager(message, (about, context) => trialEnding({ ...data, ...about }, context), ctx)
}

/** For those who look after the organisation's money when it is sent; who left meanwhile gets none. */
async function forManager(
  { userId, organizationId }: Message,
  write: (about: { organizationName: string; timeZone: string }, context: MailContext) => Mail,
  ctx: NotificationsContext,
): Promise<Letter | null> {
  const { organizationName: name, members } = await readManagers(organizationId as string, ctx)
  const person = members.find(({ id }) => id === userId)
  if (!person) return null
  const { email, locale, timeZone } = person
  const organizationName = nameOrMark(name)
  return { to: email, mail: write({ organizationName, timeZone }, { locale, publicUrl: ctx.publicUrl }) }
}
