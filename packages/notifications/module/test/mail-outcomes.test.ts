import { newId } from '@lightpress/kernel'
import { notifications as contract } from '@lightpress/notifications-contract'
import { eq } from 'drizzle-orm'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { restoreAddress } from '../src/addresses.ts'
import type { NotificationsContext } from '../src/context.ts'
import { deliver } from '../src/deliver.ts'
import { forgetRecipients } from '../src/forget-recipients.ts'
import type { Outcome } from '../src/resend.ts'
import { message, providerEvent, suppression } from '../src/schema.ts'
import { lift, type Suppressed } from '../src/suppressions.ts'
import { startNotifications, webhookSecret, type App } from './support/app.ts'

let app: App
beforeAll(async () => {
  app = await startNotifications({ ROLES: 'http' })
})
afterAll(() => app.close())

const operator = { operator: true }

describe('what the provider tells', () => {
  it('stands in the log of the mail that it is about', async () => {
    const { messageId } = await sent()
    expect(await tell('email.delivered', { messageId })).toBe(200)
    expect(await read(messageId)).toMatchObject({ status: 'sent', outcome: 'delivered' })
  })

  it('counts once, however often it comes', async () => {
    const { messageId, email } = await sent()
    const id = `msg_${newId()}`
    await tell('email.bounced', { id, messageId })
    const [found] = await suppressionsOf(email)
    await app.as(contract, operator).adminLiftSuppression({ id: found?.id as string })
    expect(await tell('email.bounced', { id, messageId })).toBe(200)
    expect(await suppressionsOf(email)).toEqual([])
  })

  it.each([
    ['email.delivered', 'email.bounced', 'email.complained'],
    ['email.complained', 'email.delivered', 'email.bounced'],
    ['email.bounced', 'email.complained', 'email.delivered'],
  ])('may come in any order, also at once (%s, %s, %s): the worst counts', async (...types) => {
    const [one, other] = [await sent(), await sent()]
    for (const type of types) await tell(type, { messageId: one.messageId })
    await Promise.all(types.map((type) => tell(type, { messageId: other.messageId })))
    for (const { messageId, email } of [one, other]) {
      expect(await read(messageId)).toMatchObject({ outcome: 'complained' })
      expect(await suppressionsOf(email)).toMatchObject([{ reason: 'complained' }])
    }
  })

  it('is found by the provider’s own id where a mail has no tag', async () => {
    const { messageId, providerId } = await sent()
    await tell('email.delivered', { messageId: null, providerId })
    expect(await read(messageId)).toMatchObject({ outcome: 'delivered' })
  })

  it('of a mail whose answer was lost says that it was sent, so that it is not again', async () => {
    const { messageId } = await sent({ status: 'pending', providerId: null })
    await tell('email.delivered', { messageId, providerId: 'mail-7' })
    expect(await read(messageId)).toMatchObject({ status: 'sent', outcome: 'delivered', providerId: 'mail-7' })
    await deliver.run({ messageId }, { ...app.ctx, mailer: { ...app.ctx.mailer, send: never } })
  })

  it.each(['suppressed', 'failed'] as const)(
    'of a mail that was tried, and that we took for %s since, says that it went',
    async (status) => {
      for (const type of ['email.delivered', 'email.bounced', 'email.complained']) {
        const { messageId } = await sent({ status, error: 'Not sent within 23 hours', attempts: 1, sentAt: null })
        await tell(type, { messageId })
        const row = await read(messageId)
        expect(row).toMatchObject({ status: 'sent', error: null, outcome: type.slice('email.'.length) })
        expect(row?.sentAt).toEqual(expect.any(Date))
      }
    },
  )

  it('that a mail failed counts for nothing once it was told that it arrived', async () => {
    const { messageId } = await sent()
    await tell('email.delivered', { messageId })
    await tell('email.failed', { messageId, failed: { reason: 'Late.' } })
    expect(await read(messageId)).toMatchObject({ status: 'sent', outcome: 'delivered' })
  })

  it('that a mail never went shows in the log', async () => {
    const { messageId } = await sent()
    await tell('email.failed', { messageId, failed: { reason: 'The domain is not verified.' } })
    expect(await read(messageId)).toMatchObject({ status: 'failed', error: 'The domain is not verified.' })
  })

  it.each(['email.opened', 'domain.updated', 'something.new'])('of other kinds (%s) changes nothing', async (type) => {
    const { messageId } = await sent()
    expect(await tell(type, { messageId })).toBe(200)
    expect(await read(messageId)).toMatchObject({ status: 'sent', outcome: null })
  })

  it('of mails that are not ours, or in another shape, is taken and changes nothing', async () => {
    expect(await tell('email.bounced', { messageId: newId() })).toBe(200)
    expect(await post(JSON.stringify({ type: 'email.bounced', data: 'a text' }))).toBe(200)
    expect(await post('[]')).toBe(200)
  })

  it('is kept for a month', async () => {
    const id = `msg_${newId()}`
    await tell('email.delivered', { id, messageId: (await sent()).messageId })
    const mine = eq(providerEvent.id, id)
    await app.ctx.db
      .update(providerEvent)
      .set({ receivedAt: new Date(Date.now() - 31 * 86_400_000) })
      .where(mine)
    await forgetRecipients(app.ctx)
    expect(await app.ctx.db.$count(providerEvent, mine)).toBe(0)
  })
})

