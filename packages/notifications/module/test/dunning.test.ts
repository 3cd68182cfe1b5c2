import {
  invoicePaid,
  invoicePaymentFailed,
  subscriptionChanged,
  trialEnding,
  type PlanId,
  type SubscriptionStatus,
} from '@lightpress/billing-contract'
import { money } from '@lightpress/billing-contract/money'
import { newId } from '@lightpress/kernel'
import { readMails } from '@lightpress/mailbox'
import { until } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { digestItem, message } from '../src/schema.ts'
import { startNotifications, type App, type Person } from './support/app.ts'
import { startProvider } from './support/provider.ts'

let provider: Awaited<ReturnType<typeof startProvider>>
let app: App
let owner: Person
let organizationId: string

beforeAll(async () => {
  provider = await startProvider()
  app = await startNotifications({ RESEND_BASE_URL: provider.url })
})
afterAll(async () => {
  await app.close()
  await provider.stop()
})
beforeEach(() => {
  owner = app.addPerson()
  organizationId = app.addOrganization([owner])
})

const event = { invoiceId: newId(), number: 'LP-0042', planId: 'pro' as const, hostedUrl: 'https://pay.example/in_1' }

interface Attempt {
  id?: string
  attempt?: number
  nextAttemptAt?: string | null
}

function fail({ id = newId(), attempt = 1, nextAttemptAt = '2026-11-23T23:30:00Z' }: Attempt = {}) {
  const graceEndsAt = '2026-11-27T23:30:00Z'
  const failed = { ...event, organizationId, amountDue: money(2400, 'eur'), attempt, nextAttemptAt, graceEndsAt }
  return app.deliver(invoicePaymentFailed, failed, { id })
}

function hear(status: SubscriptionStatus, entitledPlanId?: PlanId, id = newId()) {
  const payload = { organizationId, planId: 'pro' as const, status, seats: 2 }
  return app.deliver(subscriptionChanged, { ...payload, ...(entitledPlanId && { entitledPlanId }) }, { id })
}

async function titlesOf({ id }: Person) {
  const { items } = await app.inboxOf(id).listNotifications()
  return items.map(({ title }) => title).toReversed()
}

/** The subjects of what was sent, once nothing waits any more. */
async function subjectsTo({ email }: Person) {
  const ofThem = eq(message.organizationId, organizationId)
  await until(
    () => app.ctx.db.select().from(message).where(ofThem),
    (rows) => rows.every(({ status }) => status !== 'pending'),
  )
  return (await mailsTo(email)).map(({ subject }) => subject).toSorted()
}

async function mailsTo(email: string) {
  return (await readMails(provider.mailbox)).filter(({ to }) => to.includes(email))
}

describe('a name that a mail program would make a link of', () => {
  it('is left out of all that billing mails, be it at once or in a digest', async () => {
    const gathering = app.addPerson()
    const digest = { inbox: 'instant' as const, email: 'digest' as const }
    await app.inboxOf(gathering.id).updatePreferences({ categories: { billing: digest } })
    organizationId = app.addOrganization([owner, gathering], 'evil.example')
    await hear('trialing', 'pro')
    const trial = {
      organizationId,
      planId: 'pro' as const,
      trialEndsAt: '2026-11-24T12:00:00Z',
      hasPaymentMethod: false,
    }
    await app.deliver(trialEnding, trial)
    await hear('past_due', 'pro')
    await fail()
    await hear('past_due', 'free')
    await hear('canceled', 'free')
    const paid = { organizationId, invoiceId: newId(), number: 'F-1', planId: 'pro' as const, hostedUrl: null }
    await app.deliver(invoicePaid, { ...paid, total: money(2400, 'eur'), paidAt: '2026-11-20T12:00:00Z' })
    expect(await subjectsTo(owner)).toHaveLength(6)
    const gathered = await app.ctx.db.select().from(digestItem).where(eq(digestItem.userId, gathering.id))
    expect(gathered).toHaveLength(6)
    const said = JSON.stringify([await mailsTo(owner.email), gathered])
    expect(said).not.toContain('evil.example')
    expect(said).toContain('[…] is on the Free plan now')
    expect(JSON.stringify(await app.inboxOf(owner.id).listNotifications())).toContain('evil.example')
  })
})

