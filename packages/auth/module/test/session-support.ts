import { newId } from '@lightpress/kernel'
import type { RunningModule } from '@lightpress/testing'
import { eq, sql } from 'drizzle-orm'
import { refreshToken, session } from '../src/schema.ts'
import { hashOf } from '../src/secrets.ts'
import { bearer, createAccount, createBrowser, password, type Browser } from './support.ts'

/** Where a process listens. */
interface Process {
  baseUrl: string
}

export const paths = {
  signIn: '/v1/auth/sign-in',
  refresh: '/v1/auth/token/refresh',
  signOut: '/v1/auth/sign-out',
  switch: '/v1/auth/session/organization',
  sessions: '/v1/auth/sessions',
}

/** A browser that is signed in by cookies. */
export async function signedInBrowser(app: RunningModule) {
  const { email, user } = await createAccount(app)
  const browser = createBrowser(app.baseUrl)
  const answer = await browser.post(paths.signIn, { email, password, mode: 'cookie' })
  return { browser, answer, email, user }
}

/** A browser that has these cookies. */
export function withCookies({ baseUrl }: Process, cookies: ReadonlyMap<string, string>): Browser {
  const browser = createBrowser(baseUrl)
  for (const [name, value] of cookies) browser.cookies.set(name, value)
  return browser
}

export function refreshBy({ baseUrl }: Process, token: string) {
  return createBrowser(baseUrl).post(paths.refresh, { refreshToken: token })
}

/** What the seam makes of an access token, by an operation that every signed-in person may call. */
export async function seamSays({ baseUrl }: Process, accessToken: string) {
  const input = { organizationId: newId() }
  const { body } = await createBrowser(baseUrl).post(paths.switch, input, bearer(accessToken))
  return body.reason === 'auth.not_a_member' ? 'accepted' : body.reason
}

/** Lets time pass for the tokens of a session that were used. */
export async function age(app: RunningModule, sessionId: string, milliseconds: number) {
  const { db } = app.contextFor('auth')
  const used = sql`now() - ${milliseconds}::int * interval '1 millisecond'`
  await db.update(refreshToken).set({ usedAt: used }).where(eq(refreshToken.sessionId, sessionId))
}

/** Lets time pass since a session was opened or refreshed. */
export async function refreshedAgo(app: RunningModule, sessionId: string, { seconds }: { seconds: number }) {
  const { db } = app.contextFor('auth')
  const lastUsedAt = sql`now() - ${seconds}::int * interval '1 second'`
  await db.update(session).set({ lastUsedAt }).where(eq(session.id, sessionId))
}

/** Lets time pass since a person proved who they are in their session; with an access token that says so. */
export async function proveLongAgo(
  app: RunningModule,
  held: { refreshToken: string },
  { minutes }: { minutes: number },
) {
  const { id } = await sessionOf(app, held.refreshToken)
  const { db } = app.contextFor('auth')
  const authenticatedAt = sql`now() - ${minutes}::int * interval '1 minute'`
  await db.update(session).set({ authenticatedAt }).where(eq(session.id, id))
  const { body } = await refreshBy(app, held.refreshToken)
  return body.accessToken!
}

/** The session that a refresh token belongs to. */
export async function sessionOf(app: RunningModule, token: string) {
  const { db } = app.contextFor('auth')
  const [found] = await db
    .select({ id: session.id, endedAt: session.endedAt, organizationId: session.organizationId })
    .from(refreshToken)
    .innerJoin(session, eq(session.id, refreshToken.sessionId))
    .where(eq(refreshToken.hash, hashOf(token)))
  return found!
}

export function claimsIn(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString())
}