describe('a webhook', () => {
  const body = JSON.stringify({ type: 'email.delivered', data: {} })

  it.each([
    ['with another secret', { secret: `whsec_${Buffer.from('of somebody else').toString('base64')}` }],
    ['of six minutes ago', { at: new Date(Date.now() - 6 * 60_000) }],
    ['from the future', { at: new Date(Date.now() + 6 * 60_000) }],
    ['with another body', { sentBody: `${body} ` }],
    ['without a signature', { signature: '' }],
  ])('%s is refused', async (_, forged) => {
    expect(await post(body, forged)).toBe(401)
  })

  it('is taken under the names of Standard Webhooks, too', async () => {
    expect(await post(body, { prefix: 'webhook' })).toBe(200)
  })
})

describe('an address', () => {
  it('that bounced for good is not written to again, whoever asks for it', async () => {
    const { messageId, email } = await sent()
    await tell('email.bounced', { messageId })
    const next = await pendingTo(email.toUpperCase())
    await deliver.run({ messageId: next }, { ...app.ctx, mailer: { ...app.ctx.mailer, send: never } })
    expect(await read(next)).toMatchObject({ status: 'suppressed', error: 'Not sent: mail to this address bounced.' })
  })

  it('whose mailbox was full is written to again', async () => {
    const { messageId, email } = await sent()
    await tell('email.bounced', { messageId, bounce: { type: 'Transient', message: 'full' } })
    expect(await read(messageId)).toMatchObject({ outcome: 'bounced' })
    expect(await suppressionsOf(email)).toEqual([])
  })

  it('that stands on the provider’s own list is on ours as well', async () => {
    const { messageId, email } = await sent()
    await tell('email.suppressed', { messageId, suppressed: { message: 'It bounced before.' } })
    expect(await suppressionsOf(email)).toMatchObject([{ reason: 'bounced', detail: 'It bounced before.' }])
  })

  it('of whoever was erased meanwhile is not written down', async () => {
    const { messageId, email } = await sent()
    await app.ctx.db.update(message).set({ recipient: null }).where(eq(message.id, messageId))
    await tell('email.bounced', { messageId })
    expect(await suppressionsOf(email)).toEqual([])
  })

  it('that bounced is written to again once its owner says so; a mail that was suppressed stays so', async () => {
    const person = app.addPerson()
    const { messageId } = await sent({ recipient: person.email })
    await tell('email.bounced', { messageId })
    const client = app.as(contract, { userId: person.id })
    expect((await client.getPreferences()).suppressed).toMatchObject({ reason: 'bounced' })
    expect((await client.restoreAddress()).suppressed).toBeNull()
    // Again is the same as once.
    expect((await client.restoreAddress()).suppressed).toBeNull()
    const sends: string[] = []
    const send = async ({ to }: { to: string }): Promise<Outcome> => {
      sends.push(to)
      return { status: 'sent', providerId: newId() }
    }
    const next = await pendingTo(person.email)
    await deliver.run({ messageId: next }, { ...app.ctx, mailer: { ...app.ctx.mailer, send } })
    expect(sends).toEqual([person.email])
  })

  it('that complained is not for its owner to restore', async () => {
    const person = app.addPerson()
    await tell('email.complained', { messageId: (await sent({ recipient: person.email })).messageId })
    await expect(app.as(contract, { userId: person.id }).restoreAddress()).rejects.toMatchObject({
      reason: 'notifications.address_complained',
    })
    expect(await suppressionsOf(person.email)).toHaveLength(1)
  })

  it('that complained is not restored either where the provider’s own list alone says so', async () => {
    const person = app.addPerson()
    await tell('email.suppressed', { messageId: (await sent({ recipient: person.email })).messageId })
    const asked: string[] = []
    const mailer = {
      ...app.ctx.mailer,
      readSuppression: async () => 'complaint' as const,
      unsuppress: async (address: string) => asked.push(address) > 0,
    }
    const caller = { identity: { userId: person.id } } as NotificationsContext['caller']
    await expect(restoreAddress({}, { ...app.ctx, caller, mailer })).rejects.toMatchObject({
      reason: 'notifications.address_complained',
    })
    expect(asked).toEqual([])
    expect(await suppressionsOf(person.email)).toMatchObject([{ reason: 'complained' }])
  })

  it('that complains while it is restored stays as it is', async () => {
    const { messageId, email } = await sent()
    await tell('email.bounced', { messageId })
    const [bounced] = await suppressionsOf(email)
    const unsuppress = async () => (await tell('email.complained', { messageId })) === 200
    await lift(bounced as Suppressed, { ...app.ctx, log: app.ctx.log, mailer: { ...app.ctx.mailer, unsuppress } })
    expect(await suppressionsOf(email)).toMatchObject([{ reason: 'complained' }])
  })

  it('is another after it was changed, and free', async () => {
    const person = app.addPerson()
    await tell('email.bounced', { messageId: (await sent({ recipient: person.email })).messageId })
    app.people.set(person.id, { ...person, email: `${newId()}@new.example` })
    expect((await app.as(contract, { userId: person.id }).getPreferences()).suppressed).toBeNull()
  })

  it('goes with the person whose it is', async () => {
    const person = app.addPerson()
    const [mine, asked] = [await sent({ recipient: person.email, userId: person.id }), await sent()]
    for (const { messageId } of [mine, asked]) await tell('email.bounced', { messageId })
    const subject = { kind: 'person' as const, id: person.id }
    const users = app.callAs('users', contract)
    const { parts } = await users.exportData({ subject, cursor: null })
    expect(JSON.stringify(parts)).not.toContain(asked.email)
    await users.releaseData({ subject })
    await users.eraseData({ subject, erasureId: newId(), batch: 0 })
    expect(await suppressionsOf(person.email)).toEqual([])
    expect(await suppressionsOf(asked.email)).toHaveLength(1)
  })
})

