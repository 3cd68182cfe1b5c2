import { randomBytes } from 'node:crypto'
import { newId } from '@lightpress/kernel'
import { eq, sql } from 'drizzle-orm'
import { createSigner } from 'fast-jwt'
import { announceRecoveries } from '../src/announce-recoveries.ts'
import type { AuthContext } from '../src/context.ts'
import { account, apiKey, auditEntry, recovery, refreshToken, registration } from '../src/schema.ts'
import { hashOf } from '../src/secrets.ts'
import { issueTicket, type TicketPurpose } from '../src/tickets.ts'
import { createAuthenticator } from './authenticator.ts'
import { addTotp, codeOf, endSignIn, forgetUse } from './factor-support.ts'
import { actAs, createOperator, type Auth } from './impersonation-support.ts'
import { madeUpKey } from './key-support.ts'
import { askForMagicLink, askForReset, readChangeMails, readRecoveryMail } from './links.ts'
import {
  addPasskey,
  beginSignIn,
  browserAt,
  startRegistration,
  startSignIn,
  startStepUp,
  startVerification,
} from './passkey-support.ts'
import { bearer, newEmail, password, registrationsOf, signUp } from './support.ts'

export const INTERNAL_KEY = randomBytes(32).toString('base64')

/** A person with one of each, all of them good, and with a registration of somebody who waits. */
export async function issueSecrets(app: Auth) {
  const { db } = app.contextFor('auth')
  const { page, email, userId, access, refresh, authenticator, totpSecret, recoveryCode } = await createPerson(app)

  const reset = await askForReset(app, email)
  await page.post('/v1/auth/email/change', { email: newEmail() }, bearer(access))
  const change = await readChangeMails(app, userId)
  const waiting = browserAt(app)
  const { email: waitingEmail, token: registrationLink } = await signUp(app, waiting)
  const [registrationId] = (await registrationsOf(app, waitingEmail)) as [string]

  const registering = await startRegistration(page)
  const steppingUp = await startStepUp(page)
  const { browser: half, challenge } = await beginSignIn(app, email)
  const verifying = await startVerification(half, challenge)
  const signingIn = await startSignIn(half)
  const magicLink = await askForMagicLink(app, email, half)
  const browserHash = hashOf(half.cookies.get('lightpress_browser')!)
  const visit = { provider: 'acme', intent: 'sign_in', next: null } as const
  const atProvider = await issueTicket(db, { purpose: 'oidc', data: visit, browserHash }, contextOf(app))
  const tickets: Record<TicketPurpose, string> = {
    'magic-link': magicLink.token,
    'second-factor': challenge,
    'passkey-registration': registering.ticket,
    'passkey-sign-in': signingIn.ticket,
    'passkey-second-factor': verifying.ticket,
    'passkey-step-up': steppingUp.ticket,
    oidc: atProvider.token,
  }
  const recovering = await startRecovery(app, { userId, post: () => half.post('/v1/auth/recovery', { challenge }) })
  const impersonated = await actAs(app, userId, (await createOperator(app)).accessToken)
  const key = await insertApiKey(app, userId)

  const [family] = await db
    .select()
    .from(refreshToken)
    .where(eq(refreshToken.hash, hashOf(refresh)))
  const [entry] = await db.select().from(auditEntry).where(eq(auditEntry.userId, userId)).limit(1)
  const [stored] = await db.select().from(registration).where(eq(registration.id, registrationId))
  const [own] = await db.select().from(account).where(eq(account.userId, userId))
  const device = page.cookies.get('lightpress_device')!
  const secrets = {
    'access token': access,
    'access token of an operator in their place': impersonated.accessToken,
    'refresh token': refresh,
    'link that verifies': registrationLink,
    'link that resets': reset.token,
    'link to the old address': change.old,
    'link to the new address': change.new,
    'link that cancels a recovery': recovering.cancelToken,
    'link that completes a recovery': recovering.completeToken,
    ...ticketsByName(tickets),
    'registration cookie': waiting.cookies.get('lightpress_registration')!,
    'browser cookie': half.cookies.get('lightpress_browser')!,
    'device cookie': device,
    'name of a device': device.split('.')[0]!,
    'proof of a device': device.split('.')[1]!,
    'API key': key,
    'prefix of an API key': key.slice(0, 15),
    'token of a call between services': signCall('auth.readEmail'),
    'kid of a signing key': kidOf(access),
    'challenge of a passkey': signingIn.options.challenge,
    'secret of an authenticator app': totpSecret,
    'recovery code': recoveryCode,
    'id of a registration': registrationId,
    'id of a reset': reset.row.id,
    'id of a change of address': change.row.id,
    'id of a recovery': recovering.row.id,
    'id of a ticket': magicLink.row.id,
    'id of an entry of the audit log': entry!.id,
    'id of a session': family!.sessionId,
    'id of a person': userId,
    'stored hash of a refresh token': family!.hash,
    'stored hash of a registration cookie': stored!.browserHash,
    'stored hash of a browser cookie': browserHash,
    'stored hash of an API key': hashOf(key),
    'stored hash of a password': own!.passwordHash!,
    password: password,
    nothing: '',
  }
  const asked = { registering, steppingUp, verifying, signingIn }
  return { userId, registrationLink, page, half, challenge, totpSecret, authenticator, asked, secrets }
}

