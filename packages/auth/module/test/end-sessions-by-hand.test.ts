import type { SignedIn } from '@lightpress/auth-contract'
import { newId, type Server } from '@lightpress/kernel'
import { emailKey } from '@lightpress/protocol'
import { until, type RunningModule } from '@lightpress/testing'
import { eq, isNull } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { endSessionsByHand } from '../src/end-sessions-by-hand.ts'
import { account, auditEntry, revocation, session } from '../src/schema.ts'
import { paths, refreshBy, seamSays } from './session-support.ts'
import { createAccount, createBrowser, newEmail, password, start, startAnother, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }
let other: Server & { baseUrl: string }
let ctx: AuthContext

beforeEach(async () => {
  app = await start()
  other = await startAnother(app)
  ctx = app.contextFor('auth') as unknown as AuthContext
})
afterEach(async () => {
  vi.restoreAllMocks()
  await other.close()
  await app.close()
})

const end = (...args: string[]) => endSessionsByHand.run({ args }, ctx)
const signIn = (email: string) => createBrowser(app.baseUrl).post(paths.signIn, { email, password })
const live = () => ctx.db.$count(session, isNull(session.endedAt))
const entries = () => ctx.db.select().from(auditEntry).where(eq(auditEntry.action, 'sessions_ended'))
const alerts = async () => (await app.outbox()).filter(({ type }) => type === 'auth.security.alerted.v1')

async function isOver({ accessToken, refreshToken }: Pick<SignedIn, 'accessToken' | 'refreshToken'>) {
  expect((await refreshBy(app, refreshToken!)).status).toBe(401)
  for (const process of [app, other])
    await until(
      () => seamSays(process, accessToken!),
      (says) => says === 'request.session_ended',
      { timeout: 10_000 },
    )
}

describe('sessions end', () => {
  it('with an address ends the sessions of that person, in every process, and of nobody else', async () => {
    const [person, bystander] = [await createAccount(app), await createAccount(app)]
    const second = (await signIn(person.email)).body
    await end(person.email.toUpperCase())
    for (const one of [person, second]) await isOver(one)
    expect(await seamSays(other, bystander.accessToken)).toBe('accepted')
    expect((await refreshBy(app, bystander.refreshToken)).status).toBe(200)
    expect(await entries()).toMatchObject([{ actorId: null, userId: person.user.id, sessionId: null }])
    expect(await alerts()).toEqual([])
    expect((await signIn(person.email)).status).toBe(200)
  })

  it('has a sign-in that was under way prove itself once more, and leaves no other behind', async () => {
    const { email } = await createAccount(app)
    const { readPrincipal } = app.users
    vi.spyOn(app.users, 'readPrincipal').mockImplementationOnce(async (input) => {
      await end(email)
      return readPrincipal(input)
    })
    expect((await signIn(email)).status).toBe(200)
    expect(app.users.readPrincipal).toHaveBeenCalledTimes(2)
    expect(await live()).toBe(1)
  })

  it('with --all ends those of everybody, in more than one transaction, each once', async () => {
    const people = [await createAccount(app), await createAccount(app)]
    const idle = Array.from({ length: 230 }, newId)
    await ctx.db.insert(account).values(
      idle.map((userId) => {
        const email = newEmail()
        return { userId, email, emailKey: emailKey(email), passwordHash: 'none' }
      }),
    )
    // Of every other one.
    await ctx.db.insert(session).values(idle.filter((_, at) => at % 2 === 0).map((userId) => ({ id: newId(), userId })))
    expect(await live()).toBe(117)

    const transactions = vi.spyOn(ctx, 'withTx')
    await end('--all')
    expect(transactions.mock.calls.length).toBe(2)
    expect(await live()).toBe(0)
    for (const person of people) await isOver(person)
    const written = await entries()
    expect(written).toHaveLength(117)
    expect(new Set(written.map(({ userId }) => userId)).size).toBe(117)
    expect(await ctx.db.$count(revocation)).toBe(117)
    expect(await alerts()).toEqual([])

    await end('--all')
    expect(await entries()).toHaveLength(117)
    expect((await signIn(people[0]!.email)).status).toBe(200)
  })

  it('while people sign in and renew their sessions ends all that were there before', async () => {
    const people = await Promise.all(Array.from({ length: 4 }, () => createAccount(app)))
    const work = people.map(async ({ email, refreshToken }) => {
      const answers = await Promise.all([refreshBy(app, refreshToken), signIn(email)])
      for (const { status } of answers) expect([200, 401]).toContain(status)
    })
    await Promise.all([end('--all'), end('--all'), ...work])
    for (const person of people) await isOver(person)
  })

  it.each([[], ['nonsense'], ['--all', 'please'], ['a@example.com', 'b@example.com']])(
    'refuses %j and says how it is called',
    async (...args) => {
      await expect(end(...args)).rejects.toMatchObject({
        name: 'ConfigError',
        message: expect.stringMatching(/^Usage: sessions end /) as string,
      })
    },
  )

  it('says that nobody has an address', async () => {
    await expect(end('nobody@example.com')).rejects.toThrow('Nobody has the address nobody@example.com.')
    expect(await entries()).toEqual([])
  })
})
