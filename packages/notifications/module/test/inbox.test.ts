import { AlertAction, securityAlerted } from '@lightpress/auth-contract'
import { invoicePaid, subscriptionChanged, type SubscriptionStatus } from '@lightpress/billing-contract'
import { money } from '@lightpress/billing-contract/money'
import { newId } from '@lightpress/kernel'
import { notifications as contract } from '@lightpress/notifications-contract'
import { userCreated } from '@lightpress/users-contract'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alertTexts } from '../src/alerts/texts.ts'
import { subscription } from '../src/schema.ts'
import { startNotifications, type App, type Person } from './support/app.ts'

let app: App

beforeAll(async () => {
  app = await startNotifications()
})
afterAll(() => app.close())

async function titlesOf(userId: string) {
  const { items } = await app.inboxOf(userId).listNotifications()
  return items.map(({ title }) => title)
}

describe('what happens reaches the inbox', () => {
  it.each([
    ['en', 'Welcome to Lightpress'],
    ['de', 'Willkommen bei Lightpress'],
    ['fr', 'Bienvenue sur Lightpress'],
  ] as const)('a new person is welcomed in %s, once', async (locale, title) => {
    const { id: userId } = app.addPerson({ locale })
    const event = { userId, organizationId: newId() }
    const { id } = await app.deliver(userCreated, event)
    await app.deliver(userCreated, event, { id })
    const { items } = await app.inboxOf(userId).listNotifications()
    expect(items).toMatchObject([{ sequence: 1, category: 'product', title, link: '/dashboard', readAt: null }])
  })

  it('a person who is gone already is not', async () => {
    const userId = newId()
    expect(await app.deliver(userCreated, { userId, organizationId: newId() })).toMatchObject({ state: 'done' })
    expect(await titlesOf(userId)).toEqual([])
  })

  it('a payment is told to owners and admins, once', async () => {
    const [owner, admin, stranger] = [app.addPerson(), app.addPerson({ locale: 'de' }), app.addPerson()] as const
    const organizationId = app.addOrganization([owner, admin])
    const event = {
      organizationId,
      invoiceId: newId(),
      number: 'LP-0042',
      planId: 'pro' as const,
      total: money(1200, 'eur'),
      paidAt: '2026-11-20T12:00:00Z',
      hostedUrl: null,
    }
    const { id } = await app.deliver(invoicePaid, event)
    await app.deliver(invoicePaid, event, { id })
    const { items } = await app.inboxOf(owner.id).listNotifications()
    expect(items).toMatchObject([
      {
        category: 'billing',
        title: 'Payment received',
        body: 'Thank you for €12.00 for Pro. Invoice LP-0042.',
        link: '/billing',
      },
    ])
    expect(await titlesOf(admin.id)).toEqual(['Zahlung erhalten'])
    expect(await titlesOf(stranger.id)).toEqual([])
  })
})

describe('what happened to an account', () => {
  it.each(AlertAction.options)('(%s) is told once, in the language of the person', async (action) => {
    const person = app.addPerson({ locale: 'de' })
    const event = { userId: person.id, auditEntryId: app.addAlert(person, { action }) }
    const { id } = await app.deliver(securityAlerted, event)
    await app.deliver(securityAlerted, event, { id })
    const { items } = await app.inboxOf(person.id).listNotifications()
    expect(items).toMatchObject([{ category: 'security', link: '/security', readAt: null }])
    expect(items[0]?.title).toBe(alertTexts.de[action].title)
    expect(items[0]?.body).toContain('Gerät: Firefox, Linux.')
  })

  it('is not told of once it was erased, nor to whoever is gone', async () => {
    const person = app.addPerson()
    const erased = await app.deliver(securityAlerted, { userId: person.id, auditEntryId: newId() })
    expect(erased).toMatchObject({ state: 'done' })
    expect(await titlesOf(person.id)).toEqual([])

    const auditEntryId = app.addAlert(person)
    app.people.delete(person.id)
    expect(await app.deliver(securityAlerted, { userId: person.id, auditEntryId })).toMatchObject({ state: 'done' })
    expect(await titlesOf(person.id)).toEqual([])
  })
})

