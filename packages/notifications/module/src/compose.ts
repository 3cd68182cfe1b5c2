import { composePaymentFailed, composePlanPaused, composeReceipt, composeTrialEnding } from './compose-billing.ts'
import { composeErasureReceipt, composeExportReady, composeInvitation } from './compose-people.ts'
import { composeDigest, composeNotice } from './compose-notices.ts'
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
import { verifyEmail } from './mails/verify-email.ts'

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
    case 'payment_failed':
      return composePaymentFailed(message, ctx)
    case 'plan_paused':
      return composePlanPaused(message, ctx)
    case 'trial_ending':
      return composeTrialEnding(message, ctx)
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
    case 'notice':
      return composeNotice(message, ctx)
    case 'digest':
      return composeDigest(message, ctx)
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
