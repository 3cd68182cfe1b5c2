import type { ChangePreview, Interval, PlanChange } from '@lightpress/billing-contract'
import { createControl, type Control } from '@lightpress/stripe-emulator'
import { isAppError } from '@lightpress/protocol'
import { seed } from '@lightpress/testing'
import type Stripe from 'stripe'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { begin, chargedTo, invoicesOf, setClock, type Standing } from './support/standing.ts'
import { createWorld, untilQuiet, type World } from './support/world.ts'

const rounds = 16
const day = 86_400

let world: World
let control: Control

beforeAll(async () => {
  world = await createWorld()
  control = createControl(world.gate.url)
  // The second in which something is previewed is the one in which it is done.
  await control.clock.freeze()
})
afterAll(() => world.close())

it(`what is shown is what is charged, whatever is changed, and when (seed ${seed})`, { timeout: 300_000 }, async () => {
  const random = createRandom(seed)
  for (let round = 0; round < rounds; round += 1) {
    const { organization, choice } = await somebodyWhoWants(random)
    const context = `round ${round}: ${JSON.stringify(choice)}`
    const preview = await previewOf(organization, choice)
    if (preview) await requireAsShown(organization, { choice, preview, context })
    await world.stripe.subscriptions.cancel(organization.subscriptionId)
    await untilQuiet(world)
  }
})

it('also where it was to end on a day, for which a credit waits', async () => {
  const organization = await begin(world, { planId: 'pro', interval: 'month', seats: 5 })
  const { now } = await control.clock.read()
  const { customerId, subscriptionId } = organization
  await world.stripe.subscriptions.update(subscriptionId, { cancel_at: now + 6 * day })
  await untilQuiet(world)
  // It is for the time after that day, as a line of the next invoice would be; and it is none.
  const { data: waiting } = await world.stripe.invoiceItems.list({ customer: customerId, pending: true })
  expect(waiting.map(({ amount, period }) => [amount < 0, period.start])).toEqual([[true, now + 6 * day]])
  await setClock(world, organization, new Date(now * 1000))
  const choice: PlanChange = { planId: 'business', interval: 'year' }
  const preview = await organization.client.previewChange(choice)
  expect(preview).toMatchObject({ effective: 'now', seats: 5 })
  expect(preview.dueNow.amount).toBeGreaterThan(100_000)
  await requireAsShown(organization, { choice, preview, context: JSON.stringify(choice) })
})

it('also where the period was to end sooner, and goes on to the end that was paid for', async () => {
  const organization = await begin(world, { planId: 'business', interval: 'month', seats: 2 })
  const { subscriptionId, client } = organization
  const { now } = await control.clock.read()
  const { currentPeriodEnd } = await client.getSubscription()
  await world.stripe.subscriptions.update(subscriptionId, { cancel_at: now + 6 * day, proration_behavior: 'none' })
  await untilQuiet(world)
  await setClock(world, organization, new Date(now * 1000))
  const choice: PlanChange = { planId: 'pro', interval: 'month' }
  const preview = await client.previewChange(choice)
  expect(preview).toMatchObject({ effective: 'period_end', next: { at: currentPeriodEnd } })
  await requireAsShown(organization, { choice, preview, context: JSON.stringify(choice) })
  const after = await client.getSubscription()
  expect(after).toMatchObject({ cancelAtPeriodEnd: false, currentPeriodEnd, scheduledChange: { at: currentPeriodEnd } })
})

async function requireAsShown(
  organization: Standing,
  { choice, preview, context }: { choice: PlanChange; preview: ChangePreview; context: string },
): Promise<void> {
  const before = await moneyOf(organization)
  const { at, dueNow, credit, lines, next, effective } = preview
  const { client } = organization
  // What it costs in the next minutes is what was shown.
  await control.clock.moveBy(90)
  await client.changeSubscription({ ...choice, confirmed: { at, dueNow } })
  const after = await moneyOf(organization)

  const [invoice, ...others] = after.invoices.slice(0, after.invoices.length - before.invoices.length)
  expect(others, context).toEqual([])
  expect(invoice?.amount_due ?? 0, context).toBe(dueNow.amount)
  expect(invoice?.amount_paid ?? 0, context).toBe(dueNow.amount)
  expect(after.charged - before.charged, context).toBe(dueNow.amount)
  expect(after.credit, context).toBe(credit.amount)
  if (effective === 'period_end') expect(invoice, context).toBeUndefined()
  if (invoice) {
    const sum = lines.reduce((total, { amount }) => total + amount.amount, 0)
    expect(sum, context).toBe(dueNow.amount - credit.amount)
  }
  const following = (await client.getNextInvoice({})).invoice
  expect(following && { total: following.total, at: secondsOf(following.at) }, context).toEqual(
    next && { total: next.total, at: expect.closeTo(secondsOf(next.at), -3) as number },
  )
}

/** Undefined where it is what there is already. */
async function previewOf({ client }: Standing, choice: PlanChange): Promise<ChangePreview | undefined> {
  return client.previewChange(choice).catch((error: unknown) => {
    if (isAppError(error) && error.reason === 'billing.same_plan') return undefined
    throw error
  })
}

async function somebodyWhoWants(random: Random): Promise<{ organization: Standing; choice: PlanChange }> {
  const seats = 1 + random.below(5)
  const coupon = random.pick(coupons)
  const organization = await begin(world, {
    ...random.pick(offers),
    seats,
    credit: random.pick([0, 0, 700, 90_000]),
    ...(coupon && { coupon }),
    ...(random.below(6) === 0 && { trialDays: 14 }),
  })
  world.members.set(organization.id, 1 + random.below(seats))
  await control.clock.moveBy(random.below(13 * day))
  await use(organization, random.pick([0, 0, 4_000, 7_501]))
  // What is used in a second is counted once it is over.
  await control.clock.moveBy(1)
  await setClock(world, organization, new Date((await control.clock.read()).now * 1000))
  const wanted = random.pick([undefined, 1 + random.below(8)])
  return { organization, choice: { ...random.pick(offers), ...(wanted && { seats: wanted }) } }
}

const intervals: Interval[] = ['month', 'year']
const offers = (['pro', 'business'] as const).flatMap((planId) => intervals.map((interval) => ({ planId, interval })))

const coupons: (Stripe.CouponCreateParams | undefined)[] = [
  undefined,
  undefined,
  { percent_off: 20, duration: 'repeating', duration_in_months: 3 },
  { percent_off: 33.3, duration: 'forever' },
  { amount_off: 555, currency: 'usd', duration: 'forever' },
  { percent_off: 100, duration: 'forever' },
]

async function use({ customerId }: Standing, value: number): Promise<void> {
  if (value === 0) return
  const payload = { stripe_customer_id: customerId, value: String(value) }
  await world.stripe.billing.meterEvents.create({ event_name: 'lightpress_tasks', payload })
}

async function moneyOf(organization: Standing) {
  const customer = await world.stripe.customers.retrieve(organization.customerId)
  const charges = await chargedTo(world, organization)
  return {
    invoices: await invoicesOf(world, organization),
    charged: charges.reduce((sum, amount) => sum + amount, 0),
    credit: customer.deleted ? 0 : -customer.balance + 0,
  }
}

function secondsOf(iso: string): number {
  return Date.parse(iso) / 1000
}

type Random = ReturnType<typeof createRandom>

/** Mulberry32. */
function createRandom(from: number) {
  let state = from >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end: number) => Math.floor(next() * end)
  return { below, pick: <T>(from: readonly T[]): T => from[below(from.length)] as T }
}
