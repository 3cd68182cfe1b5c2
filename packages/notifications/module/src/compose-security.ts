import type { Letter } from './compose.ts'
import type { NotificationsContext } from './context.ts'
import type { Message } from './deliver.ts'
import { addressTaken } from './mails/address-taken.ts'
import { confirmNewEmail } from './mails/confirm-new-email.ts'
import { confirmOldEmail } from './mails/confirm-old-email.ts'
import { magicLink } from './mails/magic-link.ts'
import { passwordReset } from './mails/password-reset.ts'
import { recoveryDue, recoveryRequested } from './mails/recovery.ts'
import { securityAlert } from './mails/security-alert.ts'
import { EmailChangeData, MagicLinkData, PasswordResetData, RecoveryData, SecurityAlertData } from './messages.ts'
import { readPerson } from './recipients.ts'

// Addresses and tokens are asked of auth here and stand in the mail alone.

/** Whether anybody has the address that was typed is auth's secret until here. */
export async function composePasswordReset({ data }: Message, ctx: NotificationsContext): Promise<Letter | null> {
  const { mail } = await ctx.calls.auth.readPasswordResetMail(PasswordResetData.parse(data))
  const person = mail && (await readPerson(mail.userId, ctx))
  if (!mail || !person) return null
  const { name, locale } = person
  return { to: mail.email, mail: passwordReset({ name, token: mail.token }, { locale, publicUrl: ctx.publicUrl }) }
}

/** The same for a link to sign in with. */
export async function composeMagicLink({ data }: Message, ctx: NotificationsContext): Promise<Letter | null> {
  const { mail } = await ctx.calls.auth.readMagicLinkMail(MagicLinkData.parse(data))
  const person = mail && (await readPerson(mail.userId, ctx))
  if (!mail || !person) return null
  const { name, locale } = person
  return { to: mail.email, mail: magicLink({ name, token: mail.token }, { locale, publicUrl: ctx.publicUrl }) }
}

/** Of a recovery that is due by now the first of its mails would say what is not so any more. */
export async function composeRecovery({ data }: Message, ctx: NotificationsContext): Promise<Letter | null> {
  const { recoveryId, purpose } = RecoveryData.parse(data)
  const { mail } = await ctx.calls.auth.readRecoveryMail({ recoveryId })
  const person = mail && (await readPerson(mail.userId, ctx))
  if (!mail || !person || mail.purpose !== purpose) return null
  const { email: to, completeToken } = mail
  const { name, timeZone, locale } = person
  const notice = { ...mail, name, timeZone }
  const context = { locale, publicUrl: ctx.publicUrl }
  if (purpose === 'requested') return { to, mail: recoveryRequested(notice, context) }
  return completeToken === null ? null : { to, mail: recoveryDue({ ...notice, completeToken }, context) }
}

/** A change writes two mails, each a message of its own; whether the new address is taken shows here and not before. */
export async function composeEmailChange(
  { template, data }: Message,
  ctx: NotificationsContext,
): Promise<Letter | null> {
  const { userId, mails } = await ctx.calls.auth.readEmailChangeMails(EmailChangeData.parse(data))
  const found = mails.find(({ purpose }) => (purpose === 'confirm_by_old') === (template === 'email_change_old'))
  const person = userId === null ? undefined : await readPerson(userId, ctx)
  if (!found || !person) return null
  const { email: to, purpose, newEmail, token } = found
  const context = { locale: person.locale, publicUrl: ctx.publicUrl }
  switch (purpose) {
    case 'confirm_by_old':
      return token === null ? null : { to, mail: confirmOldEmail({ name: person.name, newEmail, token }, context) }
    case 'confirm_by_new':
      return token === null ? null : { to, mail: confirmNewEmail({ token }, context) }
    case 'address_taken':
      return { to, mail: addressTaken(context) }
  }
}

export async function composeSecurityAlert({ data }: Message, ctx: NotificationsContext): Promise<Letter | null> {
  const { alert } = await ctx.calls.auth.readSecurityAlert(SecurityAlertData.parse(data))
  const person = alert && (await readPerson(alert.userId, ctx))
  if (!alert || !person) return null
  const { name, locale, timeZone } = person
  return { to: alert.email, mail: securityAlert({ ...alert, name, timeZone }, { locale, publicUrl: ctx.publicUrl }) }
}
