import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { change } from '../src/schema.ts'
import {
  begin,
  chargedTo,
  contextOf,
  invoicesOf,
  itemsAt,
  setClock,
  useCard,
  type Standing,
} from './support/standing.ts'
import { createWorld, newOrganization, type World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await createWorld()
})
afterEach(() => world.gate.clear())
afterAll(() => world.close())

const pro = { planId: 'pro', interval: 'month' } as const
const proYear = { planId: 'pro', interval: 'year' } as const
const business = { planId: 'business', interval: 'month' } as const
const businessYear = { planId: 'business', interval: 'year' } as const

const unavailable = { code: 'unavailable', reason: 'billing.provider_unavailable' }
const superseded = { code: 'conflict', reason: 'billing.change_superseded' }
const failed = { code: 'conflict', reason: 'billing.payment_failed' }
const changing = (request: string) => request.startsWith('POST /v1/subscriptions/sub_')

describe('more', () => {
  it('is had at once, with what is charged as it is used', async () => {
    const organization = await begin(world, { ...pro, seats: 3 })
    const preview = await organization.client.previewChange(business)
    expect(preview).toMatchObject({
      effective: 'now',
      seats: 3,
      credit: { amount: 0 },
      next: { total: { amount: 7200 } },
    })
    const after = await organization.client.changeSubscription({ ...business, ...confirming(preview) })
    expect(after).toMatchObject({ planId: 'business', interval: 'month', seats: 3, minimumSeats: 3, status: 'active' })
    expect(await itemsAt(world, organization)).toEqual(['business_month × 3', 'business_tasks_month'])
    expect(await chargedTo(world, organization)).toEqual([preview.dueNow.amount, 3600])
  })

  it('is had for longer: what is used is counted by the year, and what was left of the month is taken off', async () => {
    const organization = await begin(world, { ...business, seats: 2 })
    const preview = await organization.client.previewChange(businessYear)
    expect(preview.effective).toBe('now')
    const words = preview.lines.map(({ description }) => description).join('; ')
    expect(words).toMatch(/Unused time on 2 × Business/)
    const after = await organization.client.changeSubscription({ ...businessYear, ...confirming(preview) })
    expect(after.interval).toBe('year')
    // The year begins when it is charged, moments after it was shown.
    expect(Date.parse(after.currentPeriodEnd ?? '')).toBeCloseTo(Date.parse(preview.next?.at ?? ''), -5)
    const { items } = await world.stripe.subscriptions.retrieve(organization.subscriptionId)
    expect(Date.parse(after.currentPeriodEnd ?? '') / 1000).toBe(items.data[0]?.current_period_end)
    expect(await itemsAt(world, organization)).toEqual(['business_year × 2', 'business_tasks_year'])
  })

  it('is more seats at the price that is paid already', async () => {
    const organization = await begin(world, { ...pro, seats: 2 })
    const old = await world.stripe.prices.create({
      product: 'lightpress_pro',
      currency: 'usd',
      unit_amount: 700,
      recurring: { interval: 'month' },
    })
    const { items } = await world.stripe.subscriptions.retrieve(organization.subscriptionId)
    const item = { id: items.data[0]?.id ?? '', price: old.id }
    await world.stripe.subscriptions.update(organization.subscriptionId, { items: [item], proration_behavior: 'none' })
    const preview = await organization.client.previewChange({ ...pro, seats: 5 })
    expect(preview).toMatchObject({ seats: 5, next: { total: { amount: 3500 } } })
    const after = await organization.client.changeSubscription({ ...pro, seats: 5, ...confirming(preview) })
    expect(after).toMatchObject({ seats: 5, minimumSeats: 5, price: { amount: 700 } })
  })

  it('is a seat for each member, however few are asked for', async () => {
    const organization = await begin(world, { ...pro, seats: 4 })
    world.members.set(organization.id, 4)
    const preview = await organization.client.previewChange({ ...business, seats: 2 })
    expect(preview).toMatchObject({ seats: 4, next: { total: { amount: 9600 } } })
    const after = await organization.client.changeSubscription({ ...business, seats: 2, ...confirming(preview) })
    expect(after).toMatchObject({ seats: 4, minimumSeats: 2 })
  })

  it('is had in a trial without paying, and the trial goes on', async () => {
    const organization = await begin(world, { ...business, trialDays: 14 })
    const before = await organization.client.getSubscription()
    const preview = await organization.client.previewChange({ ...proYear, seats: 4 })
    expect(preview).toMatchObject({ effective: 'now', dueNow: { amount: 0 }, lines: [] })
    expect(preview.next).toEqual({ total: { amount: 48_000, currency: 'usd' }, at: before.trialEndsAt })
    const after = await organization.client.changeSubscription({ ...proYear, seats: 4, ...confirming(preview) })
    expect(after).toMatchObject({ planId: 'pro', interval: 'year', seats: 4, status: 'trialing' })
    expect(after.trialEndsAt).toBe(before.trialEndsAt)
    expect(await itemsAt(world, organization)).toEqual(['pro_year × 4'])
    expect(await chargedTo(world, organization)).toEqual([])
  })

  it('takes back that the subscription was to end, or to become another', async () => {
    const leaving = await begin(world, pro)
    await leaving.client.cancelSubscription({})
    expect(await leaving.client.changeSubscription(business)).toMatchObject({
      planId: 'business',
      cancelAtPeriodEnd: false,
    })
    const lower = await begin(world, business)
    await lower.client.changeSubscription(pro)
    expect(await lower.client.changeSubscription(business)).toMatchObject({ planId: 'business', scheduledChange: null })
    expect(await chargedTo(world, lower)).toEqual([2400])
  })
})

