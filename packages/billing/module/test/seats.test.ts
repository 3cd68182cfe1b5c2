import { membershipChanged } from '@lightpress/users-contract'
import { newId } from '@lightpress/kernel'
import { until } from '@lightpress/testing'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { requestSeats } from '../src/requests.ts'
import { askAgain } from '../src/schedules.ts'
import { customer } from '../src/schema.ts'
import { bringSeats } from '../src/seats.ts'
import { itemsOf } from '../src/stripe/catalogue.ts'
import { prorationOf } from '../src/stripe/seats.ts'
import { contextOf } from './support/standing.ts'
import { createWorld, newOrganization, pay, untilQuiet, type Organization, type World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await createWorld()
})
afterEach(() => {
  world.gate.clear()
  world.post.holding = false
  world.users.away = false
})
afterAll(() => world.close())

const monthly = { planId: 'pro', interval: 'month' } as const
const yearly = { planId: 'business', interval: 'year' } as const
const ctx = () => world.app.contextFor('billing') as never

describe('nobody pays for fewer seats than there are members', () => {
  it('on the payment page', async () => {
    const organization = newOrganization(world)
    world.members.set(organization.id, 4)
    const { url } = await organization.client.startCheckout({ ...monthly, seats: 2 })
    expect(await (await fetch(url)).text()).toContain('$48.00')
    await pay(url)
    expect(await settled(organization)).toMatchObject({ seats: 4, minimumSeats: 2 })
  })

  it('and nobody for fewer than they wanted', async () => {
    const organization = await subscribed({ ...monthly, seats: 5 }, 2)
    expect(await settled(organization)).toMatchObject({ seats: 5, minimumSeats: 5 })
    await become(organization, 6)
    expect(await settled(organization)).toMatchObject({ seats: 6, minimumSeats: 5 })
    await become(organization, 3)
    expect(await settled(organization)).toMatchObject({ seats: 5, minimumSeats: 5 })
  })

  it('when somebody joins after the page was opened: it makes place for another one', async () => {
    const organization = newOrganization(world)
    const first = await organization.client.startCheckout(monthly)
    world.members.set(organization.id, 2)
    const second = await organization.client.startCheckout(monthly)
    expect(second.url).not.toBe(first.url)
    expect((await pay(first.url)).status).not.toBe(303)
    await pay(second.url)
    expect(await settled(organization)).toMatchObject({ seats: 2 })
  })

  it('when somebody joins while the page is paid', async () => {
    const organization = newOrganization(world)
    const { url } = await organization.client.startCheckout(monthly)
    await become(organization, 3)
    await untilQuiet(world)
    await pay(url)
    await until(
      () => organization.client.getSubscription(),
      ({ seats }) => seats === 3,
    )
    expect((await atStripe(organization)).items.data[0]?.quantity).toBe(3)
  })
})

