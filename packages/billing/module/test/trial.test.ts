import type Stripe from 'stripe'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { plans, trialDaysOf } from '../src/plans.ts'
import {
  createWorld,
  newOrganization,
  pay,
  subscribe,
  untilQuiet,
  type Organization,
  type World,
} from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await createWorld()
})
afterEach(() => world.gate.clear())
afterAll(() => world.close())

const pro = { planId: 'pro', interval: 'month' } as const
const trial = { ...pro, trial: true }
const trialUsed = { code: 'conflict', reason: 'billing.trial_used' }
const codeInvalid = { code: 'conflict', reason: 'billing.promotion_code_invalid' }
const DAY = 86_400_000

describe('a plan that is tried', () => {
  it('needs no card, charges nothing, and ends after two weeks unless there is one by then', async () => {
    const organization = newOrganization(world)
    const { url } = await organization.client.startCheckout({ ...trial, seats: 2 })
    const answer = await start(url)
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toMatch(/\/billing\/return\?session_id=cs_test_\w+$/)
    await untilQuiet(world)
    const { status, trialEndsAt, ...rest } = await organization.client.getSubscription()
    expect({ status, ...rest }).toMatchObject({ status: 'trialing', planId: 'pro', entitledPlanId: 'pro', seats: 2 })
    const days = (new Date(trialEndsAt ?? 0).getTime() - Date.now()) / DAY
    expect(days).toBeGreaterThan(13.9)
    expect(days).toBeLessThanOrEqual(14)
    expect(await subscriptionOf(organization)).toMatchObject({
      default_payment_method: null,
      trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
    })
  })

  it('is tried with what is charged as it is used, too', async () => {
    const organization = newOrganization(world)
    const { url } = await organization.client.startCheckout({ ...trial, planId: 'business' })
    expect((await start(url)).status).toBe(303)
    await untilQuiet(world)
    expect(await organization.client.getSubscription()).toMatchObject({ status: 'trialing', planId: 'business' })
    expect((await subscriptionOf(organization)).items.data).toHaveLength(2)
  })

  it('is another page than the same plan paid at once', async () => {
    const organization = newOrganization(world)
    const tried = await organization.client.startCheckout(trial)
    const paid = await organization.client.startCheckout(pro)
    expect(paid.url).not.toBe(tried.url)
    expect((await start(tried.url)).status).not.toBe(303)
    expect((await pay(paid.url)).status).toBe(303)
    await untilQuiet(world)
    expect(await organization.client.getSubscription()).toMatchObject({ status: 'active' })
  })

  it('is one page, one subscription and one answer, however often it is asked for', async () => {
    const organization = newOrganization(world)
    const key = { idempotencyKey: 'tried-once' }
    const answers = await Promise.all(Array.from({ length: 4 }, () => organization.client.startCheckout(trial)))
    expect(new Set(answers.map(({ url }) => url)).size).toBe(1)
    const { url } = await organization.client.startCheckout(trial, key)
    expect(url).toBe(answers[0]?.url)
    await start(url)
    await untilQuiet(world)
    expect(await organization.client.startCheckout(trial, key)).toEqual({ url })
  })

  it.each(['known here', 'known to Stripe alone'])('is tried once: not again after it has ended, %s', async (where) => {
    const organization = newOrganization(world)
    const { url } = await organization.client.startCheckout(trial)
    world.post.holding = where === 'known to Stripe alone'
    await start(url)
    await world.stripe.subscriptions.cancel((await subscriptionOf(organization)).id)
    if (!world.post.holding) await untilQuiet(world)
    await expect(organization.client.startCheckout(trial)).rejects.toMatchObject(trialUsed)
    await expect(organization.client.startCheckout({ ...trial, planId: 'business' })).rejects.toMatchObject(trialUsed)
    world.post.holding = false
    const paid = await organization.client.startCheckout(pro)
    expect((await pay(paid.url)).status).toBe(303)
  })

  it('is not for who paid before', async () => {
    const organization = newOrganization(world)
    await subscribe(organization)
    await world.stripe.subscriptions.cancel((await subscriptionOf(organization)).id)
    await untilQuiet(world)
    await expect(organization.client.startCheckout(trial)).rejects.toMatchObject(trialUsed)
  })

  it('is for who never got to pay: a subscription that expired before it began is none', async () => {
    const organization = newOrganization(world)
    await organization.client.startCheckout(pro)
    const { id } = await beginUnpaid(organization)
    await untilQuiet(world)
    expect(await organization.client.getSubscription()).toMatchObject({ planId: 'pro', status: 'incomplete' })
    expect(await world.stripe.subscriptions.cancel(id)).toMatchObject({ status: 'incomplete_expired' })
    await untilQuiet(world)
    expect(await organization.client.getSubscription()).toMatchObject({ planId: 'free', status: 'active' })
    const { url } = await organization.client.startCheckout(trial)
    expect((await start(url)).status).toBe(303)
  })

  it('is one that can be: the free plan is not', () => {
    expect(trialDaysOf('free')).toBeNull()
    for (const { id, trialDays } of plans) expect(trialDaysOf(id)).toBe(trialDays)
  })
})

