import { magicLinkRequested, securityAlerted } from '@lightpress/auth-contract'
import { invoicePaid } from '@lightpress/billing-contract'
import { money } from '@lightpress/billing-contract/money'
import { newId } from '@lightpress/kernel'
import { readMails } from '@lightpress/mailbox'
import { until } from '@lightpress/testing'
import { timeZoneChanged } from '@lightpress/users-contract'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NotificationsContext } from '../src/context.ts'
import { deliverNews } from '../src/deliver.ts'
import { mayGoNow } from '../src/quiet-hours.ts'
import { message } from '../src/schema.ts'
import { startNotifications, type App, type Person } from './support/app.ts'
import { startProvider } from './support/provider.ts'

let provider: Awaited<ReturnType<typeof startProvider>>
let app: App
beforeAll(async () => {
  provider = await startProvider()
  app = await startNotifications({ RESEND_BASE_URL: provider.url, RESEND_RATE: '1000' })
})
afterAll(async () => {
  await app.close()
  await provider.stop()
})

const HOUR = 3_600_000
const digest = { frequency: 'daily', hour: 8, weekday: 1 } as const

/** `HH:MM` in UTC, so many hours from now. */
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString().slice(11, 16)
const quietNow = () => ({ from: inHours(-2), to: inHours(2) })
const quietLater = () => ({ from: inHours(2), to: inHours(4) })

type Changes = Parameters<ReturnType<App['inboxOf']>['updatePreferences']>[0]

function choose({ id }: Person, changes: Partial<Changes>) {
  return app.inboxOf(id).updatePreferences({ categories: {}, quietHours: null, digest, ...changes })
}

/** A receipt for a person; gives the event's id. */
async function pay(person: Person) {
  const organizationId = app.addOrganization([person])
  const invoice = { organizationId, invoiceId: newId(), number: 'LP-0042', planId: 'pro' as const, hostedUrl: null }
  const { id } = await app.deliver(invoicePaid, {
    ...invoice,
    total: money(1200, 'eur'),
    paidAt: '2026-11-20T12:00:00Z',
  })
  return id
}

async function logged(eventId: string) {
  const [row] = await app.ctx.db.select().from(message).where(eq(message.eventId, eventId))
  return row as typeof message.$inferSelect
}

const settled = (eventId: string) =>
  until(
    () => logged(eventId),
    ({ status }) => status !== 'pending',
  )

const mailsTo = async ({ email }: Person) => (await readMails(provider.mailbox)).filter(({ to }) => to.includes(email))

/** A message whose job is due. */
async function promiseTo({ id: userId }: Person) {
  const [messageId, eventId] = [newId(), newId()]
  const promised = { id: messageId, eventId, template: 'notice', category: 'billing', userId } as const
  const data = { title: 'One', body: 'One.', link: null, locale: 'en' } as const
  await app.ctx.db.insert(message).values({ ...promised, data })
  return { messageId, eventId }
}

/** When the jobs of a message are due. */
async function turnsOf(messageId: string) {
  const jobs = await app.ctx.db.execute<{ at: string }>(
    sql`select available_at as at from notifications.outbox where payload->>'messageId' = ${messageId} order by available_at`,
  )
  return jobs.rows.map(({ at }) => new Date(at).getTime())
}

describe('in quiet hours', () => {
  it('a mail waits until they end, and was not tried before', async () => {
    const ada = app.addPerson()
    const quietHours = quietNow()
    await choose(ada, { quietHours })
    const waiting = await logged(await pay(ada))
    expect(waiting).toMatchObject({ status: 'pending', attempts: 0 })
    expect(waiting.notBefore?.toISOString().slice(11, 16)).toBe(quietHours.to)
    const [turn, ...others] = await turnsOf(waiting.id)
    expect(others).toEqual([])
    expect(Math.abs((turn ?? 0) - (waiting.notBefore?.getTime() ?? 0))).toBeLessThan(5_000)
    expect(await app.inboxOf(ada.id).getUnreadCount()).toEqual({ count: 1 })
    expect(await mailsTo(ada)).toEqual([])
  })

  it('a mail goes at once where it is not that time', async () => {
    const ada = app.addPerson()
    await choose(ada, { quietHours: quietLater() })
    expect(await settled(await pay(ada))).toMatchObject({ status: 'sent', notBefore: null })
  })

  it('security notices and what was asked for go at once', async () => {
    const ada = app.addPerson()
    await choose(ada, { quietHours: quietNow() })
    const ticketId = newId()
    app.magicLinks.set(ticketId, { userId: ada.id, email: ada.email, token: 'token' })
    const alert = await app.deliver(securityAlerted, { userId: ada.id, auditEntryId: app.addAlert(ada) })
    const link = await app.deliver(magicLinkRequested, { ticketId })
    for (const { id } of [alert, link]) expect(await settled(id)).toMatchObject({ status: 'sent', notBefore: null })
  })

  it('a mail that was promised before they began waits as well', async () => {
    const ada = app.addPerson()
    await choose(ada, { quietHours: quietNow() })
    const { messageId, eventId } = await promiseTo(ada)
    await deliverNews.run({ messageId }, app.ctx)
    expect(await logged(eventId)).toMatchObject({
      status: 'pending',
      attempts: 0,
      notBefore: expect.any(Date) as Date,
    })
    expect(await turnsOf(messageId)).toHaveLength(1)
  })

  it('a mail that another job tries at that moment is not put off', async () => {
    const ada = app.addPerson()
    await choose(ada, { quietHours: quietNow() })
    const { messageId, eventId } = await promiseTo(ada)
    const { calls } = app.ctx
    const readUsers: typeof calls.users.readUsers = async (input) => {
      await app.ctx.db.update(message).set({ attempts: 1 }).where(eq(message.id, messageId))
      return calls.users.readUsers(input)
    }
    const ctx = { ...app.ctx, calls: { ...calls, users: { ...calls.users, readUsers } } } as NotificationsContext
    expect(await mayGoNow(messageId, ctx)).toBe(false)
    expect(await logged(eventId)).toMatchObject({ status: 'pending', attempts: 1, notBefore: null })
    expect(await turnsOf(messageId)).toEqual([])
  })

  it('a mail that was tried before goes on, because it may have been taken', async () => {
    const ada = app.addPerson()
    await provider.shut()
    const id = await pay(ada)
    await until(
      () => logged(id),
      ({ attempts }) => attempts > 0,
    )
    await choose(ada, { quietHours: quietNow() })
    await provider.open()
    expect(await settled(id)).toMatchObject({ status: 'sent', notBefore: null })
  })
})

