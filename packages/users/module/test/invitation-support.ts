// Invitations, their mails and their seats, as tests ask for them.
import { newId } from '@lightpress/kernel'
import { invitationSent, users as contract } from '@lightpress/users-contract'
import { and, asc, eq } from 'drizzle-orm'
import { createLinkToken } from '../src/link-token.ts'
import type { UsersContext } from '../src/context.ts'
import { invitation, organization } from '../src/schema.ts'
import { startUsers, type App } from './support.ts'
import { dbOf } from './team.ts'

/** The module, with a plan for each organisation that `seats` says something of. */
export async function startWithSeats() {
  const seats = new Map<string, number>()
  const readEntitlements = ({ organizationId }: { organizationId: string }) => ({
    planId: 'free',
    limits: { members: seats.get(organizationId) ?? null, tasks: null },
    features: [],
  })
  return { app: await startUsers({ fakes: { billing: { readEntitlements } } }), seats }
}

/** Another plan, and that processes are told so, as billing does: they may have answers about it in memory. */
export async function changeSeats(app: App, seats: Map<string, number>, [id, count]: [string, number]): Promise<void> {
  seats.set(id, count)
  const { signals } = app.contextFor('users')
  const told = Promise.withResolvers<void>()
  const stop = signals.on('call-cache', () => told.resolve())
  signals.emit('call-cache', JSON.stringify(['billing', 'readEntitlements', [['organizationId', id]]]))
  await told.promise
  stop()
}

export const newEmail = () => `${newId()}@example.com`

/** What the mail of an invitation would say, if it were written now. */
export async function mailOf(app: App, invitationId: string) {
  return (await app.callAs('notifications', contract).readInvitationMail({ invitationId })).mail
}

/** What is in the link of its mail, whether or not one would be written. */
export async function tokenOf(app: App, invitationId: string): Promise<string> {
  const [row] = await dbOf(app).select().from(invitation).where(eq(invitation.id, invitationId))
  if (!row) throw new TypeError('There is no such invitation')
  return createLinkToken(row, (app.contextFor('users') as unknown as UsersContext).linkKey)
}

/** How many mails were asked for. */
export async function mailsFor(app: App, invitationId: string): Promise<number> {
  const rows = (await app.outbox()).filter(({ type }) => type === invitationSent.type)
  return rows.filter(({ payload }) => invitationSent.payload.parse(payload).invitationId === invitationId).length
}

/** The rows of an organisation, or those of one address in it, oldest first. */
export async function rowsOf(app: App, organizationId: string, email?: string) {
  return dbOf(app)
    .select()
    .from(invitation)
    .where(and(eq(invitation.organizationId, organizationId), email ? eq(invitation.email, email) : undefined))
    .orderBy(asc(invitation.createdAt), asc(invitation.id))
}

/** Its seven days are over. */
export async function expire(app: App, invitationId: string) {
  await dbOf(app).update(invitation).set({ expiresAt: new Date() }).where(eq(invitation.id, invitationId))
}

export async function setState(app: App, organizationId: string, state: 'closedAt' | 'suspendedAt') {
  await dbOf(app)
    .update(organization)
    .set({ [state]: new Date() })
    .where(eq(organization.id, organizationId))
}

/** The same person under another address, as auth has it; the copy here is as it was. */
export function moveTo(app: App, { userId }: { userId: string }, email: string) {
  app.addresses.set(userId, email)
}
