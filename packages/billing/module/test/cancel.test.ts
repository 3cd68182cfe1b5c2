import { createControl } from '@lightpress/stripe-emulator'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { begin, invoicesOf, itemsAt, useCard, type Standing } from './support/standing.ts'
import { createWorld, newOrganization, untilQuiet, type World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await createWorld()
})
afterEach(() => world.gate.clear())
afterAll(() => world.close())

const pro = { planId: 'pro', interval: 'month' } as const
const business = { planId: 'business', interval: 'month' } as const
const unavailable = { code: 'unavailable', reason: 'billing.provider_unavailable' }
const superseded = { code: 'conflict', reason: 'billing.change_superseded' }
const notSubscribed = { code: 'conflict', reason: 'billing.not_subscribed' }

describe('who cancels', () => {
  it('keeps the plan until the period that is paid for ends, and pays nothing after it', async () => {
    const organization = await begin(world, pro)
    const { client } = organization
    expect(await client.cancelSubscription({})).toMatchObject({ planId: 'pro', cancelAtPeriodEnd: true })
    expect(await client.cancelSubscription({})).toMatchObject({ planId: 'pro', cancelAtPeriodEnd: true })
    expect(await client.getNextInvoice({})).toEqual({ invoice: null })
    await pass(32)
    expect(await client.getSubscription()).toMatchObject({ planId: 'free', status: 'canceled' })
    expect(await invoicesOf(world, organization)).toHaveLength(1)
  })

  it('ends a trial with the trial', async () => {
    const { client } = await begin(world, { ...pro, trialDays: 14 })
    expect(await client.cancelSubscription({})).toMatchObject({ status: 'trialing', cancelAtPeriodEnd: true })
  })

  it('gives up what was planned instead', async () => {
    const organization = await begin(world, business)
    await organization.client.changeSubscription(pro)
    const after = await organization.client.cancelSubscription({})
    expect(after).toMatchObject({ planId: 'business', cancelAtPeriodEnd: true, scheduledChange: null })
    await pass(32)
    expect(await organization.client.getSubscription()).toMatchObject({ planId: 'free', status: 'canceled' })
  })

  it('ends what is not paid at once, and may say so twice', async () => {
    const organization = await begin(world, pro)
    await unpaid(organization)
    expect(await organization.client.cancelSubscription({})).toMatchObject({ planId: 'free', status: 'canceled' })
    expect(await organization.client.cancelSubscription({})).toMatchObject({ planId: 'free', status: 'canceled' })
    const { status } = await world.stripe.subscriptions.retrieve(organization.subscriptionId)
    expect(status).toBe('canceled')
    // Nothing is paid back.
    expect((await invoicesOf(world, organization)).map(({ total }) => total).filter((total) => total < 0)).toEqual([])
  })

  it('has to have something to cancel', async () => {
    await expect(newOrganization(world).client.cancelSubscription({})).rejects.toMatchObject(notSubscribed)
  })

  it('may ask again when the answer was lost', async () => {
    const { client } = await begin(world, pro)
    world.gate.judge = (request) => (request.startsWith('POST /v1/subscriptions/') ? 'lose' : 'pass')
    await expect(client.cancelSubscription({})).rejects.toMatchObject(unavailable)
    world.gate.clear()
    expect(await client.cancelSubscription({})).toMatchObject({ cancelAtPeriodEnd: true })
  })
})

describe('who resumes', () => {
  it('takes the cancellation back, as often as it is said', async () => {
    const organization = await begin(world, pro)
    await organization.client.cancelSubscription({})
    expect(await organization.client.resumeSubscription({})).toMatchObject({ planId: 'pro', cancelAtPeriodEnd: false })
    await pass(32)
    expect(await organization.client.getSubscription()).toMatchObject({ planId: 'pro', status: 'active' })
  })

  it('takes back the date that the portal wrote', async () => {
    const { client, subscriptionId } = await begin(world, pro)
    await world.stripe.subscriptions.update(subscriptionId, { cancel_at: 'min_period_end' })
    await untilQuiet(world)
    expect(await client.getSubscription()).toMatchObject({ cancelAtPeriodEnd: true })
    expect(await client.resumeSubscription({})).toMatchObject({ cancelAtPeriodEnd: false })
    const { cancel_at: at } = await world.stripe.subscriptions.retrieve(subscriptionId)
    expect(at).toBeNull()
  })

  it('takes back another plan, and goes on with the one there is', async () => {
    const organization = await begin(world, business)
    await organization.client.changeSubscription(pro)
    expect(await organization.client.resumeSubscription({})).toMatchObject({ scheduledChange: null })
    await pass(32)
    expect(await itemsAt(world, organization)).toEqual(['business_month × 1', 'business_tasks_month'])
  })

  it('may ask again when the answer was lost', async () => {
    const { client, subscriptionId } = await begin(world, business)
    await client.changeSubscription(pro)
    await untilQuiet(world)
    world.post.holding = true
    world.gate.judge = (request) => (request.endsWith('/release') ? 'lose' : 'pass')
    await expect(client.resumeSubscription({})).rejects.toMatchObject(unavailable)
    world.gate.clear()
    expect((await world.stripe.subscriptions.retrieve(subscriptionId)).schedule).toBeNull()
    expect(await client.resumeSubscription({})).toMatchObject({ scheduledChange: null })
    world.post.holding = false
  })

  it('is told where there is nothing to take back', async () => {
    const { client } = await begin(world, pro)
    const nothing = { code: 'conflict', reason: 'billing.nothing_to_resume' }
    await expect(client.resumeSubscription({})).rejects.toMatchObject(nothing)
    await expect(newOrganization(world).client.resumeSubscription({})).rejects.toMatchObject(notSubscribed)
  })
})

