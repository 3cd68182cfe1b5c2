import type { Letter } from './compose.ts'
import type { NotificationsContext } from './context.ts'
import type { Message } from './deliver.ts'
import { erasureReceipt } from './mails/erasure-receipt.ts'
import { exportReady } from './mails/export-ready.ts'
import { invitation } from './mails/invitation.ts'
import { ErasureReceiptData, ExportReadyData, InvitationData } from './messages.ts'
import { readPerson } from './recipients.ts'

// Addresses and tokens are asked of users here and stand in the mail alone.

export async function composeInvitation({ data }: Message, ctx: NotificationsContext): Promise<Letter | null> {
  const { mail } = await ctx.calls.users.readInvitationMail(InvitationData.parse(data))
  if (!mail) return null
  const { email: to, locale } = mail
  return { to, mail: invitation(mail, { locale, publicUrl: ctx.publicUrl }) }
}

export async function composeExportReady({ data }: Message, ctx: NotificationsContext): Promise<Letter | null> {
  const { mail } = await ctx.calls.users.readExportMail(ExportReadyData.parse(data))
  const person = mail && (await readPerson(mail.userId, ctx))
  if (!mail || !person) return null
  const { email: to, name, locale } = person
  return {
    to,
    mail: exportReady({ name, organizationName: mail.organizationName }, { locale, publicUrl: ctx.publicUrl }),
  }
}

/** Whoever it goes to may be nobody any more, so where it went is not written down. */
export async function composeErasureReceipt({ data }: Message, ctx: NotificationsContext): Promise<Letter | null> {
  const { mail } = await ctx.calls.users.readErasureMail(ErasureReceiptData.parse(data))
  if (!mail) return null
  const { email: to, locale } = mail
  return { to, mail: erasureReceipt(mail, { locale, publicUrl: ctx.publicUrl }), isForgotten: true }
}
