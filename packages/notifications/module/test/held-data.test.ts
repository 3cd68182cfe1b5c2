import { money } from '@lightpress/billing-contract/money'
import { newId } from '@lightpress/kernel'
import { notifications as contract } from '@lightpress/notifications-contract'
import type { Subject } from '@lightpress/protocol'
import { eq, sql } from 'drizzle-orm'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { deliver } from '../src/deliver.ts'
import { forgetRecipients } from '../src/forget-recipients.ts'
import { data } from '../src/held-data.ts'
import { notify } from '../src/notify.ts'
import type { Outcome } from '../src/resend.ts'
import {
  digest,
  digestItem,
  message,
  notification,
  preference,
  providerEvent,
  reader,
  subscription,
} from '../src/schema.ts'
import { unsubscribeToken } from '../src/unsubscribe-token.ts'
import { startNotifications, type App } from './support/app.ts'

let app: App
beforeAll(async () => {
  app = await startNotifications({ ROLES: 'http' })
})
afterAll(() => app.close())

it('a person is handed their inbox and their e-mails, and nobody else’s', async () => {
  const [ada, eve] = await Promise.all([written(), written()])
  const parts = await handOver(personOf(ada))
  expect(Object.fromEntries(parts)).toMatchObject({
    'e-mails': [{ id: ada.alert, userId: ada.id, recipient: ada.email, template: 'security_alert' }],
    notifications: [{ title: 'One' }, { title: 'Two' }],
  })
  expect([...parts].flatMap(([name, rows]) => (rows.length > 0 ? name : [])).toSorted()).toEqual([
    'e-mails',
    'inbox counter',
    'notifications',
  ])
  expect(JSON.stringify([...parts])).not.toContain(eve.email)
})

it('of an erased person nothing is left but that mails were sent', async () => {
  const [ada, eve] = await Promise.all([written(), written()])
  const before = await everything(eve)
  await release(ada)
  const { items } = await app.callAs('users', contract).describeErasure({ subjects: [personOf(ada)] })
  const went = await erase(personOf(ada))
  expect(went).toEqual(items)
  expect(went).toMatchObject([
    { name: 'e-mails', count: 2, outcome: 'emptied' },
    { name: 'notifications', count: 2, outcome: 'deleted' },
    { name: 'inbox counter', count: 1, outcome: 'deleted' },
  ])
  expect(await everything(ada)).toMatchObject({
    mails: [
      { id: ada.alert, template: 'security_alert', recipient: null, error: null, status: 'sent' },
      { template: 'magic_link', recipient: null, error: null, status: 'sent' },
    ],
    notifications: [],
    readers: [],
  })
  expect(await addressesLeft(ada.email)).toBe(0)
  expect(await everything(eve)).toEqual(before)
  expect(await erase(personOf(ada))).toEqual([])
})

it('mails that name nobody are those of whoever has the address, or was written to there before', async () => {
  const { id, email } = app.addPerson()
  const old = `${newId()}@old.example`
  const ada = { id, email }
  await log({ template: 'registration', registrationId: newId(), recipient: email })
  expect(await erase(personOf(ada))).toEqual([])
  await log({ template: 'security_alert', userId: id, recipient: old })
  await log({ template: 'magic_link', recipient: old })
  await release(ada)
  // Whoever did not hear the answer asks again.
  await release(ada)
  expect(await erase(personOf(ada))).toMatchObject([{ name: 'e-mails', count: 3, outcome: 'emptied' }])
  expect(await addressesLeft(email)).toBe(0)
  expect(await addressesLeft(old)).toBe(0)
})

it('somebody without an account is released as well', async () => {
  expect(await release({ id: newId() })).toEqual([])
  const organization = { kind: 'organization' as const, id: newId() }
  expect((await app.callAs('users', contract).releaseData({ subject: organization })).items).toEqual([])
})

it('a mail that waits is sent to no erased person, and says nothing of them later', async () => {
  const ada = app.addPerson()
  const data = { auditEntryId: app.addAlert(ada) }
  const messageId = await log({ template: 'security_alert', userId: ada.id, status: 'pending', data })
  expect(await erase(personOf(ada))).toMatchObject([{ name: 'e-mails', count: 1, outcome: 'emptied' }])
  await deliver.run({ messageId }, app.ctx)
  expect(await read(messageId)).toMatchObject({ status: 'suppressed', recipient: null, error: null, data: {} })
  expect((await app.callAs('users', contract).describeErasure({ subjects: [personOf(ada)] })).items).toEqual([])
})