describe('when people come and go', () => {
  it('a month charges and credits the rest of it with the next invoice', async () => {
    const organization = await subscribed(monthly, 2)
    await become(organization, 5)
    expect(await settled(organization)).toMatchObject({ seats: 5 })
    await become(organization, 1)
    expect(await settled(organization)).toMatchObject({ seats: 1 })
    expect(await invoicesOf(organization)).toHaveLength(1)
    expect((await pendingOf(organization)).length).toBeGreaterThan(0)
  })

  it('a year charges more at once, and credits less with the next invoice', async () => {
    const organization = await subscribed(yearly, 1)
    await become(organization, 2)
    expect(await settled(organization)).toMatchObject({ seats: 2 })
    expect(await invoicesOf(organization)).toMatchObject([{ status: 'paid', total: 24_000 }, { total: 24_000 }])
    await become(organization, 1)
    expect(await settled(organization)).toMatchObject({ seats: 1 })
    expect(await invoicesOf(organization)).toHaveLength(2)
    expect((await pendingOf(organization)).reduce((sum, { amount }) => sum + amount, 0)).toBe(-24_000)
  })

  it('what is used stays charged as it is', async () => {
    const organization = await subscribed(yearly, 1)
    await become(organization, 2)
    await settled(organization)
    const [seats, tasks] = (await atStripe(organization)).items.data
    expect(seats).toMatchObject({ quantity: 2 })
    expect(tasks?.price.recurring?.usage_type).toBe('metered')
  })

  it('a trial charges nothing and goes on', async () => {
    const organization = await subscribed({ ...yearly, trial: true }, 1)
    const { trialEndsAt } = await settled(organization)
    await become(organization, 3)
    expect(await settled(organization)).toMatchObject({ status: 'trialing', seats: 3, trialEndsAt })
    expect(await pendingOf(organization)).toEqual([])
    expect(await invoicesOf(organization)).toMatchObject([{ total: 0 }])
  })

  it('a year whose card is declined has the seats all the same, and waits for the money', async () => {
    const organization = await subscribed(yearly, 1)
    const { id, customer } = await atStripe(organization)
    const bad = await world.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer as string })
    await world.stripe.subscriptions.update(id, { default_payment_method: bad.id })
    await become(organization, 2)
    expect(await settled(organization)).toMatchObject({ status: 'past_due', seats: 2 })
    // What comes on top of that is not another invoice to be declined.
    await become(organization, 3)
    expect(await settled(organization)).toMatchObject({ status: 'past_due', seats: 3 })
    expect(await invoicesOf(organization)).toHaveLength(2)
  })

  it('what is planned for the end of the period has them, too', async () => {
    const organization = await subscribed({ planId: 'business', interval: 'month', seats: 3 }, 1)
    const { id } = await atStripe(organization)
    const { id: schedule, phases } = await world.stripe.subscriptionSchedules.create({ from_subscription: id })
    const [running] = phases
    const items = await itemsOf({ planId: 'pro', interval: 'month' }, ctx())
    await world.stripe.subscriptionSchedules.update(schedule, {
      end_behavior: 'release',
      phases: [
        {
          items: running?.items.map(({ price, quantity }) => ({
            price: price as string,
            ...(quantity !== undefined && { quantity }),
          })) as { price: string }[],
          start_date: running?.start_date as number,
          end_date: running?.end_date as number,
        },
        {
          items: items.map(({ priceId }) => ({ price: priceId, quantity: 1 })),
          duration: { interval: 'month', interval_count: 1 },
          metadata: { minimumSeats: '2' },
        },
      ],
    })
    await untilQuiet(world)
    await become(organization, 1)
    await untilQuiet(world)
    expect(await seatsPlanned(schedule)).toEqual([3, 2])
    await become(organization, 7)
    expect(await settled(organization)).toMatchObject({ seats: 7, scheduledChange: { planId: 'pro', seats: 7 } })
    expect(await seatsPlanned(schedule)).toEqual([7, 7])
    expect((await atStripe(organization)).items.data[0]).toMatchObject({ quantity: 7 })
  })
})

describe('what is wrong at Stripe is put right', () => {
  it.each([
    ['fewer', 1],
    ['more', 9],
  ])('where somebody wrote %s seats there', async (_, quantity) => {
    const organization = await subscribed(monthly, 4)
    const { id, items } = await atStripe(organization)
    await world.stripe.subscriptions.update(id, { items: [{ id: items.data[0]?.id ?? '', quantity }] })
    expect(await settled(organization)).toMatchObject({ seats: 4 })
    expect((await atStripe(organization)).items.data[0]?.quantity).toBe(4)
  })

  it('where somebody agreed on a number there, or on none any more', async () => {
    const organization = await subscribed(monthly, 2)
    const { id } = await atStripe(organization)
    await world.stripe.subscriptions.update(id, { metadata: { minimumSeats: '6' } })
    expect(await settled(organization)).toMatchObject({ seats: 6, minimumSeats: 6 })
    await world.stripe.subscriptions.update(id, { metadata: { minimumSeats: '' } })
    expect(await settled(organization)).toMatchObject({ seats: 2, minimumSeats: 1 })
  })

  it('in what is planned', async () => {
    const organization = await subscribed({ planId: 'business', interval: 'month' }, 3)
    await organization.client.changeSubscription(monthly)
    await untilQuiet(world)
    const schedule = (await atStripe(organization)).schedule as string
    const { phases } = await world.stripe.subscriptionSchedules.retrieve(schedule)
    await world.stripe.subscriptionSchedules.update(schedule, {
      phases: phases.map(({ items, start_date, end_date, metadata }, at) => ({
        items: items.map(({ price, quantity }) => ({
          price: price as string,
          ...(quantity !== undefined && { quantity: at === 1 ? 1 : quantity }),
        })),
        ...{ start_date, end_date, metadata: metadata ?? {} },
      })),
    })
    expect(await settled(organization)).toMatchObject({ scheduledChange: { planId: 'pro', seats: 3 } })
    expect(await seatsPlanned(schedule)).toEqual([3, 3])
  })
})

