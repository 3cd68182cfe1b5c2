import { auth as contract } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import type { Payload } from '@lightpress/protocol'
import { until, type RunningModule } from '@lightpress/testing'
import { accessChanged } from '@lightpress/users-contract'
import { asc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntry } from '../src/schema.ts'
import { hashOf } from '../src/secrets.ts'
import { keeper, ledger, seamSaysOfKey } from './key-support.ts'
import { paths, refreshBy, seamSays, sessionOf } from './session-support.ts'
import { createAccount, createBrowser, password, start, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }

beforeAll(async () => {
  app = await start({}, { documents: [ledger] })
})
afterAll(() => app.close())

const operator = newId()

type Change = Payload<typeof accessChanged>['change']

/** Tells auth of a change of a person's access. The same `id` again is the same event. */
function tell(userId: string, change: Change, { id }: { id?: string } = {}) {
  return app.deliver(accessChanged, { userId, change, actorId: operator }, id === undefined ? {} : { id })
}

async function createPerson() {
  const account = await createAccount(app)
  return { ...account, person: app.users.people.get(account.user.id)! }
}

function signIn(email: string, words = password) {
  return createBrowser(app.baseUrl).post(paths.signIn, { email, password: words })
}

async function audited(userId: string) {
  const { db } = app.contextFor('auth')
  const rows = await db.select().from(auditEntry).where(eq(auditEntry.userId, userId)).orderBy(asc(auditEntry.id))
  return rows
    .filter(({ action }) => /^(access|operator)_/.test(action))
    .map(({ action, actorId }) => ({ action, actorId }))
}

async function isRefused(accessToken: string) {
  await until(
    () => seamSays(app, accessToken),
    (says) => says === 'request.session_ended',
    { timeout: 5_000 },
  )
}

describe('a person who is suspended', () => {
  it('while users is away, is shut out by a job, and the log has it once', async () => {
    const { accessToken, user, person } = await createPerson()
    const { readPrincipal } = app.users
    app.users.readPrincipal = () => Promise.reject(new Error('users is away'))
    try {
      expect(await tell(user.id, 'suspended')).toMatchObject({ state: 'done' })
    } finally {
      app.users.readPrincipal = readPrincipal
    }
    person.suspended = true
    await isRefused(accessToken)
    expect(await audited(user.id)).toEqual([{ action: 'access_suspended', actorId: operator }])
  })

  it('is out at once: no access token, no refresh, no session is left', async () => {
    const { accessToken, refreshToken, user, person } = await createPerson()
    person.suspended = true
    expect(await tell(user.id, 'suspended')).toMatchObject({ state: 'done' })
    await isRefused(accessToken)
    expect((await sessionOf(app, refreshToken)).endedAt).not.toBeNull()
    expect((await refreshBy(app, refreshToken)).status).toBe(401)
    expect(await audited(user.id)).toEqual([{ action: 'access_suspended', actorId: operator }])
  })

  it.each(['suspended', 'removed'] as const)('and %s leaves no key to come back by', async (change) => {
    const theirs = await keeper(app)
    const mine = await theirs.make()
    const organizationId = theirs.organizationId
    const another = await keeper(app, { organizationId, role: 'admin' })
    const kept = await another.make()
    const revokedBefore = await theirs.make()
    await theirs.revoke(revokedBefore.body.apiKey.id)
    for (const { body } of [mine, kept]) expect(await seamSaysOfKey(app, body.key)).toBe('accepted')

    const person = app.users.people.get(theirs.user.id)!
    if (change === 'suspended') person.suspended = true
    else app.users.people.delete(theirs.user.id)
    await tell(theirs.user.id, change)
    await until(
      () => seamSaysOfKey(app, mine.body.key),
      (says) => says === 'request.api_key_invalid',
      { timeout: 5_000 },
    )
    expect(await seamSaysOfKey(app, kept.body.key)).toBe('accepted')
    const { db } = app.contextFor('auth')
    const entries = await db.select().from(auditEntry).where(eq(auditEntry.action, 'api_key_revoked'))
    expect(entries.filter(({ actorId, userId }) => actorId === operator && userId === theirs.user.id)).toMatchObject([
      { apiKeyId: mine.body.apiKey.id, organizationId },
    ])
    person.suspended = false
    app.users.people.set(theirs.user.id, person)
    await tell(theirs.user.id, 'restored')
    expect(await seamSaysOfKey(app, mine.body.key)).toBe('request.api_key_invalid')
  })

  it('has a key revoked that they were making meanwhile, or is refused it', async () => {
    for (let round = 0; round < 3; round++) {
      const theirs = await keeper(app)
      app.users.people.get(theirs.user.id)!.suspended = true
      const [{ status, body }] = await Promise.all([theirs.make(), tell(theirs.user.id, 'suspended')])
      if (status === 401) expect(body.reason).toBe('request.session_ended')
      else expect(await app.callAs('users', contract).readApiKey({ hash: hashOf(body.key) })).toEqual({ apiKey: null })
    }
  })

  it('cannot renew anything before auth has heard of it', async () => {
    const { refreshToken, person } = await createPerson()
    person.suspended = true
    expect((await refreshBy(app, refreshToken)).status).toBe(401)
    person.suspended = false
    expect((await refreshBy(app, refreshToken)).status).toBe(401)
  })

  it('is told so with the right password; whoever has a wrong one learns nothing', async () => {
    const { email, person } = await createPerson()
    person.suspended = true
    expect(await signIn(email)).toMatchObject({ status: 403, body: { reason: 'auth.suspended' } })
    expect(await signIn(email, 'a wrong guess')).toMatchObject({
      status: 401,
      body: { reason: 'auth.wrong_credentials' },
    })
  })

  it('comes in again once restored, by signing in', async () => {
    const { email, refreshToken, user, person } = await createPerson()
    person.suspended = true
    await tell(user.id, 'suspended')
    person.suspended = false
    await tell(user.id, 'restored')
    expect((await refreshBy(app, refreshToken)).status).toBe(401)
    const { status, body } = await signIn(email)
    expect(status).toBe(200)
    expect(await seamSays(app, body.accessToken!)).toBe('accepted')
    expect(await audited(user.id)).toEqual([
      { action: 'access_suspended', actorId: operator },
      { action: 'access_restored', actorId: operator },
    ])
  })
})