it.each(['sent', 'failed', 'pending'] as const)(
  'a mail that is being sent while its person is erased is not written down after them (%s)',
  async (status) => {
    const ada = app.addPerson()
    const registrationId = newId()
    app.registrations.set(registrationId, { email: ada.email, locale: 'en', purpose: 'verify', token: 'token' })
    const data = { auditEntryId: app.addAlert(ada) }
    const messages = [
      await log({ template: 'security_alert', userId: ada.id, status: 'pending', data }),
      await log({ template: 'registration', registrationId, status: 'pending' }),
    ]
    for (const messageId of messages) {
      const send = async (): Promise<Outcome> => {
        await release(ada)
        await erase(personOf(ada))
        return status === 'sent' ? { status, providerId: 'mail' } : { status, error: `busy, ${ada.email}` }
      }
      await deliver.run({ messageId }, { ...app.ctx, mailer: { ...app.ctx.mailer, send } }).catch(() => undefined)
      expect(await read(messageId)).toMatchObject({ status: 'suppressed', recipient: null, error: null })
    }
    expect(await addressesLeft(ada.email)).toBe(0)
  },
)

it('where a receipt of an erasure should go is not said either when it is not taken', async () => {
  const [erasureId, email] = [newId(), `${newId()}@example.com`]
  const receipt = { email, name: 'Ada', locale: 'en', timeZone: 'UTC', organizationName: null, items: [] } as const
  app.erasures.set(erasureId, { ...receipt, subject: 'person', finishedAt: '2026-11-20T12:00:00Z', items: [] })
  for (const status of ['pending', 'failed'] as const) {
    const messageId = await log({ template: 'erasure_receipt', status: 'pending', data: { erasureId } })
    const send = () => Promise.resolve({ status, error: `no mailbox at ${email}` })
    const said = await deliver
      .run({ messageId }, { ...app.ctx, mailer: { ...app.ctx.mailer, send } })
      .catch((error: unknown) => String(error))
    expect(String(said)).not.toContain(email)
    expect(await read(messageId)).toMatchObject({ status, recipient: null, error: 'The provider did not take it.' })
  }
})

it('of an erased organisation no receipt is left, and the inboxes of people stay theirs', async () => {
  const ada = await written()
  const organizationId = newId()
  const receipt = await log({
    template: 'receipt',
    userId: ada.id,
    organizationId,
    recipient: ada.email,
    data: { number: 'F-1', planId: 'pro', total: money(3_600, 'usd'), paidAt: '2026-11-20T12:00:00Z' },
  })
  await app.ctx.db.insert(subscription).values({ organizationId, status: 'active', eventId: newId() })
  const organization = { kind: 'organization' as const, id: organizationId }
  const handed = [...(await handOver(organization))].flatMap(([name, rows]) => (rows.length > 0 ? name : []))
  expect(handed).toEqual(['e-mails', 'subscription status that notices told'])
  expect((await erase(organization)).map(({ outcome }) => outcome)).toEqual(['emptied', 'deleted'])
  expect(await read(receipt)).toMatchObject({ recipient: null, error: null, data: {}, status: 'sent' })
  expect((await everything(ada)).notifications).toHaveLength(2)
})

it('where a mail went is known for a month', async () => {
  const ada = await written()
  const old = await log({
    template: 'registration',
    registrationId: newId(),
    recipient: ada.email,
    error: `no ${ada.email}`,
  })
  await app.ctx.db
    .update(message)
    .set({ createdAt: sql`now() - interval '31 days'` })
    .where(eq(message.id, old))
  await forgetRecipients(app.ctx)
  expect(await read(old)).toMatchObject({ recipient: null, error: null })
  expect((await everything(ada)).mails).toMatchObject([{ recipient: ada.email }])
})

it('of a notice that nobody is to get any more nothing is kept', async () => {
  const data = { title: 'Eve joined', body: 'Now.', link: null, locale: 'en' } as const
  const messageId = await log({ template: 'notice', category: 'account', userId: newId(), status: 'pending', data })
  const chosen = { account: { inbox: 'instant' as const, email: 'instant' as const } }
  const row = (await read(messageId)) as typeof message.$inferSelect
  await app.ctx.db.insert(preference).values({ userId: row.userId as string, categories: chosen })
  await deliver.run({ messageId }, app.ctx)
  const error = 'Not sent: there was nobody to write to, or nothing to say, any more.'
  expect(await read(messageId)).toMatchObject({ status: 'suppressed', recipient: null, data: {}, error })
})

