import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { createRandom, seeds, type Random } from './random.ts'
import { day, hour, openShop, utc } from './subscriptions-harness.ts'

type Shop = Awaited<ReturnType<typeof openShop>>
type Interval = 'day' | 'week' | 'month' | 'year'

/** Where a subscription may go from each status: https://docs.stripe.com/billing/subscriptions/overview */
const ways: Record<string, string[]> = {
  incomplete: ['active', 'trialing', 'incomplete_expired'],
  trialing: ['active', 'canceled', 'paused', 'past_due'],
  active: ['past_due', 'canceled', 'trialing', 'paused'],
  past_due: ['active', 'canceled', 'unpaid'],
  paused: ['active', 'canceled', 'past_due'],
}

test.each(seeds(12))('whatever happens, the time that was used is paid for, once (seed %i)', async (seed) => {
  const random = createRandom(seed)
  const shop = await openShop(utc(2026, random.below(12), 1 + random.below(28), 3))
  const life = await begin(shop, random)
  for (let step = 0; step < 20 && !life.ended; step += 1) await live(life, random)
  await end(life)
  await watch(life)
  if (!life.gaveUp) await expectPaidForTime(life)
  await expectNothingTwice(life)
  for (const [from, to] of life.ways.values()) expect(ways[from]).toContain(to)
})

/** What one item costs a period from one moment on, and the anchor that its periods are counted from. */
interface Stretch {
  item: string
  from: number
  to: number | null
  amount: number
  interval: Interval
  anchor: number
}

interface Life {
  shop: Shop
  customer: string
  subscription: string
  prices: { id: string; amount: number; interval: Interval }[]
  stretches: Stretch[]
  /** What is left of every amount after the coupon. */
  share: number
  anchor: number
  cancelAt: number | null
  ended: boolean
  /** Whether it ended because nothing could be charged: what was charged for the future then is not credited. */
  gaveUp: boolean
  /** From which status to which, by the event that told. */
  ways: Map<string, [string, string]>
}

async function begin(shop: Shop, random: Random): Promise<Life> {
  const customer = await shop.customer()
  const intervals: Interval[] = ['month', 'month', 'month', 'week', 'year', 'day']
  const prices = []
  for (const [at, interval] of intervals.entries()) {
    const amount = 1 + random.below(20_000)
    const product_data = { name: `Plan ${at}` }
    prices.push({ id: await shop.price(amount, { recurring: { interval }, product_data }), amount, interval })
  }
  const percent = random.chance(0.5) ? 25 : null
  const coupon = percent && (await shop.stripe.coupons.create({ percent_off: percent, duration: 'forever' }))
  const trial = random.chance(0.3) ? 1 + random.below(20) : 0
  const future = trial === 0 && random.chance(0.3) ? shop.now() + day + random.below(20 * day) : null
  const first = prices[0]
  if (!first) throw new Error('there are prices')
  const quantity = random.below(5)
  const created = await shop.stripe.subscriptions.create({
    customer,
    items: [{ price: first.id, quantity }],
    ...(trial > 0 && { trial_period_days: trial }),
    ...(future !== null && { billing_cycle_anchor: future }),
    ...(coupon && { discounts: [{ coupon: coupon.id }] }),
  })
  const from = shop.now() + trial * day
  const anchor = future ?? from
  const item = created.items.data[0]?.id ?? ''
  const stretches = [{ item, from, to: null, amount: first.amount * quantity, interval: first.interval, anchor }]
  const share = 1 - (percent ?? 0) / 100
  return {
    shop,
    customer,
    subscription: created.id,
    prices,
    stretches,
    share,
    anchor,
    cancelAt: null,
    ended: false,
    gaveUp: false,
    ways: new Map(),
  }
}

async function live(life: Life, random: Random): Promise<void> {
  const { shop, subscription: id } = life
  await shop.travelTo(shop.now() + random.below(random.pick([hour, day, 25 * day])) + 1)
  await watch(life)
  const subscription = await shop.stripe.subscriptions.retrieve(id)
  if (subscription.status === 'canceled') {
    life.ended = true
    life.gaveUp = subscription.cancellation_details?.reason === 'payment_failed'
    closeAll(life, life.cancelAt ?? shop.now())
    return
  }
  const inTrial = subscription.status === 'trialing'
  const { data: items } = subscription.items
  const item = random.pick(items)
  const how = { proration_behavior: random.chance(0.5) ? 'create_prorations' : 'always_invoice' } as const
  const act = random.below(100) / 100
  if (act < 0.35) {
    const quantity = random.below(6)
    await shop.stripe.subscriptions.update(id, { items: [{ id: item.id, quantity }], ...how })
    reopen(life, item.id, { amount: (item.price.unit_amount ?? 0) * quantity })
  } else if (act < 0.6) {
    const price = random.pick(freeFor(life, items))
    const { quantity = 1 } = item
    const restarts = !inTrial && price.interval !== item.price.recurring?.interval
    await shop.stripe.subscriptions.update(id, { items: [{ id: item.id, price: price.id }], ...how })
    if (restarts) anchorAnew(life)
    reopen(life, item.id, { amount: price.amount * quantity, interval: price.interval })
  } else if (act < 0.7 && items.length < 3) {
    const price = random.pick(freeFor(life, items))
    const added = await shop.stripe.subscriptionItems.create({ subscription: id, price: price.id, quantity: 2, ...how })
    life.stretches.push({
      item: added.id,
      from: startOf(life),
      to: null,
      amount: price.amount * 2,
      interval: price.interval,
      anchor: life.anchor,
    })
  } else if (act < 0.78 && items.length > 1) {
    await shop.stripe.subscriptionItems.del(item.id, how)
    close(life, item.id, startOf(life))
  } else if (act < 0.86 && !inTrial) {
    await shop.stripe.subscriptions.update(id, { billing_cycle_anchor: { type: 'now' }, ...how })
    anchorAnew(life)
  } else if (act < 0.9) {
    await shop.useCard(life.customer, random.chance(0.5) ? 'pm_card_chargeCustomerFail' : 'pm_card_visa')
  } else if (act < 0.94 && !inTrial) {
    life.cancelAt = shop.now() + random.below(60 * day) + 1
    await shop.stripe.subscriptions.update(id, { cancel_at: life.cancelAt, ...how })
  } else if (!inTrial) {
    life.cancelAt = null
    await shop.stripe.subscriptions.update(id, { cancel_at: '', ...how })
  }
}

