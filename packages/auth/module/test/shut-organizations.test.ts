import { auth as contract } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import { until, type RunningModule } from '@lightpress/testing'
import { organizationAccessChanged } from '@lightpress/users-contract'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { inbox, outbox, revocation, shutOrganization } from '../src/schema.ts'
import { hashOf } from '../src/secrets.ts'
import { followOrganization } from '../src/shut-organizations.ts'
import { keeper, ledger, seamSaysOfKey } from './key-support.ts'
import { paths, refreshBy, seamSays } from './session-support.ts'
import { bearer, createAccount, createBrowser, start, startAnother, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }
/** Another process, where the same must hold. */
let other: Awaited<ReturnType<typeof startAnother>>
let ctx: AuthContext
beforeAll(async () => {
  app = await start({}, { documents: [ledger] })
  other = await startAnother(app)
  ctx = app.contextFor('auth') as unknown as AuthContext
})
afterAll(async () => {
  await other.close()
  await app.close()
})

type Change = 'suspended' | 'restored' | 'closed'

function tell(organizationId: string, change: Change) {
  return app.deliver(organizationAccessChanged, { organizationId, change, actorId: newId() })
}

async function suspend(organizationId: string) {
  app.users.shut.add(organizationId)
  await tell(organizationId, 'suspended')
}

async function restore(organizationId: string) {
  app.users.shut.delete(organizationId)
  await tell(organizationId, 'restored')
}

/** Waits until both processes say so. The second that is promised, and more for a machine that is busy. */
async function everywhere(says: (process: { baseUrl: string }) => Promise<string>, expected: string) {
  for (const process of [app, other])
    await until(
      () => says(process),
      (said) => said === expected,
      { timeout: 5_000 },
    )
}

const toldOf = async (organizationId: string) =>
  (
    await ctx.db
      .select({ reopened: revocation.reopened })
      .from(revocation)
      .where(eq(revocation.organizationId, organizationId))
      .orderBy(revocation.sequence)
  ).map(({ reopened }) => reopened)

/** Each time with a whole deadline. */
const follow = (organizationId: string) =>
  followOrganization(organizationId, app.contextFor('auth') as unknown as AuthContext)

const isShut = async (id: string) => (await ctx.db.$count(shutOrganization, eq(shutOrganization.id, id))) === 1

const readKey = (key: string) => app.callAs('users', contract).readApiKey({ hash: hashOf(key) })

/** Somebody in two organisations, whose active one is the first of these. */
async function personInTwo() {
  const account = await createAccount(app)
  const [home, company] = [account.user.organizationId!, newId()]
  app.users.people.get(account.user.id)!.roles.set(company, 'admin')
  const { body } = await createBrowser(app.baseUrl).post(
    paths.switch,
    { organizationId: company },
    bearer(account.accessToken),
  )
  return { ...account, home, company, tokens: { home: account.accessToken, company: body.accessToken! } }
}

