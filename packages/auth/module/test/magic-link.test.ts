import type { AuditAction } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import type { RunningModule } from '@lightpress/testing'
import { accessChanged } from '@lightpress/users-contract'
import { and, eq, isNull } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { account, allowance, auditEntry, lockout, session, ticket, totp } from '../src/schema.ts'
import { askForMagicLink, askForReset, followMagicLink, readChangeMails, readMagicLinkMail } from './links.ts'
import { bearer, createAccount, createBrowser, newEmail, password, signUp, start, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }

beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())
afterEach(async () => {
  vi.restoreAllMocks()
  await db().delete(allowance)
  await db().delete(lockout)
})

const invalidLink = { status: 400, body: { reason: 'auth.token_invalid' } }
const db = () => app.contextFor('auth').db
const newBrowser = () => createBrowser(app.baseUrl)

/** Somebody with an account, and a browser of theirs in which they asked for a link. */
async function createAsker() {
  const { email, user, accessToken } = await createAccount(app)
  const browser = newBrowser()
  const asked = await askForMagicLink(app, email, browser)
  return { ...asked, email, user, accessToken, browser }
}

function entriesOf(userId: string, action: AuditAction) {
  return db()
    .select()
    .from(auditEntry)
    .where(and(eq(auditEntry.userId, userId), eq(auditEntry.action, action)))
}

function liveSessionsOf(userId: string) {
  return db().$count(session, and(eq(session.userId, userId), isNull(session.endedAt)))
}

describe('asking for a link to sign in with', () => {
  const ask = async (email: string) => {
    const { status, body, headers } = await newBrowser().post('/v1/auth/magic-link', { email })
    return { status, body, headers: [...headers.keys()].sort() }
  }

  /** What it left: as many rows, of the same tables, for whoever is asked about. */
  async function traces(work: () => Promise<unknown>) {
    const count = async () => ({
      tickets: await db().$count(ticket, eq(ticket.purpose, 'magic-link')),
      entries: await db().$count(auditEntry, eq(auditEntry.action, 'magic_link_requested')),
      events: (await app.outbox()).filter(({ type }) => type === 'auth.magic_link.requested.v1').length,
    })
    const before = await count()
    await work()
    const after = await count()
    return Object.fromEntries(Object.entries(after).map(([name, n]) => [name, n - before[name as keyof typeof before]]))
  }

  it('answers a known and an unknown address alike, and leaves the same behind', async () => {
    const { email } = await createAccount(app)
    const left = await traces(async () => expect(await ask(email)).toEqual(await ask(newEmail())))
    expect(left).toEqual({ tickets: 2, entries: 2, events: 2 })
    expect(await ask(email)).toMatchObject({ status: 202, body: { status: 'mail_sent' } })
  })

  it('has the mail written to whoever has the address, as they spell it, and to nobody else', async () => {
    const { email, user } = await createAccount(app)
    const { mail, row } = await askForMagicLink(app, email.toUpperCase(), newBrowser())
    expect(mail).toEqual({
      userId: user.id,
      email,
      token: expect.stringMatching(new RegExp(`^${row.id}\\.[\\w-]{43}$`)) as string,
    })
    expect(JSON.stringify(await db().select().from(ticket))).not.toContain(mail!.token.split('.')[1])
    expect((await askForMagicLink(app, newEmail(), newBrowser())).mail).toBeNull()
  })

  it('writes nothing to whoever has signed up and not answered the mail yet', async () => {
    const { email } = await signUp(app, newBrowser())
    expect((await askForMagicLink(app, email, newBrowser())).mail).toBeNull()
  })

  it('writes nothing to whoever is suspended or gone', async () => {
    const { user, row } = await createAsker()
    const person = app.users.people.get(user.id)!
    person.suspended = true
    expect(await readMagicLinkMail(app, row.id)).toBeNull()
    person.suspended = false
    expect(await readMagicLinkMail(app, row.id)).not.toBeNull()
    app.users.people.delete(user.id)
    expect(await readMagicLinkMail(app, row.id)).toBeNull()
  })

  it('is in the audit log with whose account it is about, or nobody', async () => {
    const { user } = await createAsker()
    expect(await entriesOf(user.id, 'magic_link_requested')).toMatchObject([{ actorId: null }])
    const nobodys = and(eq(auditEntry.action, 'magic_link_requested'), isNull(auditEntry.userId))
    const before = await db().$count(auditEntry, nobodys)
    await ask(newEmail())
    expect(await db().$count(auditEntry, nobodys)).toBe(before + 1)
  })

  it('writes an address three mails and then none for a while, in silence', async () => {
    const { email } = await createAccount(app)
    await db().delete(allowance)
    const left = await traces(async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask(email)))
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 202))
    })
    expect(left).toMatchObject({ events: 3 })
  })

  it.each([
    ['a program', null],
    ['another site', 'https://evil.example'],
  ])('is refused to %s', async (_, origin) => {
    const { email } = await createAccount(app)
    const stranger = createBrowser(app.baseUrl, { origin })
    const left = await traces(async () =>
      expect(await stranger.post('/v1/auth/magic-link', { email })).toMatchObject({
        status: 403,
        body: { reason: 'request.cross_origin' },
      }),
    )
    expect(left).toEqual({ tickets: 0, entries: 0, events: 0 })
    expect(stranger.cookies.size).toBe(0)
  })
})