describe('a failed payment', () => {
  it('is told to owners and admins, by e-mail and in the inbox, in their words and where they are, once', async () => {
    const [admin, stranger] = [app.addPerson({ locale: 'de', timeZone: 'Europe/Berlin' }), app.addPerson()]
    organizationId = app.addOrganization([owner, admin])
    const { id } = await fail()
    await fail({ id })
    expect(await titlesOf(owner)).toEqual(['A payment did not go through'])
    expect(await titlesOf(admin)).toEqual(['Eine Zahlung ist fehlgeschlagen'])
    expect(await titlesOf(stranger)).toEqual([])
    expect(await subjectsTo(owner)).toEqual(['Your payment did not go through'])
    expect(await subjectsTo(admin)).toEqual(['Ihre Zahlung ist fehlgeschlagen'])
    const { items } = await app.inboxOf(admin.id).listNotifications()
    expect(items).toMatchObject([{ category: 'billing', link: '/billing' }])
    expect(items[0]?.body).toContain('28. November 2026')
  })

  it('says how much, until when and where to pay: at our page, which leads on', async () => {
    await fail()
    await subjectsTo(owner)
    const [mail] = await mailsTo(owner.email)
    expect(mail?.text).toContain('Amount: €24.00\n')
    expect(mail?.text).toContain('Next attempt: November 23, 2026')
    expect(mail?.text).toContain('Keeps Pro until: November 27, 2026')
    expect(mail?.text).toContain('Nothing is deleted')
    expect(mail?.text).toContain('http://localhost:3000/billing\n')
    expect(`${mail?.html}${mail?.text}`).not.toContain('pay.example')
  })

  it('reads differently the second time, and the last', async () => {
    await hear('past_due', 'pro')
    await fail()
    await fail({ attempt: 2 })
    await fail({ attempt: 3, nextAttemptAt: null })
    expect(await titlesOf(owner)).toEqual([
      'A payment did not go through',
      'A payment did not go through again',
      'Pro stays only until November 27, 2026',
    ])
    expect(await subjectsTo(owner)).toHaveLength(3)
  })

  it('is told by its invoice alone, whichever of the two events comes first', async () => {
    const [changed, failed] = [newId(), newId()]
    await fail({ id: failed })
    await hear('past_due', 'pro', changed)
    expect(await titlesOf(owner)).toEqual(['A payment did not go through'])
    // As they were before it was said what can be used.
    await hear('active')
    await hear('past_due')
    expect(await titlesOf(owner)).toHaveLength(1)
  })

  it('that was paid before anybody could be told is not told', async () => {
    const [failed, paid] = [newId(), newId()]
    await hear('active', 'pro', paid)
    await fail({ id: failed })
    expect(await titlesOf(owner)).toEqual([])
    expect(await subjectsTo(owner)).toEqual([])
    await fail()
    expect(await titlesOf(owner)).toHaveLength(1)
  })

  it('of an organisation that is gone is told to nobody', async () => {
    app.organizations.delete(organizationId)
    expect(await fail()).toMatchObject({ state: 'done' })
    expect(await titlesOf(owner)).toEqual([])
  })
})

describe('the end of grace', () => {
  it('is told once, by e-mail too, whatever the provider calls it and however often it tries again', async () => {
    await hear('past_due', 'pro')
    await hear('past_due', 'free')
    await hear('past_due', 'free')
    await fail({ attempt: 4 })
    await hear('unpaid', 'free')
    expect(await titlesOf(owner)).toEqual(['Pro is paused'])
    expect(await subjectsTo(owner)).toEqual(['Pro is paused'])
    const [mail] = await mailsTo(owner.email)
    expect(mail?.text).toContain('Nothing was deleted.')
    expect(mail?.text).toContain('http://localhost:3000/billing\n')
  })

  it('is told again when it is another', async () => {
    await hear('unpaid', 'free')
    await hear('active', 'pro')
    await hear('past_due', 'pro')
    await hear('past_due', 'free')
    expect(await titlesOf(owner)).toEqual(['Pro is paused', 'Pro is paused'])
  })

  it('is followed by the receipt, when it is paid', async () => {
    await hear('past_due', 'free')
    await hear('active', 'pro')
    const paid = { ...event, organizationId, total: money(2400, 'eur'), paidAt: '2026-11-28T12:00:00Z' }
    await app.deliver(invoicePaid, paid)
    expect(await titlesOf(owner)).toEqual(['Pro is paused', 'Payment received'])
    expect(await subjectsTo(owner)).toEqual(['Pro is paused', 'Your receipt for invoice LP-0042'])
  })
})

describe('the end of a trial', () => {
  it.each([
    [true, 'the card on file is charged', 'View plan and price'],
    [false, 'Nothing is deleted', 'Add a card'],
  ])('is told before, once, and what comes then (card: %s)', async (hasPaymentMethod, then, action) => {
    const ending = { organizationId, planId: 'pro' as const, trialEndsAt: '2026-11-24T12:00:00Z', hasPaymentMethod }
    const { id } = await app.deliver(trialEnding, ending)
    await app.deliver(trialEnding, ending, { id })
    const { items } = await app.inboxOf(owner.id).listNotifications()
    expect(items).toMatchObject([{ title: 'Your Pro trial ends on November 24, 2026', link: '/billing' }])
    expect(items[0]?.body).toContain(then)
    expect(await subjectsTo(owner)).toEqual(['Your Pro trial ends on November 24, 2026'])
    const [mail] = await mailsTo(owner.email)
    expect(mail?.text).toContain(then)
    expect(mail?.text).toContain(`${action}:\nhttp://localhost:3000/billing\n`)
  })
})