describe('news of a change of access', () => {
  it('that comes twice takes effect once', async () => {
    const { email, user, person } = await createPerson()
    const id = newId()
    person.suspended = true
    await tell(user.id, 'suspended', { id })
    person.suspended = false
    const { body } = await signIn(email)
    await tell(user.id, 'suspended', { id })
    expect((await refreshBy(app, body.refreshToken!)).status).toBe(200)
    expect(await audited(user.id)).toHaveLength(1)
  })

  it('of a suspension that is over by then ends no session', async () => {
    const { accessToken, refreshToken, user } = await createPerson()
    await tell(user.id, 'restored')
    await tell(user.id, 'suspended')
    await isRefused(accessToken)
    const { status, body } = await refreshBy(app, refreshToken)
    expect(status).toBe(200)
    expect(await seamSays(app, body.accessToken!)).toBe('accepted')
    expect((await audited(user.id)).map(({ action }) => action)).toEqual(['access_restored', 'access_suspended'])
  })

  it('that the person was restored lets nobody in who is suspended again by then', async () => {
    const { accessToken, refreshToken, user, person } = await createPerson()
    person.suspended = true
    await tell(user.id, 'restored')
    await isRefused(accessToken)
    expect((await sessionOf(app, refreshToken)).endedAt).not.toBeNull()
  })

  it('of another role has the tokens renewed, and keeps the session', async () => {
    const { accessToken, refreshToken, user, person } = await createPerson()
    person.roles.set(user.organizationId!, 'member')
    await tell(user.id, 'role')
    await isRefused(accessToken)
    const { body } = await refreshBy(app, refreshToken)
    expect(body.user).toMatchObject({ role: 'member' })
    expect(await seamSays(app, body.accessToken!)).toBe('accepted')
    expect(await audited(user.id)).toEqual([])
  })

  it('that the person is gone ends their sessions', async () => {
    const { accessToken, email, refreshToken, user } = await createPerson()
    app.users.people.delete(user.id)
    await tell(user.id, 'removed')
    await isRefused(accessToken)
    expect((await sessionOf(app, refreshToken)).endedAt).not.toBeNull()
    expect((await signIn(email)).status).toBe(401)
    expect(await audited(user.id)).toEqual([{ action: 'access_removed', actorId: operator }])
  })

  it('that the person is an operator now, or none any more, is written down, and renews the tokens', async () => {
    const { accessToken, refreshToken, user, person } = await createPerson()
    person.operator = true
    await tell(user.id, 'operator_granted')
    await isRefused(accessToken)
    const { body: granted } = await refreshBy(app, refreshToken)
    expect(granted.user).toMatchObject({ operator: true })
    person.operator = false
    await tell(user.id, 'operator_revoked')
    await isRefused(granted.accessToken!)
    expect((await refreshBy(app, granted.refreshToken!)).body.user).toMatchObject({ operator: false })
    expect(await audited(user.id)).toEqual([
      { action: 'operator_granted', actorId: operator },
      { action: 'operator_revoked', actorId: operator },
    ])
  })

  it('about somebody without an account is taken', async () => {
    for (const change of ['suspended', 'role'] as const)
      expect(await tell(newId(), change)).toMatchObject({ state: 'done' })
  })
})