export type Issued = Awaited<ReturnType<typeof issueSecrets>>
export type Purpose = keyof Issued['secrets']

export function contextOf(app: Auth): AuthContext {
  return app.contextFor('auth') as unknown as AuthContext
}

type NamedTickets = { [P in TicketPurpose as `ticket ${P}`]: string }

function ticketsByName(tickets: Record<TicketPurpose, string>): NamedTickets {
  return Object.fromEntries(Object.entries(tickets).map(([name, token]) => [`ticket ${name}`, token])) as NamedTickets
}

/** Signed in as a program and on a page, with an authenticator app and a passkey. */
async function createPerson(app: Auth) {
  const page = browserAt(app)
  const { email, token } = await signUp(app, page)
  const { body } = await page.post('/v1/auth/email/verify', { token })
  const [access, refresh, userId] = [body.accessToken!, body.refreshToken!, body.user.id]
  const { secret: totpSecret, recoveryCodes } = await addTotp(app, access)
  await forgetUse(app, userId)
  const { challenge } = await beginSignIn(app, email, page)
  await endSignIn(page, challenge, codeOf(totpSecret), { mode: 'cookie' })
  await forgetUse(app, userId)
  const authenticator = createAuthenticator({ synced: true })
  await addPasskey(app, page, authenticator)
  return { page, email, userId, access, refresh, authenticator, totpSecret, recoveryCode: recoveryCodes![0]! }
}

/** One that can be completed now. */
async function startRecovery(app: Auth, { userId, post }: { userId: string; post: () => Promise<unknown> }) {
  await post()
  const { db } = app.contextFor('auth')
  const availableAt = sql`now() - interval '1 minute'`
  await db.update(recovery).set({ availableAt }).where(eq(recovery.userId, userId))
  await announceRecoveries(contextOf(app))
  return readRecoveryMail(app, userId)
}

async function insertApiKey(app: Auth, createdBy: string): Promise<string> {
  const key = madeUpKey()
  const row = { id: newId(), organizationId: newId(), name: 'CI', prefix: key.slice(0, 15), scopes: [], createdBy }
  await app
    .contextFor('auth')
    .db.insert(apiKey)
    .values({ ...row, hash: hashOf(key) })
  return key
}

function signCall(operation: string): string {
  const header = { alg: 'HS256', typ: 'lightpress-call+jwt' }
  const key = Buffer.from(INTERNAL_KEY, 'base64')
  const sign = createSigner<object>({ key, algorithm: 'HS256', header, expiresIn: 60_000 })
  const request = { requestId: 'a-request', traceparent: '', ip: null, userAgent: null, idempotencyKey: null }
  const caller = { identity: null, apiKey: null, service: null }
  return sign({ iss: 'users', aud: operation, caller, request, budget: 5_000 })
}

function kidOf(token: string): string {
  return (JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as { kid: string }).kid
}