describe('a promotion code', () => {
  it('reduces what the page asks for, in any case and with spaces around it', async () => {
    await makeCode('SPRING25', { percent_off: 25, duration: 'repeating', duration_in_months: 3 })
    const organization = newOrganization(world)
    const { url } = await organization.client.startCheckout({ ...pro, seats: 2, promotionCode: ' spring25 ' })
    expect(await (await fetch(url)).text()).toContain('$18.00')
    expect((await pay(url)).status).toBe(303)
    await untilQuiet(world)
    const { discount } = await organization.client.getSubscription()
    expect(discount).toMatchObject({ percentOff: 25, amountOff: null })
    expect((await organization.client.listInvoices()).items).toMatchObject([{ total: { amount: 1800 } }])
  })

  it('can be typed on the page by who has not given one', async () => {
    const organization = newOrganization(world)
    await organization.client.startCheckout(pro)
    expect(await sessionOf(organization)).toMatchObject({ allow_promotion_codes: true })
    await makeCode('OTHER10', { percent_off: 10, duration: 'once' })
    await organization.client.startCheckout({ ...pro, promotionCode: 'OTHER10' })
    expect(await sessionOf(organization)).toMatchObject({ status: 'open', amount_total: 1080 })
  })

  it('goes with a trial', async () => {
    await makeCode('TRY20', { percent_off: 20, duration: 'forever' })
    const organization = newOrganization(world)
    const { url } = await organization.client.startCheckout({ ...trial, promotionCode: 'TRY20' })
    expect((await start(url)).status).toBe(303)
    await untilQuiet(world)
    expect(await organization.client.getSubscription()).toMatchObject({
      status: 'trialing',
      discount: { percentOff: 20 },
    })
  })

  it.each([
    'there is none',
    'it was switched off',
    'it is used up',
    'it is for another customer',
    'it is for the first payment',
    'it is for more',
  ])('is refused when %s', async (why) => {
    const organization = newOrganization(world)
    const promotionCode = await uselessCode(why, organization)
    const refused = organization.client.startCheckout({ ...pro, promotionCode })
    await expect(refused).rejects.toMatchObject(codeInvalid)
    // Without it everything goes on.
    const { url } = await organization.client.startCheckout(pro)
    expect((await pay(url)).status).toBe(303)
  })

  it('that was used up by this payment has the answer that it had, for the same Idempotency-Key', async () => {
    await makeCode('ONLYONE', { percent_off: 50, duration: 'once' }, { max_redemptions: 1 })
    const organization = newOrganization(world)
    const [choice, key] = [{ ...pro, promotionCode: 'ONLYONE' }, { idempotencyKey: 'with-the-only-one' }]
    const { url } = await organization.client.startCheckout(choice, key)
    expect((await pay(url)).status).toBe(303)
    await untilQuiet(world)
    expect(await organization.client.startCheckout(choice, key)).toEqual({ url })
  })
})

/** Presses the button without a card. */
function start(url: string): Promise<Response> {
  const form = new URLSearchParams({ email: 'ada@example.com', name: 'Ada Lovelace' })
  return fetch(url, { method: 'POST', body: form, redirect: 'manual' })
}

async function makeCode(
  code: string,
  coupon: Stripe.CouponCreateParams,
  limits: Omit<Stripe.PromotionCodeCreateParams, 'promotion' | 'code'> = {},
) {
  const { id } = await world.stripe.coupons.create(coupon)
  return world.stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: id }, code, ...limits })
}

async function uselessCode(why: string, organization: Organization): Promise<string> {
  const code = `CODE-${organization.id}`
  const once = { percent_off: 10, duration: 'once' } as const
  switch (why) {
    case 'it was switched off': {
      const { id } = await makeCode(code, once)
      await world.stripe.promotionCodes.update(id, { active: false })
      return code
    }
    case 'it is used up': {
      await makeCode(code, once, { max_redemptions: 1 })
      const { client } = newOrganization(world)
      await pay((await client.startCheckout({ ...pro, promotionCode: code })).url)
      return code
    }
    case 'it is for another customer': {
      const { id: customer } = await world.stripe.customers.create({})
      await makeCode(code, once, { customer })
      return code
    }
    case 'it is for the first payment': {
      await subscribe(organization)
      await world.stripe.subscriptions.cancel((await subscriptionOf(organization)).id)
      await untilQuiet(world)
      await makeCode(code, once, { restrictions: { first_time_transaction: true } })
      return code
    }
    case 'it is for more': {
      await makeCode(code, once, { restrictions: { minimum_amount: 100_000, minimum_amount_currency: 'usd' } })
      return code
    }
    default:
      return code
  }
}

/** As Stripe has one while its first invoice waits for somebody's bank. */
async function beginUnpaid(organization: Organization): Promise<Stripe.Subscription> {
  const customer = (await sessionOf(organization))?.customer as string
  const { data } = await world.stripe.prices.list({ lookup_keys: ['pro_month'] })
  return world.stripe.subscriptions.create({
    customer,
    items: [{ price: data[0]?.id ?? '' }],
    payment_behavior: 'default_incomplete',
    metadata: { organizationId: organization.id },
  })
}

async function subscriptionOf({ id }: Organization): Promise<Stripe.Subscription> {
  const { data } = await world.stripe.subscriptions.list({ status: 'all', limit: 100 })
  const found = data.find(({ metadata }) => metadata.organizationId === id)
  if (!found) throw new Error(`${id} has no subscription`)
  return found
}

async function sessionOf({ id }: Organization) {
  const { data } = await world.stripe.checkout.sessions.list({ limit: 100 })
  return data.find(({ client_reference_id: whose }) => whose === id)
}