describe('a link to sign in with', () => {
  it('signs in the browser that asked, by cookies', async () => {
    const { token, browser, user } = await createAsker()
    const { status, body } = await followMagicLink(token, browser)
    expect({ status, user: body.user.id }).toEqual({ status: 200, user: user.id })
    expect(body).not.toHaveProperty('accessToken')
    expect((await browser.get('/v1/auth/sessions')).status).toBe(200)
    expect((await entriesOf(user.id, 'signed_in')).map(({ method }) => method)).toContain('magic_link')
  })

  it('signs in whoever never chose a password', async () => {
    const { user, token, browser } = await createAsker()
    await db().update(account).set({ passwordHash: null }).where(eq(account.userId, user.id))
    expect((await followMagicLink(token, browser)).status).toBe(200)
  })

  it('asks whoever has a second factor for it, and opens nothing', async () => {
    const { user, token, browser } = await createAsker()
    await db().insert(totp).values({ userId: user.id, sealedSecret: 'sealed', confirmedAt: new Date() })
    const before = await liveSessionsOf(user.id)
    const { status, body } = await followMagicLink(token, browser)
    expect({ status, body }).toMatchObject({ status: 200, body: { mfaRequired: true, factors: ['totp'] } })
    expect([...browser.cookies.keys()]).toEqual(['lightpress_browser'])
    expect(await liveSessionsOf(user.id)).toBe(before)
    // And is used up by it.
    expect(await followMagicLink(token, browser)).toMatchObject(invalidLink)
  })

  it('is worth nothing in another browser, and none the less in its own', async () => {
    const { token, browser, email } = await createAsker()
    const thief = newBrowser()
    expect(await followMagicLink(token, thief)).toMatchObject(invalidLink)
    await askForMagicLink(app, email, thief)
    expect(await followMagicLink(token, thief)).toMatchObject(invalidLink)
    expect((await followMagicLink(token, browser)).status).toBe(200)
  })

  it('is refused to other sites and to programs, and stays good', async () => {
    const { token, browser } = await createAsker()
    for (const origin of [null, 'https://evil.example']) {
      const stranger = createBrowser(app.baseUrl, { origin })
      for (const [name, value] of browser.cookies) stranger.cookies.set(name, value)
      expect((await followMagicLink(token, stranger)).body.reason).toBe('request.cross_origin')
    }
    expect((await followMagicLink(token, browser)).status).toBe(200)
  })

  it('works once, and takes the other links to the address with it', async () => {
    const { token, browser, email, row } = await createAsker()
    const other = await askForMagicLink(app, email, browser)
    expect((await followMagicLink(token, browser)).status).toBe(200)
    for (const used of [token, other.token]) expect(await followMagicLink(used, browser)).toMatchObject(invalidLink)
    for (const { id } of [row, other.row]) expect(await readMagicLinkMail(app, id)).toBeNull()
  })

  it('used ten times at once signs in once', async () => {
    const { token, browser, user } = await createAsker()
    const before = await liveSessionsOf(user.id)
    const answers = await Promise.all(Array.from({ length: 10 }, () => followMagicLink(token, browser)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const { status, body } of answers.filter(({ status }) => status !== 200))
      expect({ status, reason: body.reason }).toEqual({ status: 400, reason: 'auth.token_invalid' })
    expect(await liveSessionsOf(user.id)).toBe(before + 1)
  })

  it('is too late after ten minutes', async () => {
    const { token, browser, row } = await createAsker()
    const life = row.expiresAt.getTime() - row.createdAt.getTime()
    expect(Math.abs(life - 600_000)).toBeLessThan(60_000)
    await db().update(ticket).set({ expiresAt: new Date() }).where(eq(ticket.id, row.id))
    expect(await readMagicLinkMail(app, row.id)).toBeNull()
    expect(await followMagicLink(token, browser)).toMatchObject(invalidLink)
  })

  it('says of each that is not good the same: how it works', async () => {
    const { token, browser, email, user } = await createAsker()
    const reset = await askForReset(app, email)
    const registration = await signUp(app, newBrowser())
    const nobodys = await askForMagicLink(app, newEmail(), browser)
    const mac = token.split('.')[1]
    const wrong = ['', 'nonsense', nobodys.row.id, `${nobodys.row.id}.${mac}`, `${newId()}.${mac}`, `${user.id}.${mac}`]
    const messages = new Set<string>()
    for (const one of [...wrong, reset.token, registration.token]) {
      const answer = await followMagicLink(one, browser)
      expect(answer).toMatchObject(invalidLink)
      messages.add(answer.body.detail)
    }
    messages.add((await followMagicLink(token, newBrowser())).body.detail)
    expect([...messages]).toEqual([
      'This link does not work any more. It works once, for ten minutes, in the browser in which it was asked for.',
    ])
    // Nor is it good for anything else.
    expect(
      await browser.post('/v1/auth/password/reset', { token, password: 'four quiet lanterns drift' }),
    ).toMatchObject(invalidLink)
    expect(await browser.post('/v1/auth/totp/verify', { challenge: token, code: '000000' })).toMatchObject({
      body: { reason: 'auth.challenge_invalid' },
    })
    expect((await followMagicLink(token, browser)).status).toBe(200)
  })

  it('ends with a new password, whether it was reset or changed', async () => {
    const [one, two] = [await createAsker(), await createAsker()]
    const { token } = await askForReset(app, one.email)
    const words = 'four quiet lanterns drift'
    expect((await newBrowser().post('/v1/auth/password/reset', { token, password: words })).status).toBe(200)
    const change = { currentPassword: password, newPassword: words }
    expect((await newBrowser().post('/v1/auth/password/change', change, bearer(two.accessToken))).status).toBe(200)
    for (const { token, browser } of [one, two])
      expect(await followMagicLink(token, browser)).toMatchObject(invalidLink)
  })

  it('ends with the address that it was sent to', async () => {
    const { token, browser, user, accessToken, email } = await createAsker()
    const newAddress = newEmail()
    const early = await askForMagicLink(app, newAddress, browser)
    await newBrowser().post('/v1/auth/email/change', { email: newAddress }, bearer(accessToken))
    const mails = await readChangeMails(app, user.id)
    for (const side of [mails.old, mails.new])
      expect((await newBrowser().post('/v1/auth/email/change/confirm', { token: side })).status).toBe(200)
    expect(await followMagicLink(token, browser)).toMatchObject(invalidLink)
    expect((await askForMagicLink(app, email, browser)).mail).toBeNull()
    // Whoever has the address when the mail is written.
    expect(await readMagicLinkMail(app, early.row.id)).toMatchObject({ userId: user.id, email: newAddress })
  })

  it('ends with a suspension, also once that is over', async () => {
    const { token, browser, user } = await createAsker()
    const person = app.users.people.get(user.id)!
    person.suspended = true
    expect(await followMagicLink(token, browser)).toMatchObject({ status: 403, body: { reason: 'auth.suspended' } })
    await app.deliver(accessChanged, { userId: user.id, change: 'suspended', actorId: newId() })
    person.suspended = false
    expect(await followMagicLink(token, browser)).toMatchObject(invalidLink)
  })

  it('signs in with the role that changed meanwhile, and opens one session', async () => {
    const { token, browser, user } = await createAsker()
    const before = await liveSessionsOf(user.id)
    const { readPrincipal } = app.users
    vi.spyOn(app.users, 'readPrincipal').mockImplementationOnce(async (input) => {
      const seen = await readPrincipal(input)
      await app.deliver(accessChanged, { userId: user.id, change: 'role', actorId: newId() })
      return seen
    })
    expect((await followMagicLink(token, browser)).status).toBe(200)
    expect(await liveSessionsOf(user.id)).toBe(before + 1)
  })

  it('is refused when the password changed while it was followed', async () => {
    const { token, browser, email, user } = await createAsker()
    const reset = await askForReset(app, email)
    const { readPrincipal } = app.users
    vi.spyOn(app.users, 'readPrincipal').mockImplementationOnce(async (input) => {
      const words = { token: reset.token, password: 'four quiet lanterns drift' }
      expect((await newBrowser().post('/v1/auth/password/reset', words)).status).toBe(200)
      return readPrincipal(input)
    })
    expect(await followMagicLink(token, browser)).toMatchObject(invalidLink)
    expect(await liveSessionsOf(user.id)).toBe(0)
  })

  it('is still good after a try that came to nothing', async () => {
    const { token, browser, user } = await createAsker()
    vi.spyOn(app.users, 'readPrincipal').mockRejectedValueOnce(new Error('away'))
    expect((await followMagicLink(token, browser)).status).toBeGreaterThanOrEqual(500)
    expect(await liveSessionsOf(user.id)).toBe(1)
    expect((await followMagicLink(token, browser)).status).toBe(200)
    expect(await liveSessionsOf(user.id)).toBe(2)
  })
})
