import { newId } from '@lightpress/kernel'
import { notifications as contract } from '@lightpress/notifications-contract'
import type { Subject } from '@lightpress/protocol'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { forgetRecipients } from '../src/forget-recipients.ts'
import { message, notification, reader, subscription } from '../src/schema.ts'
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
  expect([...parts.keys()].toSorted()).toEqual(['e-mails', 'inbox', 'notifications'])
  expect(JSON.stringify([...parts])).not.toContain(eve.email)
})

it('of an erased person nothing is left but that mails were sent', async () => {
  const [ada, eve] = await Promise.all([written(), written()])
  const before = await everything(eve)
  const { items } = await app.callAs('users', contract).describeErasure({ subjects: [personOf(ada)] })
  const went = await erase(personOf(ada))
  expect(went).toEqual(items)
  expect(went).toMatchObject([
    { name: 'addresses of e-mails that were asked for by address', count: 1, outcome: 'emptied' },
    { name: 'e-mails', count: 1, outcome: 'emptied' },
    { name: 'notifications', count: 2, outcome: 'deleted' },
    { name: 'inbox', count: 1, outcome: 'deleted' },
  ])
  expect(await everything(ada)).toMatchObject({
    mails: [{ id: ada.alert, template: 'security_alert', recipient: null, error: null }],
    notifications: [],
    readers: [],
  })
  expect(await addressesLeft(ada.email)).toBe(0)
  expect(await everything(eve)).toEqual(before)
  expect(await erase(personOf(ada))).toEqual([])
})

it('of an erased organisation no receipt is left, and the inboxes of people stay theirs', async () => {
  const ada = await written()
  const organizationId = newId()
  const receipt = await log({
    template: 'receipt',
    userId: ada.id,
    organizationId,
    recipient: ada.email,
    data: { number: 'F-1', planId: 'pro', total: { amount: 3_600, currency: 'usd' }, paidAt: '2026-11-20T12:00:00Z' },
  })
  await app.ctx.db.insert(subscription).values({ organizationId, status: 'active', eventId: newId() })
  const organization = { kind: 'organization' as const, id: organizationId }
  expect([...(await handOver(organization)).keys()]).toEqual(['e-mails', 'state of the subscription that was told'])
  expect((await erase(organization)).map(({ outcome }) => outcome)).toEqual(['emptied', 'deleted'])
  const [left] = await app.ctx.db.select().from(message).where(eq(message.id, receipt))
  expect(left).toMatchObject({ recipient: null, error: null, data: {}, status: 'sent' })
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
  const [forgotten] = await app.ctx.db.select().from(message).where(eq(message.id, old))
  expect(forgotten).toMatchObject({ recipient: null, error: null })
  expect((await everything(ada)).mails).toMatchObject([{ recipient: ada.email }])
})

interface Written {
  id: string
  email: string
  alert: string
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

const personOf = ({ id }: Written) => ({ kind: 'person' as const, id })

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

async function erase(subject: Subject) {
  return (await app.callAs('users', contract).eraseData({ subject, erasureId: newId(), batch: 0 })).items
}

async function everything({ id }: Written) {
  const { db } = app.ctx
  return {
    mails: await db.select().from(message).where(eq(message.userId, id)),
    notifications: await db.select().from(notification).where(eq(notification.userId, id)),
    readers: await db.select().from(reader).where(eq(reader.userId, id)),
  }
}

/** In whatever column. */
async function addressesLeft(email: string): Promise<number> {
  const rows = await app.ctx.db.select().from(message)
  return rows.filter((row) => JSON.stringify(row).includes(email)).length
}