async function never(): Promise<never> {
  throw new Error('It must not be sent.')
}

/** A message of the log, sent unless it is said otherwise. */
async function sent(changes: Partial<typeof message.$inferInsert> = {}) {
  const [messageId, providerId, email] = [newId(), newId(), `${newId()}@example.com`]
  const row = { id: messageId, eventId: newId(), template: 'magic_link' as const, data: {}, recipient: email }
  await app.ctx.db.insert(message).values({ ...row, status: 'sent', providerId, ...changes })
  return { messageId, providerId, email: changes.recipient ?? email }
}

/** One that waits to be sent to an address. */
async function pendingTo(email: string) {
  const [id, registrationId] = [newId(), newId()]
  app.registrations.set(registrationId, { email, locale: 'en', purpose: 'verify', token: 'token' })
  await app.ctx.db
    .insert(message)
    .values({ id, eventId: newId(), template: 'registration', registrationId, data: {}, status: 'pending' })
  return id
}

async function read(id: string) {
  return (await app.ctx.db.select().from(message).where(eq(message.id, id)))[0]
}

function suppressionsOf(email: string) {
  return app.ctx.db.select().from(suppression).where(eq(suppression.address, email.toLowerCase()))
}

interface Told {
  id?: string
  messageId: string | null
  providerId?: string
  [data: string]: unknown
}

async function tell(type: string, { id, messageId, providerId = newId(), ...data }: Told): Promise<number> {
  const permanent = { type: 'Permanent', subType: 'General', message: 'no such mailbox' }
  const body = JSON.stringify({
    type,
    created_at: '2026-11-20T12:00:00.000Z',
    data: {
      email_id: providerId,
      ...(messageId && { tags: { message_id: messageId } }),
      ...(type === 'email.bounced' && { bounce: permanent }),
      ...data,
    },
  })
  return post(body, id === undefined ? {} : { id })
}

/** As Resend posts it, unless it is bent. */
async function post(
  body: string,
  {
    id = `msg_${newId()}`,
    at = new Date(),
    secret = webhookSecret,
    prefix = 'svix',
    sentBody = body,
    signature = new Webhook(secret).sign(id, at, body),
  } = {},
): Promise<number> {
  const response = await fetch(`${app.baseUrl}/v1/notifications/webhooks/resend`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      [`${prefix}-id`]: id,
      [`${prefix}-timestamp`]: String(Math.floor(at.getTime() / 1_000)),
      [`${prefix}-signature`]: signature,
    },
    body: sentBody,
  })
  return response.status
}
