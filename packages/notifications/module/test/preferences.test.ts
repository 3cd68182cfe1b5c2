import { securityAlerted } from '@lightpress/auth-contract'
import { invoicePaid, subscriptionChanged } from '@lightpress/billing-contract'
import { money } from '@lightpress/billing-contract/money'
import { newId } from '@lightpress/kernel'
import { notifications as contract } from '@lightpress/notifications-contract'
import { membershipChanged, userCreated } from '@lightpress/users-contract'
import { and, eq, ne } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Channels } from '../src/preference-rules.ts'
import { digestItem, message, notification, preference } from '../src/schema.ts'
import { startNotifications, type App, type Person } from './support/app.ts'

let app: App
beforeAll(async () => {
  app = await startNotifications()
})
afterAll(() => app.close())

const digest = { frequency: 'daily', hour: 8, weekday: 1 } as const
const off: Channels = { inbox: 'off', email: 'off' }

/** What a person chooses for some categories, the rest as it is. */
function choose({ id }: Person, categories: Partial<Record<'account' | 'billing' | 'product', Channels>>) {
  return app.inboxOf(id).updatePreferences({ categories, quietHours: null, digest })
}

describe('preferences', () => {
  it('are the defaults for whoever chose nothing, and no row says so', async () => {
    const { id } = app.addPerson({ timeZone: 'Europe/Berlin' })
    expect(await app.inboxOf(id).getPreferences()).toMatchObject({
      categories: [
        { category: 'security', inbox: 'instant', email: 'instant', locked: true },
        { category: 'account', inbox: 'instant', email: 'digest', locked: false },
        { category: 'billing', inbox: 'instant', email: 'instant', locked: false },
        { category: 'product', inbox: 'instant', email: 'off', locked: false },
      ],
      quietHours: null,
      digest,
      timeZone: 'Europe/Berlin',
      suppressed: null,
    })
    expect(await app.ctx.db.$count(preference, eq(preference.userId, id))).toBe(0)
  })

  it('are what was chosen; a category that is left out stays as it was', async () => {
    const { id } = app.addPerson()
    const { getPreferences, updatePreferences } = app.inboxOf(id)
    await updatePreferences({ categories: { billing: off }, quietHours: { from: '22:00', to: '07:00' }, digest })
    const weekly = { frequency: 'weekly', hour: 17, weekday: 5 } as const
    const answer = await updatePreferences({ categories: { product: off }, quietHours: null, digest: weekly })
    expect(answer).toEqual(await getPreferences())
    expect(answer).toMatchObject({ quietHours: null, digest: weekly })
    expect(answer.categories.filter(({ email }) => email === 'off').map(({ category }) => category)).toEqual([
      'billing',
      'product',
    ])
  })

  it('that are not named stay as they are: a switch changes nothing but what it is for', async () => {
    const { id } = app.addPerson()
    const { updatePreferences } = app.inboxOf(id)
    const quietHours = { from: '22:00', to: '07:00' }
    const weekly = { frequency: 'weekly', hour: 17, weekday: 5 } as const
    await updatePreferences({ categories: { billing: { email: 'off' } }, quietHours, digest: weekly })
    const answer = await updatePreferences({ categories: { billing: { inbox: 'off' }, product: {} } })
    expect(answer).toMatchObject({ quietHours, digest: weekly })
    expect(answer.categories).toMatchObject([
      { category: 'security' },
      { category: 'account', inbox: 'instant', email: 'digest' },
      { category: 'billing', inbox: 'off', email: 'off' },
      { category: 'product', inbox: 'instant', email: 'off' },
    ])
    expect(await updatePreferences({ quietHours: null })).toMatchObject({ quietHours: null, digest: weekly })
  })

  it('are of one person', async () => {
    const [ada, eve] = [app.addPerson(), app.addPerson()]
    const before = await app.inboxOf(eve.id).getPreferences()
    await choose(ada, { account: off, billing: off })
    expect({ ...(await app.inboxOf(eve.id).getPreferences()), nextDigestAt: before.nextDigestAt }).toEqual(before)
  })

  it('say when the next digest is due where the person is, and null where there is none', async () => {
    const ada = app.addPerson({ timeZone: 'Asia/Kathmandu' })
    const { nextDigestAt } = await app.inboxOf(ada.id).getPreferences()
    expect(nextDigestAt).toMatch(/T02:15:00\.000Z$/)
    expect(Date.parse(nextDigestAt as string) - Date.now()).toBeGreaterThan(0)
    expect(Date.parse(nextDigestAt as string) - Date.now()).toBeLessThanOrEqual(86_400_000)
    expect((await choose(ada, { account: off })).nextDigestAt).toBeNull()
  })

  it.each([
    ['quiet hours that are none', { categories: {}, quietHours: { from: '22:00', to: '22:00' }, digest }],
    ['a time that no clock shows', { categories: {}, quietHours: { from: '24:00', to: '07:00' }, digest }],
    ['an hour that there is not', { categories: {}, quietHours: null, digest: { ...digest, hour: 24 } }],
    [
      'an inbox that is gathered',
      { categories: { product: { inbox: 'digest', email: 'off' } }, quietHours: null, digest },
    ],
  ])('refuse %s', async (_, input) => {
    const { id } = app.addPerson()
    await expect(app.inboxOf(id).updatePreferences(input as never)).rejects.toMatchObject({ reason: 'request.invalid' })
  })

  it('cannot switch security off', async () => {
    const { id } = app.addPerson()
    const input = { categories: { security: off }, quietHours: null, digest }
    const { categories } = await app.inboxOf(id).updatePreferences(input as never)
    expect(categories[0]).toEqual({ category: 'security', inbox: 'instant', email: 'instant', locked: true })
  })

  it('of somebody who is gone are nobody’s', async () => {
    const { getPreferences } = app.inboxOf(newId())
    await expect(getPreferences()).rejects.toMatchObject({ reason: 'notifications.person_gone' })
  })

  it('changed twice at once are both', async () => {
    const ada = app.addPerson()
    await Promise.all([choose(ada, { account: off }), choose(ada, { billing: off }), choose(ada, { product: off })])
    const { categories } = await app.inboxOf(ada.id).getPreferences()
    expect(categories.map(({ email }) => email)).toEqual(['instant', 'off', 'off', 'off'])
  })
})