describe('less', () => {
  it('comes when the period ends, without a charge before', async () => {
    const organization = await begin(world, { ...business, seats: 3 })
    const { currentPeriodEnd } = await organization.client.getSubscription()
    const preview = await organization.client.previewChange({ ...proYear, seats: 2 })
    expect(preview).toMatchObject({ effective: 'period_end', seats: 2, dueNow: { amount: 0 }, lines: [] })
    expect(preview.next).toEqual({ total: { amount: 24_000, currency: 'usd' }, at: currentPeriodEnd })
    const after = await organization.client.changeSubscription({ ...proYear, seats: 2, ...confirming(preview) })
    expect(after).toMatchObject({ planId: 'business', interval: 'month', seats: 3, minimumSeats: 3 })
    expect(after.scheduledChange).toEqual({ planId: 'pro', interval: 'year', seats: 2, at: currentPeriodEnd })
    expect(await invoicesOf(world, organization)).toHaveLength(1)
    const { invoice } = await organization.client.getNextInvoice({})
    expect(invoice).toMatchObject({ total: { amount: 24_000 }, at: currentPeriodEnd })
  })

  it('makes place for what was chosen after it, in the same plan of Stripe', async () => {
    const organization = await begin(world, { ...businessYear, seats: 3 })
    await organization.client.changeSubscription(pro)
    const after = await organization.client.changeSubscription({ ...business, seats: 1 })
    expect(after.scheduledChange).toMatchObject({ planId: 'business', interval: 'month', seats: 1 })
    const { data } = await world.stripe.subscriptionSchedules.list({ customer: organization.customerId })
    expect(data).toHaveLength(1)
  })

  it('follows a cancellation that it takes back', async () => {
    const organization = await begin(world, business)
    await organization.client.cancelSubscription({})
    const after = await organization.client.changeSubscription(pro)
    expect(after).toMatchObject({ cancelAtPeriodEnd: false, scheduledChange: { planId: 'pro' } })
  })
})