describe('beside a change that begins a moment later', () => {
  const ending = (request: string) => request.startsWith('POST /v1/subscriptions/sub_')

  it('who cancels is refused by Stripe, looks again, and gives the change up', async () => {
    const organization = await begin(world, business)
    const { client } = organization
    once(ending, () => client.changeSubscription(pro))
    const after = await client.cancelSubscription({})
    expect(after).toMatchObject({ planId: 'business', cancelAtPeriodEnd: true, scheduledChange: null })
    expect(await atStripe(organization)).toMatchObject({ schedule: null, cancel_at_period_end: true })
  })

  it('who resumes takes the change back, too', async () => {
    const organization = await begin(world, business)
    const { client, subscriptionId } = organization
    await client.cancelSubscription({})
    // By hand, as one of ours would first have it go on.
    once(ending, () => world.stripe.subscriptionSchedules.create({ from_subscription: subscriptionId }))
    expect(await client.resumeSubscription({})).toMatchObject({ cancelAtPeriodEnd: false, scheduledChange: null })
    expect(await atStripe(organization)).toMatchObject({ schedule: null, cancel_at: null, cancel_at_period_end: false })
  })

  it('who is overtaken again and again is told so', async () => {
    const { client, subscriptionId } = await begin(world, business)
    const { subscriptionSchedules: schedules } = world.stripe
    world.gate.judge = async (request) => {
      if (ending(request)) await schedules.create({ from_subscription: subscriptionId })
      return 'pass' as const
    }
    await expect(client.cancelSubscription({})).rejects.toMatchObject(superseded)
  })

  it('whose change finds its schedule released is told so, and it is cancelled', async () => {
    const organization = await begin(world, business)
    const { client } = organization
    // Nobody else reads it meanwhile.
    await untilQuiet(world)
    const [scheduled, cancelled] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let change: Promise<unknown> | undefined
    world.gate.judge = async (request) => {
      if (request === 'GET /v1/subscriptions' && !change) {
        // Nothing was begun when it was decided to cancel.
        change = client.changeSubscription(pro).catch((error: unknown) => error)
        await scheduled.promise
      } else if (request.startsWith('POST /v1/subscription_schedules/') && !request.endsWith('/release')) {
        scheduled.resolve()
        await cancelled.promise
      }
      return 'pass' as const
    }
    expect(await client.cancelSubscription({})).toMatchObject({ cancelAtPeriodEnd: true, scheduledChange: null })
    cancelled.resolve()
    expect(await change).toMatchObject(superseded)
    expect(await atStripe(organization)).toMatchObject({ schedule: null, cancel_at_period_end: true })
  })

  it('what Stripe refuses for another reason is no matter of anybody else', async () => {
    const { client } = await begin(world, pro)
    world.gate.judge = (request) => (ending(request) ? 400 : 'pass')
    await expect(client.cancelSubscription({})).rejects.not.toMatchObject(superseded)
    expect(world.gate.requests.filter(ending)).toHaveLength(1)
  })
})

/** Does it before the first such request gets to Stripe. */
function once(which: (request: string) => boolean, act: () => Promise<unknown>): void {
  let done = false
  world.gate.judge = async (request) => {
    if (done || !which(request)) return 'pass' as const
    done = true
    await act()
    return 'pass' as const
  }
}

function atStripe({ subscriptionId }: Standing) {
  return world.stripe.subscriptions.retrieve(subscriptionId)
}

/** Days pass at Stripe, and whatever it tells of them arrives. */
async function pass(days: number): Promise<void> {
  await createControl(world.gate.url).clock.moveBy(days * 86_400, { settle: true })
  await untilQuiet(world)
}

/** Lets the invoice of more seats go unpaid. */
async function unpaid(organization: Standing): Promise<void> {
  await useCard(world, organization, 'pm_card_chargeCustomerFail')
  const { items } = await world.stripe.subscriptions.retrieve(organization.subscriptionId)
  await world.stripe.subscriptions.update(organization.subscriptionId, {
    items: [{ id: items.data[0]?.id ?? '', quantity: 5 }],
    proration_behavior: 'always_invoice',
  })
  expect((await world.stripe.subscriptions.retrieve(organization.subscriptionId)).status).toBe('past_due')
}