describe('a subscription', () => {
  let owner: Person
  let organizationId: string
  const hear = (status: SubscriptionStatus, { seats = 1, id = newId() } = {}) =>
    app.deliver(subscriptionChanged, { organizationId, planId: 'pro', status, seats }, { id })
  const setUp = () => {
    owner = app.addPerson()
    organizationId = app.addOrganization([owner])
  }

  it('that becomes active is left to the receipt', async () => {
    setUp()
    await hear('incomplete')
    await hear('active')
    await hear('active', { seats: 2 })
    expect(await titlesOf(owner.id)).toEqual([])
  })

  it('is told of when its state changes, and not when its seats do', async () => {
    setUp()
    await hear('trialing')
    await hear('trialing', { seats: 2 })
    await hear('active')
    await hear('trialing')
    await hear('canceled')
    expect(await titlesOf(owner.id)).toEqual([
      'Your subscription has ended',
      'Your Pro trial has started',
      'Your Pro trial has started',
    ])
  })

  it('does not tell what was overtaken on the way', async () => {
    setUp()
    const [earlier, later] = [newId(), newId()]
    await hear('canceled', { id: later })
    await hear('unpaid', { id: earlier })
    expect(await titlesOf(owner.id)).toEqual(['Your subscription has ended'])
  })

  it('of an organisation that is gone is told to nobody, and not remembered', async () => {
    organizationId = newId()
    expect(await hear('canceled')).toMatchObject({ state: 'done' })
    expect(await app.ctx.db.$count(subscription, eq(subscription.organizationId, organizationId))).toBe(0)
  })

  it('that several events tell of at the same moment is told of once', async () => {
    setUp()
    await Promise.all([hear('canceled'), hear('canceled'), hear('canceled')])
    expect(await titlesOf(owner.id)).toEqual(['Your subscription has ended'])
  })
})

describe('the list', () => {
  it('is newest first and pages to its end', async () => {
    const userId = newId()
    await app.tell(userId, 'a', 'b', 'c', 'd', 'e')
    const inbox = app.inboxOf(userId)
    const first = await inbox.listNotifications({ limit: 2 })
    await app.tell(userId, 'f')
    const second = await inbox.listNotifications({ limit: 2, cursor: first.nextCursor ?? '' })
    const third = await inbox.listNotifications({ limit: 2, cursor: second.nextCursor ?? '' })
    expect([first, second, third].map(({ items }) => items.map(({ title }) => title))).toEqual([
      ['e', 'd'],
      ['c', 'b'],
      ['a'],
    ])
    expect(third.nextCursor).toBeNull()
  })

  it('ends exactly where a page does', async () => {
    const userId = newId()
    await app.tell(userId, 'a', 'b')
    expect(await app.inboxOf(userId).listNotifications({ limit: 2 })).toMatchObject({ nextCursor: null })
  })

  it('refuses a cursor that no list gave', async () => {
    await expect(app.inboxOf(newId()).listNotifications({ cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'invalid',
      errors: [{ path: 'cursor' }],
    })
  })

  it('needs somebody', async () => {
    await expect(app.as(contract).listNotifications()).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})

describe('reading', () => {
  it('once is the same as twice, and the first time counts', async () => {
    const userId = newId()
    await app.tell(userId, 'a', 'b')
    const inbox = app.inboxOf(userId)
    const { items } = await inbox.listNotifications()
    const id = items[0]?.id as string
    const read = await inbox.markRead({ id })
    expect(read.readAt).not.toBeNull()
    expect(await inbox.markRead({ id })).toEqual(read)
    expect(await inbox.getUnreadCount()).toEqual({ count: 1 })
    expect(await inbox.markAllRead()).toEqual({ count: 0 })
    expect(await inbox.markAllRead()).toEqual({ count: 0 })
    const after = await inbox.listNotifications()
    expect(after.items.find((item) => item.id === id)).toEqual(read)
  })

  it("another person's is not possible, because it does not exist", async () => {
    const [mine, theirs] = [newId(), newId()]
    await app.tell(theirs, 'secret')
    const { items } = await app.inboxOf(theirs).listNotifications()
    const inbox = app.inboxOf(mine)
    await expect(inbox.markRead({ id: items[0]?.id as string })).rejects.toMatchObject({
      code: 'not_found',
      reason: 'notifications.not_found',
    })
    await inbox.markAllRead()
    expect(await inbox.listNotifications()).toEqual({ items: [], nextCursor: null })
    expect(await app.inboxOf(theirs).getUnreadCount()).toEqual({ count: 1 })
  })
})