describe('one choice is one change and one charge', () => {
  it('however often the button is pressed', async () => {
    const organization = await begin(world, { ...pro, seats: 3 })
    const { at, dueNow } = await organization.client.previewChange(business)
    const choice = { ...business, confirmed: { at, dueNow } }
    const answers = await Promise.all(Array.from({ length: 6 }, () => organization.client.changeSubscription(choice)))
    for (const answer of answers) expect(answer).toMatchObject({ planId: 'business', seats: 3 })
    expect(await organization.client.changeSubscription(choice)).toMatchObject({ planId: 'business' })
    expect(await chargedTo(world, organization)).toEqual([dueNow.amount, 3600])
    expect(await invoicesOf(world, organization)).toHaveLength(2)
  })

  it('for one Idempotency-Key, which another choice cannot have', async () => {
    const organization = await begin(world, pro)
    const key = { idempotencyKey: 'pressed-once' }
    const first = await organization.client.changeSubscription(business, key)
    expect(await organization.client.changeSubscription(business, key)).toEqual(first)
    expect(await chargedTo(world, organization)).toHaveLength(2)
    await expect(organization.client.changeSubscription(proYear, key)).rejects.toMatchObject({
      reason: 'request.idempotency_key_reused',
    })
  })

  it.each([
    ['with its Idempotency-Key', 'the-same'],
    ['without one', undefined],
  ])('when Stripe did it, its answer was lost and it is repeated %s', async (_, idempotencyKey) => {
    const organization = await begin(world, pro)
    const key = idempotencyKey === undefined ? {} : { idempotencyKey }
    world.gate.judge = (request) => (changing(request) ? 'lose' : 'pass')
    const lost = await organization.client.changeSubscription(business, key).catch((error: unknown) => error)
    expect(lost).toMatchObject(unavailable)
    expect((lost as Error).message).not.toMatch(/Nothing was charged/)
    world.gate.clear()
    expect(await organization.client.changeSubscription(business, key)).toMatchObject({ planId: 'business' })
    expect(await chargedTo(world, organization)).toHaveLength(2)
    expect(world.gate.requests.filter(changing)).toEqual([])
  })

  it('when the answer to a plan for the end of the period was lost', async () => {
    const organization = await begin(world, business)
    for (const step of [/\/v1\/subscription_schedules$/, /\/v1\/subscription_schedules\/sub_sched/]) {
      world.gate.judge = (request) => (request.startsWith('POST') && step.test(request) ? 'lose' : 'pass')
      await expect(organization.client.changeSubscription(pro)).rejects.toMatchObject(unavailable)
    }
    world.gate.clear()
    const after = await organization.client.changeSubscription(pro)
    expect(after.scheduledChange).toMatchObject({ planId: 'pro' })
    const { data } = await world.stripe.subscriptionSchedules.list({ customer: organization.customerId })
    expect(data).toHaveLength(1)
  })

  it('when the process was killed before it could write down that it was done', async () => {
    const organization = await begin(world, pro)
    await killedAfter(changing, () => organization.client.changeSubscription(business))
    expect(await chargedTo(world, organization)).toHaveLength(2)
    // For a moment nobody can know that it is over.
    await expect(organization.client.changeSubscription(businessYear)).rejects.toMatchObject(superseded)
    await claimsAreOver(organization)
    const { at, dueNow } = await organization.client.previewChange(businessYear)
    const after = await organization.client.changeSubscription({ ...businessYear, confirmed: { at, dueNow } })
    expect(after).toMatchObject({ planId: 'business', interval: 'year' })
    expect((await chargedTo(world, organization))[0]).toBe(dueNow.amount)
  })

  it('when the process was killed between the change and the plan that it takes back', async () => {
    const organization = await begin(world, { ...business, seats: 2 })
    await organization.client.changeSubscription(pro)
    await killedAfter(changing, () => organization.client.changeSubscription({ ...business, seats: 3 }))
    const after = await organization.client.changeSubscription({ ...business, seats: 3 })
    expect(after).toMatchObject({ seats: 3, scheduledChange: null })
    expect(await chargedTo(world, organization)).toHaveLength(2)
  })

  it('of two different ones at the same moment, and whoever came too late is told', async () => {
    for (let round = 0; round < 4; round += 1) {
      const organization = await begin(world, { ...pro, seats: 2 })
      const choices = [business, proYear, businessYear]
      const answers = await Promise.allSettled(choices.map((choice) => organization.client.changeSubscription(choice)))
      const done = answers.filter(({ status }) => status === 'fulfilled').length
      for (const answer of answers) {
        if (answer.status === 'rejected') expect(answer.reason).toMatchObject(superseded)
      }
      expect(done).toBe(1)
      const chosen = choices[answers.findIndex(({ status }) => status === 'fulfilled')]
      expect(await organization.client.getSubscription()).toMatchObject({ ...chosen })
      expect(await invoicesOf(world, organization)).toHaveLength(2)
    }
  })
})

