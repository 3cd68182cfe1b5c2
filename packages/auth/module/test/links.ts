import { auth as contract, type SecondFactorRequired, type SignedIn } from '@lightpress/auth-contract'
import { emailKey, type Problem } from '@lightpress/protocol'
import type { RunningModule } from '@lightpress/testing'
import { and, desc, eq } from 'drizzle-orm'
import { emailChange, passwordReset, recovery, ticket } from '../src/schema.ts'
import { createBrowser, type Browser } from './support.ts'

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

/** Asks for a link to sign in with in a browser; with the ticket it left, and what the mail would say. */
export async function askForMagicLink(app: RunningModule, email: string, browser: Browser) {
  const answer = await browser.post<{ status: string }>('/v1/auth/magic-link', { email })
  const { db } = app.contextFor('auth')
  const [row] = await db
    .select()
    .from(ticket)
    .where(and(eq(ticket.purpose, 'magic-link'), eq(ticket.emailKey, emailKey(email))))
    .orderBy(desc(ticket.id))
    .limit(1)
  if (!row) throw new Error(`Nobody asked for a link to sign in with for ${email}`)
  const mail = await readMagicLinkMail(app, row.id)
  return { answer, row, mail, token: mail?.token ?? '' }
}

export async function readMagicLinkMail(app: RunningModule, ticketId: string) {
  const { mail } = await app.callAs('notifications', contract).readMagicLinkMail({ ticketId })
  return mail
}

/** Follows a link to sign in with. */
export function followMagicLink(token: string, browser: Browser) {
  return browser.post<SignedIn & SecondFactorRequired & Problem>('/v1/auth/magic-link/sign-in', { token })
}

/** A person's youngest recovery, and what its mail would say now. */
export async function readRecoveryMail(app: RunningModule, userId: string) {
  const { db } = app.contextFor('auth')
  const [row] = await db.select().from(recovery).where(eq(recovery.userId, userId)).orderBy(desc(recovery.id)).limit(1)
  if (!row) throw new Error('Nobody asked for a recovery')
  const { mail } = await app.callAs('notifications', contract).readRecoveryMail({ recoveryId: row.id })
  return { row, mail, cancelToken: mail?.cancelToken ?? '', completeToken: mail?.completeToken ?? '' }
}
