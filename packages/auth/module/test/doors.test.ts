// Doors × factors: whichever way somebody comes in, whoever has a second factor is asked for it, by every door there is.
import { auth as contract, type SecondFactor } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import type { Operation } from '@lightpress/protocol'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { allowance, lockout, session } from '../src/schema.ts'
import { createPerson, kinds, type Person, type World } from './door-people.ts'
import {
  firstDoors,
  passkeyDoor,
  secondHalves,
  sessionCookies,
  tokensIn,
  type Arrival,
  type OperationName,
} from './doors.ts'
import { startWithProviders } from './oidc-support.ts'
import { browserAt, said } from './passkey-support.ts'
import { bearer, password, readMail } from './support.ts'

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

/** Sessions of anybody: what opens one for somebody else would open one as well. */
const sessions = () => db().$count(session)

/** Doors to walk through other than by the table: each has a part below of its own. */
const ownParts = ['verifyEmail', 'registerByInvitation', 'refreshToken'] satisfies OperationName[]

describe('the doors', () => {
  it('are all in the tables: there is no other public operation that could answer with a session', () => {
    const rows = [...Object.values(firstDoors), passkeyDoor, ...Object.values(secondHalves)]
    const walked = new Set<string>([...rows.flatMap(({ operations }) => operations), ...ownParts])
    const operations: [string, Operation][] = Object.entries(contract.operations)
    const found = operations.filter(([, operation]) => couldOpen(operation))
    expect(found.length).toBeGreaterThan(5)
    expect(found.map(([name]) => name).filter((name) => !walked.has(name))).toEqual([])
  })
})

/** For whoever is not signed in, and its answer may be a session or is not JSON, so that it may be anything. */
function couldOpen({ access, kind, output }: Operation): boolean {
  if (access !== 'public' && access !== 'signed') return false
  if (output === undefined) return kind === 'raw'
  const user = { id: newId(), email: '', name: '', organizationId: null, role: null, operator: false }
  const signedIn = { accessToken: 'a', refreshToken: 'b', expiresAt: new Date().toISOString(), user }
  const { data } = output.safeParse(signedIn)
  return tokensIn(data ?? {}).length > 0
}

describe.each(Object.entries(kinds))('whoever has %s', (_, kind) => {
  let person: Person
  let stranger: Person
  beforeAll(async () => {
    person = await createPerson(world, kind)
    stranger = await createPerson(world, kind)
  })

  const doors = Object.entries(firstDoors)
  const isGuarded = kind.factors.length > 0

  it.each(isGuarded ? [] : doors)('is let in by %s', async (_, door) => {
    const before = await sessions()
    const arrival = await door.go(person, world)
    expect(arrival.challenge).toBeNull()
    expect(await sessions()).toBe(before + 1)
    expect(await meetsAs(arrival)).toBe(person.userId)
  })

  it.each(isGuarded ? doors : [])('gets a challenge by %s, and nothing else', async (_, door) => {
    const before = await sessions()
    const { challenge, factors, body, browser } = await door.go(person, world)
    expect(challenge).toEqual(expect.any(String))
    expect(factors).toEqual(kind.factors)
    expect({ tokens: tokensIn(body), cookies: sessionCookies(browser) }).toEqual({ tokens: [], cookies: [] })
    expect(await sessions()).toBe(before)
    // A challenge is no token, in whatever place.
    const tried = [
      await browser.get('/v1/auth/session', bearer(challenge!)),
      await browser.post('/v1/auth/token/refresh', { refreshToken: challenge }),
      await browser.post('/v1/auth/token/refresh'),
    ]
    expect(tried.map(({ status }) => status)).toEqual([401, 401, 401])
  })

  const ways = doors.flatMap(([name, door]) => kind.atHand.map((factor) => ({ name, door, factor })))
  it.each(ways)('ends what $name began by $factor: their own, there, once', async ({ door, factor }) => {
    const half = secondHalves[factor]
    const arrival = await door.go(person, world)
    await renewBoth(factor)
    const before = await sessions()
    const refused = [await half.end(stranger, arrival, world)]
    if (arrival.mode === 'cookie') {
      const elsewhere = { ...arrival, browser: browserAt(world.app) }
      refused.push(await half.end(person, elsewhere, world))
    }
    for (const answer of refused)
      expect(said(answer)).toMatch(/^(400|401) auth\.(challenge_invalid|code_wrong|passkey_refused)$/)
    expect(await sessions()).toBe(before)

    const both = await Promise.all([half.end(person, arrival, world), half.end(person, arrival, world)])
    expect(both.map(said).filter((one) => one === 'done')).toEqual(['done'])
    await renewBoth(factor)
    expect(said(await half.end(person, arrival, world))).toBe('400 auth.challenge_invalid')
    expect(await sessions()).toBe(before + 1)
    const body = both.find(({ status }) => status === 200)!.body as object
    expect(await meetsAs({ ...arrival, body })).toBe(person.userId)
    if (factor === 'recovery_code') person.recoveryCodes.shift()
  })

  async function renewBoth(factor: SecondFactor) {
    await secondHalves[factor].renew?.(person, world)
    await secondHalves[factor].renew?.(stranger, world)
  }

  const alone = kind.atHand.includes('passkey') ? [passkeyDoor] : []
  it.each(alone)('is let in by a passkey alone, which is both', async (door) => {
    const before = await sessions()
    expect(await meetsAs(await door.go(person, world))).toBe(person.userId)
    expect(await sessions()).toBe(before + 1)
  })

  it('gets nothing by the link of the registration, once there is the account', async () => {
    const before = await sessions()
    const browser = browserAt(world.app)
    const input = { token: person.registrationLink, password, mode: 'cookie' }
    expect(said(await browser.post('/v1/auth/email/verify', input))).toBe('400 auth.token_invalid')
    await browser.post('/v1/auth/sign-up', { email: person.email, password, name: 'Ada Lovelace' })
    expect(await readMail(world.app, person.email)).toMatchObject({ purpose: 'already_registered', token: null })
    expect(await sessions()).toBe(before)
  })

  it('gets nothing by the link of an invitation for their address, and is what they were', async () => {
    const before = await sessions()
    const browser = browserAt(world.app)
    const { token } = world.app.users.invite(person.email.toUpperCase())
    const input = { token, name: 'Mallory', password: 'four quiet lanterns drift' }
    for (const mode of ['cookie', 'token'])
      expect(said(await browser.post('/v1/auth/sign-up/invitation', { ...input, mode }))).toBe('409 auth.email_taken')
    expect({ cookies: sessionCookies(browser), sessions: await sessions() }).toEqual({ cookies: [], sessions: before })
    expect(world.app.users.readInvitation({ token }).invitation).not.toBeNull()
    const signIn = { email: person.email, password: input.password }
    expect(said(await browser.post('/v1/auth/sign-in', signIn))).toBe('401 auth.wrong_credentials')
  })

  it('goes on by a refresh in the same session, and begins none', async () => {
    const before = await sessions()
    const { body } = await browserAt(world.app).post('/v1/auth/token/refresh', { refreshToken: person.refreshToken })
    expect(await meetsAs({ browser: browserAt(world.app), body })).toBe(person.userId)
    expect(await sessions()).toBe(before)
  })
})

/** Whose session it is that somebody arrived in, by the token that they were given or else by cookies. */
async function meetsAs({ browser, body }: Pick<Arrival, 'browser' | 'body'>) {
  const { accessToken } = body as { accessToken?: string }
  const headers = accessToken === undefined ? undefined : bearer(accessToken)
  const { body: found } = await browser.get<{ userId?: string }>('/v1/auth/session', headers)
  return found.userId
}
