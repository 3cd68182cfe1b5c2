// What is no door, though it proves something or changes what is asked for: it opens nothing.
import { createHash } from 'node:crypto'
import { auth as contract } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import type { Operation } from '@lightpress/protocol'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { announceRecoveries } from '../src/announce-recoveries.ts'
import type { AuthContext } from '../src/context.ts'
import { allowance, apiKey, lockout, recovery, session } from '../src/schema.ts'
import { createPerson, kinds, type Person, type World } from './door-people.ts'
import { firstDoors, sessionCookies } from './doors.ts'
import { madeUpKey } from './key-support.ts'
import { askForReset, readChangeMails, readRecoveryMail } from './links.ts'
import { startWithProviders } from './oidc-support.ts'
import { browserAt, said } from './passkey-support.ts'
import { bearer, newEmail, password, type Browser } from './support.ts'

let world: World
let close: () => Promise<void>
beforeAll(async () => {
  const { app, acme, close: closeAll } = await startWithProviders()
  world = { app, acme }
  close = closeAll
})
afterAll(() => close())
beforeEach(async () => {
  await db().delete(allowance)
  await db().delete(lockout)
})

const db = () => world.app.contextFor('auth').db
const sessions = () => db().$count(session)

const guarded = Object.entries(kinds).filter(([, { factors }]) => factors.length > 0)

describe.each(guarded)('for whoever has %s, no session comes of', (_, kind) => {
  let person: Person
  let browser: Browser
  let before: number
  beforeEach(async () => {
    person = await createPerson(world, kind)
    browser = browserAt(world.app)
    before = await sessions()
  })

  async function expectNothing() {
    expect(sessionCookies(browser)).toEqual([])
    expect(await sessions()).toBe(before)
  }

  it('a new password', async () => {
    const words = 'four quiet lanterns drift'
    const { token } = await askForReset(world.app, person.email)
    const reset = await browser.post('/v1/auth/password/reset', { token, password: words })
    expect(reset).toMatchObject({ status: 200, body: { status: 'password_reset' } })
    const input = { email: person.email, password: words, mode: 'cookie' }
    const again = await browser.post<object>('/v1/auth/sign-in', input)
    expect(again.body).toMatchObject({ mfaRequired: true, factors: kind.factors })
    await expectNothing()
  })

  it('another address', async () => {
    const email = newEmail()
    const asked = await browser.post('/v1/auth/email/change', { email }, bearer(person.accessToken))
    expect(asked.status).toBe(202)
    const links = await readChangeMails(world.app, person.userId)
    for (const token of [links.old, links.new])
      expect((await browser.post('/v1/auth/email/change/confirm', { token })).status).toBe(200)
    const again = await browser.post<object>('/v1/auth/sign-in', { email, password, mode: 'cookie' })
    expect(again.body).toMatchObject({ mfaRequired: true, factors: kind.factors })
    await expectNothing()
  })

  it('a recovery, whether it waits or is completed', async () => {
    const door = firstDoors['password in a browser']!
    const arrival = await door.go(person, world)
    browser = arrival.browser
    expect((await browser.post('/v1/auth/recovery', { challenge: arrival.challenge })).status).toBe(202)
    await expectNothing()
    await db()
      .update(recovery)
      .set({ availableAt: sql`now() - interval '1 minute'` })
      .where(eq(recovery.userId, person.userId))
    await announceRecoveries(world.app.contextFor('auth') as unknown as AuthContext)
    const { completeToken: token } = await readRecoveryMail(world.app, person.userId)
    const { challenge } = await door.go(person, world)
    const elsewhere = await browser.post('/v1/auth/recovery/complete', { token, challenge })
    expect(said(elsewhere)).toBe('400 auth.challenge_invalid')
    const { challenge: own } = arrival
    const completed = await browser.post('/v1/auth/recovery/complete', { token, challenge: own })
    expect(completed.body).toEqual({ status: 'factors_removed' })
    await expectNothing()
  })
})

describe('an API key', () => {
  const operations: [string, Operation][] = Object.entries(contract.operations)
  const forPeople = operations.filter(
    ([, { path, access, scope }]) =>
      path !== undefined && scope === undefined && !['public', 'signed'].includes(access),
  )
  const key = madeUpKey()
  beforeAll(async () => {
    const hash = createHash('sha256').update(key).digest('base64url')
    const about = { name: 'CI', prefix: key.slice(0, 15), scopes: [], createdBy: newId() }
    await db()
      .insert(apiKey)
      .values({ id: newId(), organizationId: newId(), hash, ...about })
  })

  it.each(forPeople)('is nobody to %s, and opens no session', async (_, { method, path = '' }) => {
    const before = await sessions()
    const at = path.replace(':id', newId()).replace(':provider', 'acme')
    const body = method === 'GET' ? {} : { body: '{}', headers: { 'content-type': 'application/json', ...bearer(key) } }
    const response = await fetch(world.app.baseUrl + at, { method, headers: bearer(key), ...body })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ reason: 'request.people_only' })
    expect(response.headers.getSetCookie()).toEqual([])
    expect(await sessions()).toBe(before)
  })
})
