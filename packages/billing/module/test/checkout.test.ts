import { isAppError } from '@lightpress/protocol'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { syncCatalogue } from '../src/stripe/catalogue.ts'
import { createWorld, newOrganization, pay, subscribe, untilActive, untilQuiet, type World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await createWorld()
})
afterEach(() => {
  world.gate.clear()
  world.post.holding = false
})
afterAll(() => world.close())

const pro = { planId: 'pro', interval: 'month', seats: 2 } as const
const business = { planId: 'business', interval: 'year', seats: 1 } as const
const unavailable = { code: 'unavailable', reason: 'billing.provider_unavailable' }
const alreadySubscribed = { code: 'conflict', reason: 'billing.already_subscribed' }

describe('one attempt', () => {
  it('is one session and one customer, however often the button is pressed', async () => {
    const organization = newOrganization(world)
    const answers = await Promise.all(Array.from({ length: 8 }, () => organization.client.startCheckout(pro)))
    expect(new Set(answers.map(({ url }) => url)).size).toBe(1)
    expect(await sessionsOf(organization.id)).toHaveLength(1)
    expect(await customersOf(organization.id)).toHaveLength(1)
    expect((await organization.client.startCheckout(pro)).url).toBe(answers[0]?.url)
  })

  it('has one answer for one Idempotency-Key, even when it was paid meanwhile', async () => {
    const organization = newOrganization(world)
    const key = { idempotencyKey: 'pressed-once' }
    const { url } = await organization.client.startCheckout(pro, key)
    expect(await organization.client.startCheckout(pro, key)).toEqual({ url })
    await pay(url)
    await untilActive(organization)
    expect(await organization.client.startCheckout(pro, key)).toEqual({ url })
    await expect(organization.client.startCheckout(business, key)).rejects.toMatchObject({
      code: 'conflict',
      reason: 'request.idempotency_key_reused',
    })
  })

  it('is still one session when Stripe did it and its answer was lost', async () => {
    const organization = newOrganization(world)
    world.gate.judge = (request) => (request === 'POST /v1/checkout/sessions' ? 'lose' : 'pass')
    await expect(organization.client.startCheckout(pro)).rejects.toMatchObject(unavailable)
    world.gate.clear()
    const { url } = await organization.client.startCheckout(pro)
    expect(await sessionsOf(organization.id)).toMatchObject([{ url }])
  })

  it('is over when its session is: the next one is another', async () => {
    const organization = newOrganization(world)
    const { url } = await organization.client.startCheckout(pro)
    const [session] = await sessionsOf(organization.id)
    world.post.holding = true
    await world.stripe.checkout.sessions.expire(session?.id ?? '')
    expect((await organization.client.startCheckout(pro)).url).not.toBe(url)
  })
})

describe('nobody pays twice', () => {
  it('because who is subscribed is refused', async () => {
    const organization = newOrganization(world)
    await subscribe(organization)
    await untilActive(organization)
    await expect(organization.client.startCheckout(business)).rejects.toMatchObject(alreadySubscribed)
  })

  it('but whoever is not any more begins again, also when the webhooks are late', async () => {
    const organization = newOrganization(world)
    await subscribe(organization)
    await untilActive(organization)
    await untilQuiet(world)
    world.post.holding = true
    const [customer] = await customersOf(organization.id)
    const { data } = await world.stripe.subscriptions.list({ customer: customer?.id as string })
    await world.stripe.subscriptions.cancel(data[0]?.id as string)
    expect(await organization.client.getSubscription()).toMatchObject({ planId: 'pro', status: 'active' })
    const { url } = await organization.client.startCheckout(business)
    expect((await pay(url)).status).toBe(303)
  })

  it('because Stripe is asked, when the webhooks are late; and with its answer the subscription is known', async () => {
    const organization = newOrganization(world)
    world.post.holding = true
    await subscribe(organization)
    expect(await organization.client.getSubscription()).toMatchObject({ planId: 'free' })
    await expect(organization.client.startCheckout(business)).rejects.toMatchObject(alreadySubscribed)
    await untilActive(organization)
  })

  it('because another choice closes the page of the first', async () => {
    const organization = newOrganization(world)
    const first = await organization.client.startCheckout(pro)
    const second = await organization.client.startCheckout(business)
    expect((await pay(first.url)).status).not.toBe(303)
    expect((await pay(second.url)).status).toBe(303)
    await untilQuiet(world)
    expect(await organization.client.getSubscription()).toMatchObject({ planId: 'business', interval: 'year' })
  })

  it('because of two choices at the same moment one page at most stays open', async () => {
    const organization = newOrganization(world)
    await organization.client.startCheckout({ ...pro, seats: 9 })
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.allSettled([
        organization.client.startCheckout({ ...pro, seats: 10 + round }),
        organization.client.startCheckout({ ...business, seats: 10 + round }),
      ])
      for (const answer of answers) {
        if (answer.status === 'rejected')
          expect(answer.reason).toMatchObject({ code: 'conflict', reason: 'billing.checkout_superseded' })
      }
      const open = (await sessionsOf(organization.id)).filter(({ status }) => status === 'open')
      expect(open).toHaveLength(1)
    }
  })
})