describe('what waits for their end', () => {
  async function waiting(changes: Partial<Person> = {}) {
    const ada = app.addPerson(changes)
    await choose(ada, { quietHours: quietNow() })
    const id = await pay(ada)
    const row = await logged(id)
    expect(row).toMatchObject({ status: 'pending', notBefore: expect.any(Date) as Date })
    return { ada, id, messageId: row.id }
  }

  /** Time passes until its job is due, and it runs. */
  async function itsTurn(messageId: string) {
    await app.ctx.db
      .update(message)
      .set({ notBefore: new Date(Date.now() - 1_000) })
      .where(eq(message.id, messageId))
    await deliverNews.run({ messageId }, app.ctx)
  }

  it('goes when they are taken away', async () => {
    const { ada, id } = await waiting()
    await choose(ada, { quietHours: null })
    expect(await settled(id)).toMatchObject({ status: 'sent' })
    expect(await mailsTo(ada)).toHaveLength(1)
  })

  it('goes when it is another time where its reader went', async () => {
    const { ada, id } = await waiting()
    app.people.set(ada.id, { ...ada, timeZone: 'Etc/GMT+11' })
    await app.deliver(timeZoneChanged, { userId: ada.id })
    expect(await settled(id)).toMatchObject({ status: 'sent' })
  })

  it('waits on where they are longer by its turn', async () => {
    const { ada, id, messageId } = await waiting()
    const quietHours = { from: inHours(-2), to: inHours(5) }
    await choose(ada, { quietHours })
    await itsTurn(messageId)
    const row = await logged(id)
    expect(row).toMatchObject({ status: 'pending', attempts: 0 })
    expect(row.notBefore?.toISOString().slice(11, 16)).toBe(quietHours.to)
  })

  it('goes earlier, by one job more, where they end earlier', async () => {
    const { ada, id, messageId } = await waiting()
    const quietHours = { from: inHours(-2), to: inHours(1) }
    await choose(ada, { quietHours })
    expect((await logged(id)).notBefore?.toISOString().slice(11, 16)).toBe(quietHours.to)
    expect(await turnsOf(messageId)).toHaveLength(2)
  })

  it('costs no turn of the lane however often its reader chooses the same, or longer ones and back', async () => {
    const { ada, messageId } = await waiting()
    const [same, longer] = [quietNow(), { from: inHours(-2), to: inHours(5) }]
    for (let time = 0; time < 20; time++) for (const quietHours of [same, longer]) await choose(ada, { quietHours })
    app.people.set(ada.id, { ...ada, timeZone: 'Etc/GMT+1' })
    for (let time = 0; time < 5; time++) await app.deliver(timeZoneChanged, { userId: ada.id })
    expect((await turnsOf(messageId)).length).toBeLessThanOrEqual(2)
  })

  it('is not promised once more by a job that was promised for another time', async () => {
    const { id, messageId } = await waiting()
    const { notBefore } = await logged(id)
    for (let time = 0; time < 3; time++) await deliverNews.run({ messageId }, app.ctx)
    expect(await logged(id)).toMatchObject({ status: 'pending', notBefore })
    expect(await turnsOf(messageId)).toHaveLength(1)
  })

  it('is sent to nobody who switched its category off meanwhile, and the log says why', async () => {
    const { ada, id, messageId } = await waiting()
    await choose(ada, { quietHours: quietNow(), categories: { billing: { inbox: 'instant', email: 'off' } } })
    await itsTurn(messageId)
    const error = 'Not sent: e-mail of this category is switched off.'
    expect(await logged(id)).toMatchObject({ status: 'suppressed', data: {}, recipient: null, error })
    expect(await mailsTo(ada)).toEqual([])
  })

  it('still goes by itself where its category is gathered from now on', async () => {
    const { ada, id } = await waiting()
    await choose(ada, { categories: { billing: { inbox: 'instant', email: 'digest' } } })
    expect(await settled(id)).toMatchObject({ status: 'sent' })
  })
})