async function end(life: Life): Promise<void> {
  if (life.ended) return
  const { shop, subscription } = life
  await shop.travelTo(shop.now() + day)
  const { status, cancellation_details: details } = await shop.stripe.subscriptions.retrieve(subscription)
  life.gaveUp = details?.reason === 'payment_failed'
  if (status !== 'canceled') await shop.stripe.subscriptions.cancel(subscription, { prorate: true, invoice_now: true })
  closeAll(life, status === 'canceled' && life.cancelAt !== null ? life.cancelAt : shop.now())
}

/** The sum of all lines is the price by the second, but for half a unit that each of them was rounded by. */
async function expectPaidForTime(life: Life): Promise<void> {
  const lines = await linesOf(life)
  const charged = lines.reduce((sum, { amount, discount_amounts: off }) => {
    return sum + amount - (off ?? []).reduce((part, each) => part + each.amount, 0)
  }, 0)
  const used = life.stretches.reduce((sum, stretch) => sum + costOf(stretch), 0) * life.share
  expect(await life.shop.pending(life.customer)).toEqual([])
  expect(Math.abs(charged - used)).toBeLessThanOrEqual(lines.length)
}

async function expectNothingTwice(life: Life): Promise<void> {
  const lines = await linesOf(life)
  const invoiceItems = lines.flatMap(({ parent }) => parent?.subscription_item_details?.invoice_item ?? [])
  expect(new Set(invoiceItems).size).toBe(invoiceItems.length)
  const advance = lines
    .filter(({ parent }) => !parent?.subscription_item_details?.invoice_item)
    .map(({ parent, period }) => `${parent?.subscription_item_details?.subscription_item ?? ''} ${period.start}`)
  expect(new Set(advance).size).toBe(advance.length)
}

/** Notes every change of the status; events are kept for 30 days. */
async function watch({ shop, subscription, ways: seen }: Life): Promise<void> {
  const events = await shop.stripe.events
    .list({ type: 'customer.subscription.updated', limit: 100 })
    .autoPagingToArray({ limit: 10_000 })
  for (const { id, data } of events) {
    const object = data.object as Stripe.Subscription
    const before = (data.previous_attributes as Partial<Stripe.Subscription> | undefined)?.status
    if (object.id === subscription && before !== undefined) seen.set(id, [before, object.status])
  }
}

async function linesOf({ shop, customer }: Life): Promise<Stripe.InvoiceLineItem[]> {
  const invoices = await shop.stripe.invoices.list({ customer, limit: 100 }).autoPagingToArray({ limit: 10_000 })
  return invoices.flatMap(({ lines }) => lines.data)
}

/** Reckoned anew, with calendar months of its own, in floating point. */
function costOf({ from, to, amount, interval, anchor }: Stretch): number {
  const until = to ?? from
  let sum = 0
  for (let count = -400; boundary(anchor, interval, count) < until; count += 1) {
    const [start, end] = [boundary(anchor, interval, count), boundary(anchor, interval, count + 1)]
    sum += (amount * Math.max(0, Math.min(end, until) - Math.max(start, from))) / (end - start)
  }
  return sum
}

function boundary(anchor: number, interval: Interval, count: number): number {
  const date = new Date(anchor * 1000)
  if (interval === 'day') return anchor + count * day
  if (interval === 'week') return anchor + count * 7 * day
  const months = date.getUTCMonth() + count * (interval === 'year' ? 12 : 1)
  const first = new Date(Date.UTC(date.getUTCFullYear(), months, 1))
  const length = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  return first.getTime() / 1000 + (Math.min(date.getUTCDate(), length) - 1) * day + (anchor % day)
}

function freeFor({ prices }: Life, items: Stripe.SubscriptionItem[]) {
  return prices.filter(({ id }) => !items.some(({ price }) => price.id === id))
}

/** What is changed in a trial costs from the end of the trial on. */
function startOf({ shop, stretches }: Life): number {
  return Math.max(shop.now(), stretches[0]?.from ?? 0)
}

function anchorAnew(life: Life): void {
  life.anchor = life.shop.now()
  for (const { item } of life.stretches.filter(({ to }) => to === null)) reopen(life, item, { anchor: life.anchor })
}

function reopen(life: Life, item: string, changes: Partial<Stretch>): void {
  const current = life.stretches.find((stretch) => stretch.item === item && stretch.to === null)
  if (!current) throw new Error(`${item} is not there`)
  const from = startOf(life)
  current.to = from
  life.stretches.push({ ...current, to: null, from, ...changes })
}

function close(life: Life, item: string, to: number): void {
  for (const stretch of life.stretches) if (stretch.item === item) stretch.to ??= Math.max(to, stretch.from)
}

function closeAll(life: Life, to: number): void {
  for (const stretch of life.stretches) stretch.to ??= Math.max(to, stretch.from)
}