it('however much is to be forgotten, it is in batches', async () => {
  await app.ctx.db.execute(sql`
    insert into notifications.message (id, event_id, template, data, status, recipient, created_at)
    select gen_random_uuid(), gen_random_uuid(), 'receipt', '{}', 'sent', n || '@example.com', now() - interval '31 days'
    from generate_series(1, 2500) n`)
  await app.ctx.db.execute(sql`
    insert into notifications.provider_event (id, type, received_at)
    select 'old-' || n, 'email.delivered', now() - interval '31 days' from generate_series(1, 2500) n`)
  await app.ctx.db.execute(sql`
    insert into notifications.digest (id, user_id, window_end, closed_at)
    select gen_random_uuid(), gen_random_uuid(), now() - interval '31 days', now() - interval '31 days'
    from generate_series(1, 2500)`)
  const [update, remove] = [vi.spyOn(app.ctx.db, 'update'), vi.spyOn(app.ctx.db, 'delete')]
  await forgetRecipients(app.ctx)
  expect([update.mock.calls.length, remove.mock.calls.length]).toEqual([3, 6])
  for (const spy of [update, remove]) spy.mockRestore()
  expect(await app.ctx.db.$count(message, sql`created_at < now() - interval '30 days' and recipient is not null`)).toBe(
    0,
  )
  expect(await app.ctx.db.$count(providerEvent, sql`received_at < now() - interval '30 days'`)).toBe(0)
  expect(await app.ctx.db.$count(digest, sql`closed_at < now() - interval '30 days'`)).toBe(0)
})

it('who switches something off by a link while they are erased waits for that, and leaves nothing', async () => {
  const ada = await written()
  const token = unsubscribeToken({ userId: ada.id, what: 'billing' }, app.ctx.secrets)
  const path = `/v1/notifications/unsubscribe?token=${encodeURIComponent(token)}`
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const choices = () => app.ctx.db.$count(preference, eq(preference.userId, ada.id))
  let stopping: Promise<Response> | undefined
  await app.ctx.withTx(async (tx) => {
    await data.hold?.(tx, personOf(ada))
    stopping = fetch(app.baseUrl + path, { method: 'POST', headers, body: 'List-Unsubscribe=One-Click' })
    await sleep(500)
    expect(await choices()).toBe(0)
    app.people.delete(ada.id)
  })
  expect((await (stopping as Promise<Response>)).status).toBe(200)
  expect(await choices()).toBe(0)
})

it('what somebody chose, and what was gathered for them, is theirs and goes with them', async () => {
  const [ada, eve] = [app.addPerson(), app.addPerson()]
  const plan = { frequency: 'weekly', hour: 17, weekday: 5 } as const
  for (const { id } of [ada, eve]) {
    await app.inboxOf(id).updatePreferences({ categories: {}, quietHours: null, digest: plan })
    await gatherFor(id, { aboutUserId: null })
  }
  const parts = Object.fromEntries(await handOver(personOf(ada)))
  expect(parts).toMatchObject({
    preferences: [{ userId: ada.id, digest: plan }],
    digests: [{ userId: ada.id, closedAt: null }],
    'news in digests': [{ userId: ada.id, title: 'News' }],
  })
  expect(await erase(personOf(ada))).toMatchObject([
    { name: 'news in digests', count: 1, outcome: 'deleted' },
    { name: 'digests', count: 1, outcome: 'deleted' },
    { name: 'preferences', count: 1, outcome: 'deleted' },
    { name: 'notifications', count: 1 },
    { name: 'inbox counter', count: 1 },
  ])
  for (const table of [preference, digest, digestItem]) {
    expect(await app.ctx.db.$count(table, eq(table.userId, ada.id))).toBe(0)
    expect(await app.ctx.db.$count(table, eq(table.userId, eve.id))).toBe(1)
  }
})