describe('a card that does not pay', () => {
  it('changes nothing, and another one does', async () => {
    const organization = await begin(world, { ...business, seats: 2 })
    await organization.client.changeSubscription(pro)
    const before = await organization.client.getSubscription()
    await useCard(world, organization, 'pm_card_chargeCustomerFail')
    const preview = await organization.client.previewChange({ ...business, seats: 9 })
    const choice = { ...business, seats: 9, ...confirming(preview) }
    const refused = organization.client.changeSubscription(choice, { idempotencyKey: 'with-the-bad-card' })
    await expect(refused).rejects.toMatchObject(failed)
    await expect(refused).rejects.toThrow(/declined.*Nothing was changed.*another card/)
    expect(await organization.client.getSubscription()).toEqual(before)
    expect(before.scheduledChange).toMatchObject({ planId: 'pro' })
    expect(await itemsAt(world, organization)).toEqual(['business_month × 2', 'business_tasks_month'])

    await useCard(world, organization, 'pm_card_visa')
    const again = organization.client.changeSubscription(choice, { idempotencyKey: 'with-the-bad-card' })
    await expect(again).rejects.toMatchObject(failed)
    expect(await organization.client.changeSubscription(choice)).toMatchObject({ seats: 9, scheduledChange: null })
    expect((await chargedTo(world, organization))[0]).toBe(preview.dueNow.amount)
  })

  it('because its holder is asked for, or because there is none, says so', async () => {
    const asked = await begin(world, pro)
    await useCard(world, asked, 'pm_card_authenticationRequired')
    await expect(asked.client.changeSubscription(business)).rejects.toThrow(/confirmed by the holder of the card/)
    const bare = await begin(world, pro)
    const { data } = await world.stripe.customers.listPaymentMethods(bare.customerId)
    for (const { id } of data) await world.stripe.paymentMethods.detach(id)
    await expect(bare.client.changeSubscription(business)).rejects.toMatchObject(failed)
    for (const one of [asked, bare]) expect(await itemsAt(world, one)).toEqual(['pro_month × 1'])
  })
})

describe('what was shown', () => {
  it('is charged or nothing: another amount is refused', async () => {
    const organization = await begin(world, { ...pro, seats: 2 })
    const preview = await organization.client.previewChange(business)
    await world.stripe.customers.update(organization.customerId, { balance: -100 })
    const choice = { ...business, ...confirming(preview) }
    const changed = { code: 'conflict', reason: 'billing.amount_changed' }
    await expect(organization.client.changeSubscription(choice)).rejects.toMatchObject(changed)
    const yen = { ...choice, confirmed: { at: preview.at, dueNow: { ...preview.dueNow, currency: 'jpy' } } }
    await expect(organization.client.changeSubscription(yen)).rejects.toMatchObject(changed)
    expect(await chargedTo(world, organization)).toEqual([2400])
    const again = await organization.client.previewChange(business)
    expect(again.dueNow.amount).toBe(preview.dueNow.amount - 100)
    expect(again.lines.at(-1)).toMatchObject({ description: 'Credit that you had', amount: { amount: -100 } })
    await organization.client.changeSubscription({ ...business, ...confirming(again) })
    expect((await chargedTo(world, organization))[0]).toBe(again.dueNow.amount)
  })

  it('is good for an hour, and none of the future is', async () => {
    const organization = await begin(world, pro)
    const { at, dueNow } = await organization.client.previewChange(business)
    const later = new Date(Date.parse(at) + 20 * 86_400_000).toISOString()
    const expired = { code: 'conflict', reason: 'billing.preview_expired' }
    await expect(
      organization.client.changeSubscription({ ...business, confirmed: { at: later, dueNow } }),
    ).rejects.toMatchObject(expired)
    await setClock(world, organization, new Date(Date.parse(at) + 3_700_000))
    await expect(
      organization.client.changeSubscription({ ...business, confirmed: { at, dueNow } }),
    ).rejects.toMatchObject(expired)
    expect(await chargedTo(world, organization)).toHaveLength(1)
  })
})

