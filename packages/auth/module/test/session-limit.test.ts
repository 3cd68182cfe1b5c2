import { newId } from '@lightpress/kernel'
import { until, type RunningModule } from '@lightpress/testing'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { auditEntry, session } from '../src/schema.ts'
import { paths, refreshBy, seamSays, sessionOf } from './session-support.ts'
import { createAccount, createBrowser, password, start } from './support.ts'

let app: RunningModule

beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())

const db = () => app.contextFor('auth').db
const signIn = (email: string) => createBrowser(app.baseUrl).post(paths.signIn, { email, password })

function liveSessionsOf(userId: string) {
  return db().$count(session, and(eq(session.userId, userId), isNull(session.endedAt)))
}

/** So many sessions of a person that were used just now. */
async function fill(userId: string, count: number) {
  await db()
    .insert(session)
    .values(Array.from({ length: count }, () => ({ id: newId(), userId })))
}

it('the hundred-and-first session of a person ends the one used longest ago, and nobody elses', async () => {
  const { email, user, refreshToken, accessToken } = await createAccount(app)
  const stranger = await createAccount(app)
  const oldest = await sessionOf(app, refreshToken)
  await fill(user.id, 98)
  const second = (await signIn(email)).body
  expect(await liveSessionsOf(user.id)).toBe(100)
  expect((await sessionOf(app, refreshToken)).endedAt).toBeNull()

  await db()
    .update(session)
    .set({ lastUsedAt: sql`now() - interval '1 hour'` })
    .where(eq(session.id, oldest.id))
  const newest = (await signIn(email)).body
  expect(await liveSessionsOf(user.id)).toBe(100)
  expect((await refreshBy(app, refreshToken)).status).toBe(401)
  await until(
    () => seamSays(app, accessToken),
    (says) => says === 'request.session_ended',
    { timeout: 10_000 },
  )
  for (const { refreshToken: token } of [second, newest, stranger])
    expect((await refreshBy(app, token!)).status).toBe(200)
  const ended = and(eq(auditEntry.userId, user.id), eq(auditEntry.action, 'session_ended'))
  expect(await db().select().from(auditEntry).where(ended)).toMatchObject([{ actorId: null, sessionId: oldest.id }])
})

it('a person who signs in many times at once has a hundred sessions, and the newest are good', async () => {
  const { email, user } = await createAccount(app)
  await fill(user.id, 98)
  await db()
    .update(session)
    .set({ lastUsedAt: sql`now() - interval '1 hour'` })
    .where(eq(session.userId, user.id))
  const answers = await Promise.all(Array.from({ length: 8 }, () => signIn(email)))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
  expect(await liveSessionsOf(user.id)).toBe(100)
  const refreshed = await Promise.all(answers.map(({ body }) => refreshBy(app, body.refreshToken!)))
  expect(refreshed.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
})