describe('of many at once', () => {
  it('a hundred who join are a handful of updates and end in the right number', async () => {
    const organization = await subscribed(yearly, 1)
    world.gate.clear()
    const joining = Array.from({ length: 100 }, async (_, n) => {
      world.members.set(organization.id, n + 2)
      await say(organization)
    })
    await Promise.all(joining)
    expect(await settled(organization)).toMatchObject({ seats: 101 })
    const updates = world.gate.requests.filter((request) => request.startsWith('POST /v1/subscriptions/'))
    expect(updates.length).toBeLessThanOrEqual(5)
    const paid = (await invoicesOf(organization)).reduce((sum, { total }) => sum + total, 0)
    // A minute of a hundred's year costs less than ten cents.
    expect(Math.abs(paid - 101 * 24_000)).toBeLessThan(10)
  })

  it('two who follow them at the same moment charge once', async () => {
    const organization = await subscribed(yearly, 1)
    world.members.set(organization.id, 2)
    await mark(organization)
    await Promise.all([bringSeats(organization.id, ctx()), bringSeats(organization.id, ctx())])
    expect(await settled(organization)).toMatchObject({ seats: 2 })
    expect(await invoicesOf(organization)).toHaveLength(2)
  })

  it('who comes while Stripe is being told is seen as well', async () => {
    const organization = await subscribed(monthly, 1)
    let joined = false
    world.gate.judge = async (request) => {
      if (!joined && request.startsWith('POST /v1/subscriptions/')) {
        joined = true
        world.members.set(organization.id, 9)
        await say(organization)
      }
      return 'pass' as const
    }
    await become(organization, 2)
    expect(await settled(organization)).toMatchObject({ seats: 9 })
  })
})

describe('while Stripe', () => {
  it('loses an answer, the seats of a year are charged once', async () => {
    const organization = await subscribed(yearly, 1)
    let lost = 0
    world.gate.judge = (request) => {
      const loses = request.startsWith('POST /v1/subscriptions/') && lost < 3
      if (loses) lost += 1
      return loses ? 'lose' : 'pass'
    }
    await become(organization, 3)
    expect(await settled(organization)).toMatchObject({ seats: 3 })
    expect(lost).toBeGreaterThan(0)
    const totals = (await invoicesOf(organization)).map(({ total }) => total)
    expect(totals).toEqual([48_000, 24_000])
    // Back and forth again is another change, and another charge.
    await become(organization, 1)
    await settled(organization)
    await become(organization, 3)
    expect(await settled(organization)).toMatchObject({ seats: 3 })
  })

  it('was away for longer than a job lives, it is asked again', async () => {
    const organization = await subscribed(monthly, 1)
    world.members.set(organization.id, 4)
    // As a job leaves it that was given up.
    await mark(organization, sql`now() - interval '11 minutes'`)
    await askAgain(ctx())
    expect(await settled(organization)).toMatchObject({ seats: 4 })
  })

  it('was away, it is asked again though people went on coming and going', async () => {
    const organization = await subscribed(monthly, 1)
    world.members.set(organization.id, 4)
    // Somebody was sent nine seconds ago and never came, and it was said again each second.
    await mark(organization, sql`clock_timestamp() - interval '9 seconds'`)
    const { withTx } = contextOf(world)
    const deadline = Date.now() + 5_000
    await until(
      async () => {
        await withTx((tx) => requestSeats(tx, eq(customer.organizationId, organization.id)))
        return atStripe(organization)
      },
      ({ items }) => items.data[0]?.quantity === 4 || Date.now() > deadline,
    )
    expect((await atStripe(organization)).items.data[0]?.quantity).toBe(4)
  })

  it('is told nothing when there is nothing to tell', async () => {
    const organization = await subscribed(monthly, 2)
    world.gate.clear()
    await become(organization, 2)
    await untilQuiet(world)
    expect(world.gate.requests.filter((request) => request.startsWith('POST /v1/subscriptions'))).toEqual([])
  })
})