it('what was told to others of somebody goes with them, in digests and in mails that wait', async () => {
  const [ada, eve] = [app.addPerson(), app.addPerson()]
  const data = { title: 'Eve joined', body: 'Now.', link: null, locale: 'en' } as const
  const toAda = { template: 'notice', userId: ada.id, aboutUserId: eve.id, data } as const
  const [waiting, sent] = [await log({ ...toAda, status: 'pending' }), await log({ ...toAda, recipient: ada.email })]
  await gatherFor(ada.id, { aboutUserId: eve.id })
  await gatherFor(ada.id, { aboutUserId: null })
  expect(await erase(personOf(eve))).toMatchObject([
    { name: 'notices to others about joining and leaving', count: 1 },
    { name: 'e-mails to others about joining and leaving', count: 2, outcome: 'emptied' },
    { name: 'news to others about joining and leaving', count: 1, outcome: 'deleted' },
  ])
  expect(await read(waiting)).toMatchObject({ status: 'suppressed', data: {}, aboutUserId: null })
  expect(await read(sent)).toMatchObject({ status: 'sent', data: {}, aboutUserId: null, recipient: ada.email })
  expect(await app.ctx.db.$count(digestItem, eq(digestItem.userId, ada.id))).toBe(1)
})

it('what a digest and a notice said is known for a month', async () => {
  const ada = app.addPerson()
  await gatherFor(ada.id, { aboutUserId: null })
  const data = { title: 'One', body: 'One.', link: null, locale: 'en' } as const
  const messageId = await log({ template: 'notice', userId: ada.id, recipient: ada.email, data })
  const age = async (days: number) => {
    const then = sql`now() - make_interval(days => ${days})`
    await app.ctx.db.update(digest).set({ closedAt: then }).where(eq(digest.userId, ada.id))
    await app.ctx.db.update(message).set({ createdAt: then }).where(eq(message.id, messageId))
    await forgetRecipients(app.ctx)
    return app.ctx.db.$count(digestItem, eq(digestItem.userId, ada.id))
  }
  expect(await age(29)).toBe(1)
  expect(await read(messageId)).toMatchObject({ data })
  expect(await age(31)).toBe(0)
  expect(await read(messageId)).toMatchObject({ data: {} })
})

interface Written {
  id: string
  email: string
  alert: string
}

/** Something of which the digest of a person will tell. */
async function gatherFor(id: string, { aboutUserId }: { aboutUserId: string | null }) {
  const to = { id, locale: 'en' as const, timeZone: 'UTC' }
  const notice = { to, category: 'account' as const, text: { title: 'News', body: 'News.' }, link: null }
  const notices = [{ ...notice, ...(aboutUserId !== null && { aboutUserId }) }]
  await app.ctx.withTx((tx) => notify(tx, { eventId: newId(), notices }, app.ctx))
}

/** Somebody with two notifications, a mail to them, and one to their address that names nobody. */
async function written(): Promise<Written> {
  const { id, email } = app.addPerson()
  await app.tell(id, 'One', 'Two')
  const alert = await log({ template: 'security_alert', userId: id, recipient: email, error: `busy, ${email}` })
  await log({ template: 'magic_link', recipient: email })
  return { id, email, alert }
}

async function log(values: Pick<typeof message.$inferInsert, 'template'> & Partial<typeof message.$inferInsert>) {
  const id = newId()
  await app.ctx.db.insert(message).values({ id, eventId: newId(), data: {}, status: 'sent', ...values })
  return id
}

async function read(id: string) {
  return (await app.ctx.db.select().from(message).where(eq(message.id, id)))[0]
}

const personOf = ({ id }: Pick<Written, 'id'>) => ({ kind: 'person' as const, id })

async function handOver(subject: Subject): Promise<Map<string, unknown[]>> {
  const found = new Map<string, unknown[]>()
  let cursor: string | null = null
  do {
    const page: { parts: { name: string; rows: unknown[] }[]; nextCursor: string | null } = await app
      .callAs('users', contract)
      .exportData({ subject, cursor })
    for (const { name, rows } of page.parts) found.set(name, [...(found.get(name) ?? []), ...rows])
    cursor = page.nextCursor
  } while (cursor !== null)
  return found
}

/** As users does before any module erases. */
async function release(person: Pick<Written, 'id'>) {
  return (await app.callAs('users', contract).releaseData({ subject: personOf(person) })).items
}

async function erase(subject: Subject) {
  return (await app.callAs('users', contract).eraseData({ subject, erasureId: newId(), batch: 0 })).items
}

async function everything({ id }: Written) {
  const { db } = app.ctx
  return {
    mails: await db.select().from(message).where(eq(message.userId, id)).orderBy(message.id),
    notifications: await db.select().from(notification).where(eq(notification.userId, id)),
    readers: await db.select().from(reader).where(eq(reader.userId, id)),
  }
}

/** In whatever column. */
async function addressesLeft(email: string): Promise<number> {
  const rows = await app.ctx.db.select().from(message)
  return rows.filter((row) => JSON.stringify(row).includes(email)).length
}
