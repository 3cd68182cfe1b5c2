import { securityAlerted, type AuditAction, type Recovery } from '@lightpress/auth-contract'
import type { Problem } from '@lightpress/protocol'
import type { RunningModule } from '@lightpress/testing'
import { and, asc, eq, sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { announceRecoveries } from '../src/announce-recoveries.ts'
import type { AuthContext } from '../src/context.ts'
import { account, auditEntry, passkey, recovery, recoveryCode, totp } from '../src/schema.ts'
import { issueTicket } from '../src/tickets.ts'
import { beginSignIn, createGuarded } from './factor-support.ts'
import { readRecoveryMail } from './links.ts'
import { createBrowser, password } from './support.ts'

export const DAY = 86_400_000
export const recoveryPaths = {
  request: '/v1/auth/recovery',
  complete: '/v1/auth/recovery/complete',
  cancel: '/v1/auth/recovery/cancel',
}

export const isInvalidLink = { status: 400, body: { reason: 'auth.token_invalid' } }
export const isInvalidChallenge = { status: 400, body: { reason: 'auth.challenge_invalid' } }
export const isNotPossible = { status: 403, body: { reason: 'auth.recovery_not_possible' } }

export type Guarded = Awaited<ReturnType<typeof createGuarded>>

/** What whoever knows the password gets at the end of the first half of a sign-in. */
export async function challengeOf(app: RunningModule, email: string, words = password): Promise<string> {
  const { body } = await beginSignIn(createBrowser(app.baseUrl), email, { words })
  return body.challenge
}

/** The challenge of a sign-in that began at a linked provider. */
export async function challengeByProvider(app: RunningModule, userId: string): Promise<string> {
  const ctx = contextOf(app)
  const [own] = await ctx.db.select().from(account).where(eq(account.userId, userId))
  const data = { method: 'oidc', sessionVersion: own!.sessionVersion } as const
  return (await issueTicket(ctx.db, { purpose: 'second-factor', userId, data }, ctx)).token
}

export function requestRecovery(app: RunningModule, challenge: string, browser = createBrowser(app.baseUrl)) {
  return browser.post<Recovery & Problem>(recoveryPaths.request, { challenge })
}

export function completeRecovery(
  app: RunningModule,
  token: string,
  challenge: string,
  browser = createBrowser(app.baseUrl),
) {
  return browser.post<{ status: string } & Problem>(recoveryPaths.complete, { token, challenge })
}

export function cancelRecovery(app: RunningModule, token: string) {
  return createBrowser(app.baseUrl).post<{ status: string } & Problem>(recoveryPaths.cancel, { token })
}

/** Lets time pass for whoever waits. */
export async function pass(app: RunningModule, userId: string, milliseconds: number): Promise<void> {
  const past = (column: unknown) => sql`${column} - ${milliseconds}::float8 * interval '1 millisecond'`
  await contextOf(app)
    .db.update(recovery)
    .set({
      createdAt: past(recovery.createdAt),
      availableAt: past(recovery.availableAt),
      expiresAt: past(recovery.expiresAt),
    })
    .where(eq(recovery.userId, userId))
}

/** Somebody with an authenticator app who asked for a recovery. */
export async function createWaiting(app: RunningModule) {
  const person = await createGuarded(app)
  const { status } = await requestRecovery(app, await challengeOf(app, person.email))
  expect(status).toBe(202)
  return { ...person, ...(await readRecoveryMail(app, person.user.id)) }
}

/** The same three days later, when the second mail has come. */
export async function createDue(app: RunningModule) {
  const person = await createWaiting(app)
  await pass(app, person.user.id, 3 * DAY)
  await announceRecoveries(contextOf(app))
  return { ...person, ...(await readRecoveryMail(app, person.user.id)) }
}

/** All is as it was: the factors are there, nothing was completed, and the link is worth nothing. */
export async function cameToNothing(
  app: RunningModule,
  { user, email, completeToken }: { completeToken: string } & Guarded,
  words = password,
): Promise<void> {
  expect(await completeRecovery(app, completeToken, await challengeOf(app, email, words))).toMatchObject(isInvalidLink)
  expect((await factorsOf(app, user.id)).apps).toBe(1)
  expect(await entriesOf(app, user.id, 'recovery_completed')).toEqual([])
  expect((await readRecoveryMail(app, user.id)).mail).toBeNull()
}

export async function factorsOf(app: RunningModule, userId: string) {
  const { db } = contextOf(app)
  return {
    apps: await db.$count(totp, eq(totp.userId, userId)),
    passkeys: await db.$count(passkey, eq(passkey.userId, userId)),
    codes: await db.$count(recoveryCode, eq(recoveryCode.userId, userId)),
  }
}

export function entriesOf(app: RunningModule, userId: string, action: AuditAction) {
  return contextOf(app)
    .db.select()
    .from(auditEntry)
    .where(and(eq(auditEntry.userId, userId), eq(auditEntry.action, action)))
    .orderBy(asc(auditEntry.id))
}

/** What notifications was promised to be told of a recovery, oldest first. */
export async function eventsOf(app: RunningModule, recoveryId: string) {
  const rows = await app.outbox()
  return rows
    .filter(({ payload }) => (payload as { recoveryId?: string }).recoveryId === recoveryId)
    .map(({ type }) => type)
}

/** What is promised to be told to a person about their account. */
export async function alertsOf(app: RunningModule, userId: string) {
  const rows = await contextOf(app).db.select().from(auditEntry)
  const actions = new Map(rows.map(({ id, action }) => [id, action]))
  return (await app.outbox())
    .filter(({ type, payload }) => type === securityAlerted.type && (payload as { userId: string }).userId === userId)
    .map(({ payload }) => actions.get((payload as { auditEntryId: string }).auditEntryId))
}

function contextOf(app: RunningModule): AuthContext {
  return app.contextFor('auth') as unknown as AuthContext
}
