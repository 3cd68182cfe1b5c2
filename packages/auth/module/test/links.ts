import { auth as contract } from '@lightpress/auth-contract'
import { emailKey } from '@lightpress/protocol'
import type { RunningModule } from '@lightpress/testing'
import { desc, eq } from 'drizzle-orm'
import { emailChange, passwordReset } from '../src/schema.ts'
import { createBrowser } from './support.ts'

// What the mails of auth would say, read as notifications reads it.

/** Asks for a new password; with the row it left, and what the mail would say. */
export async function askForReset(app: RunningModule, email: string) {
  const answer = await createBrowser(app.baseUrl).post('/v1/auth/password/forgot', { email })
  const { db } = app.contextFor('auth')
  const [row] = await db
    .select()
    .from(passwordReset)
    .where(eq(passwordReset.emailKey, emailKey(email)))
    .orderBy(desc(passwordReset.id))
    .limit(1)
  if (!row) throw new Error(`Nobody asked for a new password for ${email}`)
  const mail = await readResetMail(app, row.id)
  return { answer, row, mail, token: mail?.token ?? '' }
}

export async function readResetMail(app: RunningModule, passwordResetId: string) {
  const { mail } = await app.callAs('notifications', contract).readPasswordResetMail({ passwordResetId })
  return mail
}

/** What the mails of a person's youngest change of address would say. */
export async function readChangeMails(app: RunningModule, userId: string) {
  const { db } = app.contextFor('auth')
  const [row] = await db
    .select()
    .from(emailChange)
    .where(eq(emailChange.userId, userId))
    .orderBy(desc(emailChange.id))
    .limit(1)
  if (!row) throw new Error('Nobody asked for another address')
  const { mails } = await app.callAs('notifications', contract).readEmailChangeMails({ emailChangeId: row.id })
  const tokenOf = (purpose: string) => mails.find((mail) => mail.purpose === purpose)?.token ?? ''
  return { row, mails, old: tokenOf('confirm_by_old'), new: tokenOf('confirm_by_new') }
}