describe('nothing is done', () => {
  it('for an organisation without a subscription', async () => {
    const organization = newOrganization(world)
    await organization.client.startCheckout(monthly)
    await become(organization, 3)
    await untilQuiet(world)
    expect(await organization.client.getSubscription()).toMatchObject({ planId: 'free', seats: 1 })
    expect(await dueOf(organization)).toBeNull()
  })

  it('for one that is being erased; while users cannot be asked it is tried again', async () => {
    const organization = await subscribed(monthly, 2)
    world.users.away = true
    await become(organization, 3)
    world.users.away = false
    expect(await settled(organization)).toMatchObject({ seats: 3 })
    world.closed.add(organization.id)
    await become(organization, 1)
    await until(
      () => dueOf(organization),
      (due) => due === null,
    )
    expect((await atStripe(organization)).items.data[0]?.quantity).toBe(3)
  })

  it('for a subscription that has ended', async () => {
    const organization = await subscribed(monthly, 1)
    await world.stripe.subscriptions.cancel((await atStripe(organization)).id)
    // Before and after we know of it.
    await become(organization, 2)
    await untilQuiet(world)
    await become(organization, 3)
    await untilQuiet(world)
    expect(await dueOf(organization)).toBeNull()
    expect((await atStripe(organization)).items.data[0]?.quantity).toBe(1)
  })
})

describe('the rest of a period', () => {
  it.each([
    ['active', 'month', 1, 2, 'create_prorations'],
    ['active', 'month', 2, 1, 'create_prorations'],
    ['active', 'year', 1, 2, 'always_invoice'],
    ['active', 'year', 2, 1, 'create_prorations'],
    ['past_due', 'year', 1, 2, 'create_prorations'],
    ['unpaid', 'year', 1, 2, 'create_prorations'],
    ['trialing', 'year', 1, 2, 'none'],
  ] as const)('while %s, by the %s, from %i to %i is settled by %s', (status, interval, seats, wanted, expected) => {
    expect(prorationOf({ status, interval, seats }, wanted)).toBe(expected)
  })
})

type Choice = Parameters<Organization['client']['startCheckout']>[0]

async function subscribed(choice: Choice, members: number): Promise<Organization> {
  const organization = newOrganization(world)
  world.members.set(organization.id, members)
  const { url } = await organization.client.startCheckout(choice)
  expect((await pay(url)).status).toBe(303)
  await settled(organization)
  return organization
}

async function settled({ client }: Organization) {
  await untilQuiet(world)
  return client.getSubscription()
}

/** So many are members now, and users says that somebody came or went. */
async function become(organization: Organization, members: number): Promise<void> {
  world.members.set(organization.id, members)
  await say(organization)
}

async function say({ id }: Organization): Promise<void> {
  const somebody = { userId: newId(), change: 'joined' as const, role: 'member' as const, actorId: newId() }
  expect(await world.app.deliver(membershipChanged, { organizationId: id, ...somebody })).toMatchObject({
    state: 'done',
  })
}

async function mark({ id }: Organization, at = sql`clock_timestamp()`): Promise<void> {
  const { db } = world.app.contextFor('billing')
  await db.update(customer).set({ seatsDueAt: at }).where(eq(customer.organizationId, id))
}

async function dueOf({ id }: Organization) {
  const { db } = world.app.contextFor('billing')
  const [row] = await db.select().from(customer).where(eq(customer.organizationId, id))
  return row?.seatsDueAt
}

async function atStripe({ id }: Organization) {
  const { data } = await world.stripe.subscriptions.list({ status: 'all', limit: 100 })
  const found = data.find(({ metadata }) => metadata.organizationId === id)
  if (!found) throw new Error(`${id} has no subscription`)
  return found
}

async function invoicesOf(organization: Organization) {
  const { customer } = await atStripe(organization)
  return (await world.stripe.invoices.list({ customer: customer as string, limit: 100 })).data
}

async function pendingOf(organization: Organization) {
  const { customer } = await atStripe(organization)
  return (await world.stripe.invoiceItems.list({ customer: customer as string, pending: true, limit: 100 })).data
}

async function seatsPlanned(schedule: string) {
  const { phases } = await world.stripe.subscriptionSchedules.retrieve(schedule)
  return phases.map(({ items }) => items[0]?.quantity)
}