describe('in an organisation that was suspended', () => {
  it('nobody acts any more, whichever is their active one by now; elsewhere they do', async () => {
    const ada = await personInTwo()
    const back = await createBrowser(app.baseUrl).post(
      paths.switch,
      { organizationId: ada.home },
      bearer(ada.tokens.company),
    )
    expect(back.status).toBe(200)
    await everywhere((process) => seamSays(process, ada.tokens.company), 'accepted')
    await suspend(ada.company)
    await everywhere((process) => seamSays(process, ada.tokens.company), 'request.session_ended')
    for (const token of [ada.tokens.home, back.body.accessToken!])
      await everywhere((process) => seamSays(process, token), 'accepted')
  })

  it('a session goes on in another one, and cannot be switched to it', async () => {
    const ada = await personInTwo()
    await suspend(ada.company)
    const { status, body } = await refreshBy(app, ada.refreshToken)
    expect({ status, at: body.user.organizationId }).toEqual({ status: 200, at: ada.home })
    await everywhere((process) => seamSays(process, body.accessToken!), 'accepted')
    const switched = await createBrowser(app.baseUrl).post(
      paths.switch,
      { organizationId: ada.company },
      bearer(body.accessToken!),
    )
    expect(switched).toMatchObject({ status: 404, body: { reason: 'auth.not_a_member' } })
  })

  it('its API keys are refused within a second everywhere, and good again within a minute once it is restored', async () => {
    const ada = await keeper(app)
    const bob = await keeper(app)
    const [mine, theirs] = [(await ada.make()).body.key, (await bob.make()).body.key]
    for (const key of [mine, theirs]) await everywhere((process) => seamSaysOfKey(process, key), 'accepted')
    await suspend(ada.organizationId)
    await everywhere((process) => seamSaysOfKey(process, mine), 'request.api_key_invalid')
    await everywhere((process) => seamSaysOfKey(process, theirs), 'accepted')
    // Asked for anew, too: what processes remember ends.
    expect(await readKey(mine)).toEqual({ apiKey: null })
    expect((await readKey(theirs)).apiKey).not.toBeNull()
    await restore(ada.organizationId)
    expect((await readKey(mine)).apiKey).toMatchObject({ organizationId: ada.organizationId })
    await everywhere((process) => seamSaysOfKey(process, mine), 'accepted')
  })

  it('a key that was being made meanwhile stands for nothing', async () => {
    const ada = await keeper(app)
    app.users.shut.add(ada.organizationId)
    const [{ status, body }] = await Promise.all([ada.make(), tell(ada.organizationId, 'suspended')])
    await until(
      () => isShut(ada.organizationId),
      (shut) => shut,
    )
    if (status === 201) expect(await readKey(body.key)).toEqual({ apiKey: null })
    else expect(body.reason).toBe('request.session_ended')
  })

  it('its people act again once it is restored', async () => {
    const ada = await personInTwo()
    await suspend(ada.company)
    await everywhere((process) => seamSays(process, ada.tokens.company), 'request.session_ended')
    const { body: elsewhere } = await refreshBy(app, ada.refreshToken)
    await restore(ada.company)
    await until(
      () => isShut(ada.company),
      (shut) => !shut,
    )
    const { status, body } = await createBrowser(app.baseUrl).post(
      paths.switch,
      { organizationId: ada.company },
      bearer(elsewhere.accessToken!),
    )
    expect(status).toBe(200)
    await everywhere((process) => seamSays(process, body.accessToken!), 'accepted')
  })
})

describe('while users is away', () => {
  it('an organisation is followed by a job that is never given up, and shut once users is back', async () => {
    const patient = await start({ RETRY_DELAY: '1' })
    const { db } = patient.contextFor('auth')
    const { readOrganizationState } = patient.users
    try {
      const organizationId = newId()
      patient.users.shut.add(organizationId)
      patient.users.readOrganizationState = () => {
        throw new Error('users is away')
      }
      const told = { organizationId, change: 'suspended' as const, actorId: newId() }
      expect(await patient.deliver(organizationAccessChanged, told)).toMatchObject({ state: 'done' })
      const ofJob = eq(inbox.type, 'follow-organization')
      const jobs = async () =>
        (await db.select({ state: inbox.state }).from(inbox).where(ofJob)).map(({ state }) => state)
      await until(jobs, ([state]) => state === 'dead')

      patient.users.readOrganizationState = readOrganizationState
      const longAgo = { publishedAt: sql`now() - interval '6 minutes'` }
      await db.update(outbox).set(longAgo).where(eq(outbox.type, 'follow-organization'))
      await until(jobs, ([state]) => state === 'done')
      expect(await db.$count(shutOrganization, eq(shutOrganization.id, organizationId))).toBe(1)
    } finally {
      await patient.close()
    }
  })
})

describe('news of an organisation', () => {
  it('of a suspension that is over shuts nothing, and of a restoration that is over opens nothing', async () => {
    const [open, shut] = [newId(), newId()]
    app.users.shut.add(shut)
    await tell(open, 'suspended')
    await tell(shut, 'restored')
    await until(
      () => isShut(shut),
      (is) => is,
    )
    expect(await isShut(open)).toBe(false)
    expect([await toldOf(open), await toldOf(shut)]).toEqual([[], [false]])
  })

  it('that comes twice is told once', async () => {
    const organizationId = newId()
    app.users.shut.add(organizationId)
    await follow(organizationId)
    await follow(organizationId)
    app.users.shut.delete(organizationId)
    await follow(organizationId)
    await follow(organizationId)
    expect(await toldOf(organizationId)).toEqual([false, true])
  })

  it('that comes many times at once ends with what is true last, and tells so last', async () => {
    for (let round = 0; round < 5; round++) {
      const organizationId = newId()
      const followed: Promise<void>[] = []
      for (let turn = 0; turn < 10; turn++) {
        if (turn % 2 === 0) app.users.shut.add(organizationId)
        else app.users.shut.delete(organizationId)
        followed.push(follow(organizationId))
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 4))
      }
      await Promise.all(followed)
      expect(await isShut(organizationId)).toBe(false)
      const told = await toldOf(organizationId)
      expect(told.every((reopened, at) => reopened === (at % 2 === 1))).toBe(true)
      expect(told.length % 2).toBe(0)
    }
  })
})
