import { cookieNames, newId, type RawHttp } from '@lightpress/kernel'
import type { Identity } from '@lightpress/protocol'
import type { RunningModule } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserHashOf, keepBrowser } from '../src/browser.ts'
import type { AuthContext } from '../src/context.ts'
import { createLinkToken } from '../src/links.ts'
import { ticket } from '../src/schema.ts'
import { randomSecret } from '../src/secrets.ts'
import {
  findTicket,
  issueTicket,
  readTicket,
  redeemTicket,
  requireOpenTicket,
  settleLinksTo,
  settleTicketsOf,
  ticketToken,
  type NewTicket,
  type TicketData,
  type TicketPurpose,
} from '../src/tickets.ts'
import { start, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }

beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())

/** Of every purpose, what its tickets remember: the compiler asks for those that are new. */
const remembered: TicketData = {
  'magic-link': {},
  'second-factor': { method: 'password', sessionVersion: 3 },
  'passkey-registration': { challenge: 'c' },
  'passkey-sign-in': { challenge: 'c' },
  'passkey-second-factor': { challenge: 'c', of: newId() },
  'passkey-step-up': { challenge: 'c' },
  oidc: { provider: 'acme', intent: 'link', next: '/here' },
}
const purposes = Object.keys(remembered) as TicketPurpose[]
const pairs = purposes.flatMap((one) => purposes.filter((other) => other !== one).map((other) => [one, other] as const))

function context(sessionId?: string) {
  const ctx = app.contextFor('auth') as unknown as AuthContext
  const identity = sessionId === undefined ? null : ({ sessionId } as Identity)
  return { ...ctx, caller: { ...ctx.caller, identity } }
}

/** A browser that brings this secret, if any. */
function from(secret?: string) {
  const name = cookieNames(context().publicUrl).browser
  const cookies: Record<string, string> = secret === undefined ? {} : { [name]: secret }
  return { request: { cookies } as unknown as RawHttp['request'] }
}

/** A ticket that is good in one browser and one session only. */
async function bound<P extends TicketPurpose>(purpose: P) {
  const [secret, sessionId, userId] = [randomSecret(), newId(), newId()]
  const wanted: NewTicket<P> = {
    purpose,
    data: remembered[purpose],
    userId,
    emailKey: `${userId}@example.com`,
    sessionId,
    browserHash: browserHashOf(from(secret), context()),
  }
  const issued = await issueTicket(context().db, wanted, context())
  const find = (as: TicketPurpose, by: { secret?: string | undefined; sessionId?: string | undefined } = {}) =>
    findTicket(
      as,
      issued.token,
      from('secret' in by ? by.secret : secret),
      context('sessionId' in by ? by.sessionId : sessionId),
    )
  return { ...issued, ...wanted, secret, sessionId, userId, emailKey: `${userId}@example.com`, find }
}

function change(id: string, set: Partial<typeof ticket.$inferInsert>) {
  return context().db.update(ticket).set(set).where(eq(ticket.id, id))
}

function redeem(id: string) {
  return context().withTx((tx) => redeemTicket(tx, { id }))
}

const invalid = { code: 'invalid', reason: 'auth.challenge_invalid' }

describe.each(purposes)('a ticket for %s', (purpose) => {
  it('is found where it is good, with what must be known', async () => {
    const { id, find, userId, emailKey, sessionId, expiresAt } = await bound(purpose)
    expect(await find(purpose)).toMatchObject({
      id,
      purpose,
      userId,
      emailKey,
      sessionId,
      expiresAt,
      data: remembered[purpose],
    })
  })

  it('is good for minutes', async () => {
    const { expiresAt } = await bound(purpose)
    const minutes = (expiresAt.getTime() - Date.now()) / 60_000
    expect(minutes).toBeGreaterThan(4.5)
    expect(minutes).toBeLessThanOrEqual(15)
  })

  it('is not found in another browser, or one without a cookie, or with one that we never gave', async () => {
    const { find } = await bound(purpose)
    for (const secret of [randomSecret(), undefined, '', 'x'.repeat(43), 'x'.repeat(5_000)])
      expect(await find(purpose, { secret })).toBeUndefined()
  })

  it('is not found in another session, or without one', async () => {
    const { find } = await bound(purpose)
    expect(await find(purpose, { sessionId: newId() })).toBeUndefined()
    expect(await find(purpose, { sessionId: undefined })).toBeUndefined()
  })

  it('is found anywhere if it is bound to nothing', async () => {
    const { token, id } = await issueTicket(context().db, { purpose, data: remembered[purpose] }, context())
    for (const http of [from(), from(randomSecret())])
      for (const ctx of [context(), context(newId())])
        expect(await findTicket(purpose, token, http, ctx)).toMatchObject({ id })
  })

  it('is not found once it is too old, and cannot be used', async () => {
    const { id, find } = await bound(purpose)
    await change(id, { expiresAt: new Date(Date.now() - 1) })
    expect(await find(purpose)).toBeUndefined()
    expect(await readTicket(purpose, id, context())).toBeUndefined()
    await expect(redeem(id)).rejects.toMatchObject(invalid)
  })

  it('is not found once it was used, and cannot be used again', async () => {
    const { id, find } = await bound(purpose)
    await redeem(id)
    expect(await find(purpose)).toBeUndefined()
    expect(await readTicket(purpose, id, context())).toBeUndefined()
    await expect(redeem(id)).rejects.toMatchObject(invalid)
    await expect(context().withTx((tx) => requireOpenTicket(tx, { id }))).rejects.toMatchObject(invalid)
  })

  it('of twenty uses at once has one', async () => {
    const { id } = await bound(purpose)
    const uses = await Promise.allSettled(Array.from({ length: 20 }, () => redeem(id)))
    expect(uses.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const use of uses) if (use.status === 'rejected') expect(use.reason).toMatchObject(invalid)
  })

  it('is still good when what used it came to nothing', async () => {
    const { id, find } = await bound(purpose)
    const failing = context().withTx(async (tx) => {
      await redeemTicket(tx, { id })
      throw new Error('It did not work out')
    })
    await expect(failing).rejects.toThrow('It did not work out')
    expect(await find(purpose)).toMatchObject({ id })
  })

  it('is not made by whoever knows its id', async () => {
    const { id, secret, sessionId, token } = await bound(purpose)
    const [, mac = ''] = token.split('.')
    const other = await bound(purpose)
    for (const forged of [
      id,
      `${id}.`,
      `${id}.${randomSecret()}`,
      `${other.id}.${mac}`,
      `${token}x`,
      `${token}.${mac}`,
    ])
      expect(await findTicket(purpose, forged, from(secret), context(sessionId))).toBeUndefined()
  })
})