describe('refused is a change', () => {
  it('of what is not subscribed to', async () => {
    const { client } = newOrganization(world)
    const reason = { code: 'conflict', reason: 'billing.not_subscribed' }
    await expect(client.previewChange(pro)).rejects.toMatchObject(reason)
    await expect(client.changeSubscription(pro)).rejects.toMatchObject(reason)
    const organization = await begin(world, pro)
    await world.stripe.subscriptions.cancel(organization.subscriptionId)
    await expect(organization.client.changeSubscription(business)).rejects.toMatchObject(reason)
  })

  it('to what there is already', async () => {
    const organization = await begin(world, { ...pro, seats: 3 })
    for (const choice of [pro, { ...pro, seats: 3 }]) {
      await expect(organization.client.changeSubscription(choice)).rejects.toMatchObject({
        reason: 'billing.same_plan',
      })
    }
  })

  it('while an invoice is not paid', async () => {
    const organization = await begin(world, pro)
    await unpaid(organization)
    const due = { code: 'conflict', reason: 'billing.payment_due' }
    await expect(organization.client.previewChange(business)).rejects.toMatchObject(due)
    await expect(organization.client.changeSubscription(business)).rejects.toMatchObject(due)
  })
})

describe('while Stripe', () => {
  it.each([
    ['is down', 'cut'],
    ['fails', 500],
    ['is busy', 429],
    ['does not let us in', 401],
  ] as const)('%s, everything is unavailable and can be repeated', async (_, verdict) => {
    const organization = await begin(world, pro)
    const { client } = organization
    world.gate.judge = () => verdict
    for (const call of [
      () => client.previewChange(business),
      () => client.changeSubscription(business),
      () => client.cancelSubscription({}),
      () => client.resumeSubscription({}),
      () => client.getNextInvoice({}),
    ]) {
      await expect(call()).rejects.toMatchObject(unavailable)
    }
    expect(await client.getSubscription()).toMatchObject({ planId: 'pro' })
    world.gate.clear()
    expect(await client.changeSubscription(business)).toMatchObject({ planId: 'business' })
    expect(await chargedTo(world, organization)).toHaveLength(2)
  })

  it('does not answer at all, it is given up within the deadline', async () => {
    const { client } = await begin(world, pro)
    world.gate.judge = (request) => (changing(request) ? 'hang' : 'pass')
    const started = performance.now()
    await expect(client.changeSubscription(business)).rejects.toMatchObject({ code: 'unavailable' })
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})

function confirming({ at, dueNow }: Awaited<ReturnType<Standing['client']['previewChange']>>) {
  return { confirmed: { at, dueNow } }
}

/** Stripe does what is asked for, and nothing comes back after that: so it is when the process is killed. */
async function killedAfter(step: (request: string) => boolean, act: () => Promise<unknown>): Promise<void> {
  let isOver = false
  world.gate.judge = (request) => {
    if (isOver) return 'cut'
    isOver = step(request)
    return 'pass'
  }
  const lost = await act().catch((error: unknown) => error)
  expect(lost).toMatchObject(unavailable)
  expect((lost as Error).message).not.toMatch(/Nothing was charged/)
  expect(isOver).toBe(true)
  world.gate.clear()
}

async function claimsAreOver({ id }: Standing): Promise<void> {
  const { db } = contextOf(world)
  await db
    .update(change)
    .set({ claimedUntil: sql`now()` })
    .where(eq(change.organizationId, id))
}

/** Lets the invoice of more seats go unpaid. */
async function unpaid(organization: Standing): Promise<void> {
  await useCard(world, organization, 'pm_card_chargeCustomerFail')
  const { items } = await world.stripe.subscriptions.retrieve(organization.subscriptionId)
  await world.stripe.subscriptions.update(organization.subscriptionId, {
    items: [{ id: items.data[0]?.id ?? '', quantity: 5 }],
    proration_behavior: 'always_invoice',
  })
}
