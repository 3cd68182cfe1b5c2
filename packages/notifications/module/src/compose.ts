import { composeErasureReceipt, composeExportReady, composeInvitation } from './compose-people.ts'
import {
  composeEmailChange,
  composeMagicLink,
  composePasswordReset,
  composeRecovery,
  composeSecurityAlert,
} from './compose-security.ts'
import type { NotificationsContext } from './context.ts'
import type { Message } from './deliver.ts'
import { localeOf } from './formats.ts'
import { alreadyRegistered } from './mails/already-registered.ts'
import type { Mail } from './mails/mail.ts'
import { receipt } from './mails/receipt.ts'
import { verifyEmail } from './mails/verify-email.ts'
import { ReceiptData } from './messages.ts'
import { readManagers } from './recipients.ts'

export interface Letter {
  to: string
  mail: Mail
  /** Where it goes is not written down. */
  isForgotten?: true
}

/** What to write and to whom, as of now; null when there is nobody to write to any more. */
export function compose(message: Message, ctx: NotificationsContext): Promise<Letter | null> {
  switch (message.template) {
    case 'registration':
      return composeRegistration(message, ctx)
    case 'receipt':
      return composeReceipt(message, ctx)
    case 'password_reset':
      return composePasswordReset(message, ctx)
    case 'email_change_old':
    case 'email_change_new':
      return composeEmailChange(message, ctx)
    case 'magic_link':
      return composeMagicLink(message, ctx)
    case 'recovery':
      return composeRecovery(message, ctx)
    case 'invitation':
      return composeInvitation(message, ctx)
    case 'export_ready':
      return composeExportReady(message, ctx)
    case 'erasure_receipt':
      return composeErasureReceipt(message, ctx)
    case 'security_alert':
      return composeSecurityAlert(message, ctx)
  }
}

/** Whether it is news or a known address is auth's secret until here, and the token's only way is this mail. */
async function composeRegistration(
  { registrationId }: Message,
  { calls, publicUrl }: NotificationsContext,
): Promise<Letter | null> {
  const { mail } = await calls.auth.readRegistrationMail({ registrationId: registrationId as string })
  if (!mail) return null
  const context = { locale: localeOf(mail.locale), publicUrl }
  switch (mail.purpose) {
    case 'verify':
      return mail.token === null ? null : { to: mail.email, mail: verifyEmail({ token: mail.token }, context) }
    case 'already_registered':
      return { to: mail.email, mail: alreadyRegistered(context) }
  }
}

/** For those who look after the organisation's money when it is sent; who left meanwhile gets none. */
async function composeReceipt(
  { userId, organizationId, data }: Message,
  ctx: NotificationsContext,
): Promise<Letter | null> {
  const { organizationName, members } = await readManagers(organizationId as string, ctx)
  const person = members.find(({ id }) => id === userId)
  if (!person) return null
  const { locale, timeZone } = person
  const facts = { ...ReceiptData.parse(data), organizationName, timeZone }
  return { to: person.email, mail: receipt(facts, { locale, publicUrl: ctx.publicUrl }) }
}