describe('what comes of a notice', () => {
  const receipt = (organizationId: string) => ({
    organizationId,
    invoiceId: newId(),
    number: 'LP-0042',
    planId: 'pro' as const,
    total: money(1200, 'eur'),
    paidAt: '2026-11-20T12:00:00Z',
    hostedUrl: null,
  })

  /** What an event left for a person: a line in the inbox, templates of mails, something for their digest. */
  async function came(eventId: string, { id: userId }: Person) {
    const { db } = app.ctx
    const of = (table: typeof notification | typeof digestItem | typeof message) =>
      and(eq(table.eventId, eventId), eq(table.userId, userId))
    const mails = await db
      .select()
      .from(message)
      .where(and(of(message), ne(message.status, 'suppressed')))
    return {
      inbox: await db.$count(notification, of(notification)),
      mails: mails.map(({ template }) => template),
      gathered: await db.$count(digestItem, of(digestItem)),
    }
  }

  it.each([
    [
      { inbox: 'instant', email: 'instant' },
      { inbox: 1, mails: ['receipt'], gathered: 0 },
    ],
    [
      { inbox: 'instant', email: 'digest' },
      { inbox: 1, mails: [], gathered: 1 },
    ],
    [
      { inbox: 'off', email: 'digest' },
      { inbox: 0, mails: [], gathered: 1 },
    ],
    [
      { inbox: 'off', email: 'instant' },
      { inbox: 0, mails: ['receipt'], gathered: 0 },
    ],
    [
      { inbox: 'off', email: 'off' },
      { inbox: 0, mails: [], gathered: 0 },
    ],
  ] as const)('of billing, as chosen (%j), is %j', async (billing, expected) => {
    const ada = app.addPerson()
    await choose(ada, { billing })
    const { id } = await app.deliver(invoicePaid, receipt(app.addOrganization([ada])))
    expect(await came(id, ada)).toEqual(expected)
  })

  it('that is off by choice leaves a line in the log of mails, so that an operator can say why none came', async () => {
    const [ada, eve] = [app.addPerson({ name: 'Ada' }), app.addPerson({ name: 'Eve' })]
    await choose(ada, { account: off, billing: off })
    const organizationId = app.addOrganization([ada])
    const receiptOf = await app.deliver(invoicePaid, receipt(organizationId))
    const about = { organizationId, userId: eve.id, actorId: eve.id, role: 'member' as const }
    const joined = await app.deliver(membershipChanged, { ...about, change: 'joined' })
    const unsent = {
      status: 'suppressed',
      error: 'Not sent: e-mail of this category is switched off.',
      recipient: null,
    }
    const operator = app.as(contract, { operator: true })
    const { items } = await operator.adminListMessages({ userId: ada.id })
    expect(items).toMatchObject([
      { ...unsent, template: 'notice', category: 'account', eventId: joined.id, requestId: joined.id, organizationId },
      { ...unsent, template: 'receipt', category: 'billing', eventId: receiptOf.id, attempts: 0 },
    ])
    const trail = await operator.adminReadTimeline({ requestId: receiptOf.id })
    const found = trail.items.find(({ kind }) => kind === 'message')
    expect(found).toMatchObject({ type: 'receipt', state: 'suppressed', error: unsent.error, userId: ada.id })
    const rows = await app.ctx.db.select().from(message).where(eq(message.userId, ada.id))
    expect(rows).toMatchObject([
      { data: {}, aboutUserId: null },
      { data: {}, aboutUserId: null },
    ])
    // What is off by default, as news of the product is, nobody misses.
    await app.tell(ada.id, 'New')
    expect(await app.ctx.db.$count(message, eq(message.userId, ada.id))).toBe(2)
  })

  it('is decided for each who hears of it', async () => {
    const [ada, eve] = [app.addPerson(), app.addPerson()]
    await choose(eve, { billing: off })
    const { id } = await app.deliver(invoicePaid, receipt(app.addOrganization([ada, eve])))
    expect(await came(id, ada)).toEqual({ inbox: 1, mails: ['receipt'], gathered: 0 })
    expect(await came(id, eve)).toEqual({ inbox: 0, mails: [], gathered: 0 })
  })

  it('that has no mail of its own is the notice as a mail', async () => {
    const ada = app.addPerson({ locale: 'de' })
    const organizationId = app.addOrganization([ada])
    const change = { organizationId, planId: 'pro', seats: 1, entitledPlanId: 'pro', status: 'trialing' } as const
    const { id } = await app.deliver(subscriptionChanged, change)
    const [mail] = await app.ctx.db.select().from(message).where(eq(message.eventId, id))
    expect(mail).toMatchObject({ template: 'notice', category: 'billing', userId: ada.id, organizationId })
    expect(mail?.data).toMatchObject({ title: 'Ihre Testphase von Pro hat begonnen', locale: 'de' })
  })

  it('is gathered where who joined and left is told, a name that would be a link left out of the mail alone', async () => {
    const [ada, eve] = [app.addPerson(), app.addPerson({ name: 'evil.example' })]
    const joined = {
      organizationId: app.addOrganization([ada]),
      userId: eve.id,
      change: 'joined',
      role: 'member',
    } as const
    const { id } = await app.deliver(membershipChanged, { ...joined, actorId: eve.id })
    expect(await came(id, ada)).toEqual({ inbox: 1, mails: [], gathered: 1 })
    const [item] = await app.ctx.db.select().from(digestItem).where(eq(digestItem.eventId, id))
    expect(item).toMatchObject({ title: '[…] joined Analytical Engines', aboutUserId: eve.id })
    expect((await app.inboxOf(ada.id).listNotifications()).items[0]?.title).toBe(
      'evil.example joined Analytical Engines',
    )
  })

  it('of security is both at once, whatever was chosen', async () => {
    const ada = app.addPerson()
    await choose(ada, { account: off, billing: off, product: off })
    const { id } = await app.deliver(securityAlerted, { userId: ada.id, auditEntryId: app.addAlert(ada) })
    expect(await came(id, ada)).toEqual({ inbox: 1, mails: ['security_alert'], gathered: 0 })
  })

  it('is no mail for whoever is new: they are welcomed in the inbox', async () => {
    const ada = app.addPerson()
    const { id } = await app.deliver(userCreated, { userId: ada.id, organizationId: newId() })
    expect(await came(id, ada)).toEqual({ inbox: 1, mails: [], gathered: 0 })
  })
})