describe('a ticket for one purpose', () => {
  it.each(pairs)('(%s) is none for another (%s)', async (purpose, other) => {
    const { id, find, secret, sessionId } = await bound(purpose)
    expect(await find(other)).toBeUndefined()
    expect(await readTicket(other, id, context())).toBeUndefined()
    // Not even with the other purpose's seal, which only we can make: the row says what it is for.
    const resealed = ticketToken(other, id, context().secrets)
    expect(await findTicket(other, resealed, from(secret), context(sessionId))).toBeUndefined()
  })

  it.each(purposes)('(%s) is no link of a mail, and no link is one', async (purpose) => {
    const { id, token, secret, sessionId } = await bound(purpose)
    const kinds = ['registration-token', 'password-reset-token', 'recovery-cancel-token'] as const
    for (const kind of kinds) {
      const link = createLinkToken(kind, id, context().secrets)
      expect(link).not.toBe(token)
      expect(await findTicket(purpose, link, from(secret), context(sessionId))).toBeUndefined()
    }
  })
})

describe('what was begun', () => {
  it('for a person, or by their address, is over when it is ended, and nobody else’s is', async () => {
    const [theirs, others] = [await bound('second-factor'), await bound('second-factor')]
    const { emailKey, userId } = theirs
    const link = await issueTicket(context().db, { purpose: 'magic-link', emailKey, data: {} }, context())
    await context().withTx((tx) => settleTicketsOf(tx, { userId, emailKey }))
    expect(await theirs.find('second-factor')).toBeUndefined()
    expect(await readTicket('magic-link', link.id, context())).toBeUndefined()
    expect(await others.find('second-factor')).toBeDefined()
  })

  it('by links to an address is over when one was followed, and nothing else is', async () => {
    const [first, second] = [await bound('magic-link'), await bound('second-factor')]
    await change(second.id, { emailKey: first.emailKey })
    await context().withTx((tx) => settleLinksTo(tx, first.emailKey))
    expect(await first.find('magic-link')).toBeUndefined()
    expect(await second.find('second-factor')).toBeDefined()
  })
})

describe('the cookie that ties to a browser', () => {
  function keep(secret?: string) {
    const set: { name: string; value: string; options: object }[] = []
    const reply = {
      setCookie: (name: string, value: string, options: object) => set.push({ name, value, options }),
    } as unknown as RawHttp['reply']
    const hash = keepBrowser({ ...from(secret), reply }, context())
    return { hash, ...set[0]! }
  }

  it('is made once and kept, and what is stored of it does not give it away', () => {
    const made = keep()
    expect(made.value).toMatch(/^[\w-]{43}$/)
    expect(keep(made.value)).toMatchObject({ value: made.value, hash: made.hash })
    expect(made.hash).not.toContain(made.value)
    expect(keep().value).not.toBe(made.value)
  })

  it('comes back from another provider, and no script reads it', () => {
    expect(keep().options).toMatchObject({ httpOnly: true, sameSite: 'lax', path: '/' })
  })

  it('is another one for a browser whose cookie we cannot have made', () => {
    for (const strange of ['', 'short', 'x'.repeat(44), `${'x'.repeat(42)}!`])
      expect(keep(strange).value).not.toBe(strange)
  })
})