describe('while Stripe', () => {
  it.each([
    ['is down', 'cut'],
    ['fails', 500],
    ['is busy', 429],
    ['does not let us in', 401],
  ] as const)('%s, a checkout is unavailable and can be repeated; the rest works', async (_, verdict) => {
    const organization = newOrganization(world)
    world.gate.judge = () => verdict
    await expect(organization.client.startCheckout(pro)).rejects.toMatchObject(unavailable)
    expect(await organization.client.getSubscription()).toMatchObject({ planId: 'free' })
    expect((await organization.client.listPlans()).items).toHaveLength(3)
    world.gate.clear()
    await organization.client.startCheckout(pro)
    expect(await customersOf(organization.id)).toHaveLength(1)
    expect(await sessionsOf(organization.id)).toHaveLength(1)
  })

  it('does not answer at all, a checkout is given up within its deadline', async () => {
    const organization = newOrganization(world)
    world.gate.judge = () => 'hang'
    const started = performance.now()
    const error = await organization.client.startCheckout(pro).catch((reason: unknown) => reason)
    expect(isAppError(error) && error.code).toBe('unavailable')
    expect(performance.now() - started).toBeLessThan(11_000)
  })

  it('fails halfway, a repetition goes on where it stopped', async () => {
    const organization = newOrganization(world)
    for (const step of ['/v1/customers', '/v1/prices', '/v1/subscriptions', '/v1/checkout/sessions']) {
      world.gate.judge = (request) => (request.endsWith(step) ? 'cut' : 'pass')
      await expect(organization.client.startCheckout(pro)).rejects.toMatchObject(unavailable)
    }
    world.gate.clear()
    await organization.client.startCheckout(pro)
    expect(await customersOf(organization.id)).toHaveLength(1)
    expect(await sessionsOf(organization.id)).toHaveLength(1)
  })
})

describe('the catalogue at Stripe', () => {
  it('is mended by whoever wants to pay: nobody is charged another amount than the catalogue says', async () => {
    await syncCatalogue(world.app.contextFor('billing') as never)
    await world.stripe.prices.create({
      product: 'lightpress_pro',
      currency: 'usd',
      unit_amount: 99_900,
      recurring: { interval: 'month' },
      lookup_key: 'pro_month',
      transfer_lookup_key: true,
    })
    const organization = newOrganization(world)
    await organization.client.startCheckout(pro)
    expect(await sessionsOf(organization.id)).toMatchObject([{ amount_total: 2400, currency: 'usd' }])
  })
})

describe('what Stripe has lost', () => {
  it('is made again: a customer deleted by hand', async () => {
    const organization = newOrganization(world)
    await organization.client.startCheckout(pro)
    const [customer] = await customersOf(organization.id)
    await world.stripe.customers.del(customer?.id ?? '')
    await organization.client.startCheckout(business)
    const [again] = await customersOf(organization.id)
    expect(again?.id).not.toBe(customer?.id)
    await expect(organization.client.openPortal()).resolves.toMatchObject({ url: expect.any(String) as string })
  })

  it('is made again: everything, when the stand-in was reset in the middle of a checkout', async () => {
    const organization = newOrganization(world)
    await organization.client.startCheckout(pro)
    await world.emulator.reset()
    await subscribe(organization)
    expect(await untilActive(organization)).toMatchObject({ seats: 3 })
  })
})

it('the free plan is not for sale', async () => {
  const { client } = newOrganization(world)
  const refused = client.startCheckout({ planId: 'free' as never, interval: 'month' })
  await expect(refused).rejects.toMatchObject({ code: 'invalid', errors: [{ path: 'planId' }] })
})

async function sessionsOf(organizationId: string) {
  const { data } = await world.stripe.checkout.sessions.list({ limit: 100 })
  return data.filter(({ client_reference_id: whose }) => whose === organizationId)
}

async function customersOf(organizationId: string) {
  const { data } = await world.stripe.customers.list({ limit: 100 })
  return data.filter(({ metadata }) => metadata.organizationId === organizationId)
}
