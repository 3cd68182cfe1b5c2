import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { errorOf, submit } from './harness.ts'
import { day, idOf, itemOf, openShop, utc } from './subscriptions-harness.ts'

// What would change nothing, or another thing than was asked for, is refused by its name.

const start = utc(2026, 4, 1)
const half = utc(2026, 4, 16, 12)

/** A customer with a monthly subscription, and what else there is to ask for. */
async function open(now = start) {
  const shop = await openShop(now)
  const { stripe } = shop
  const [customer, plan, other] = [await shop.customer(), await shop.price(10_000), await shop.price(20_000)]
  const yearly = await shop.price(90_000, { recurring: { interval: 'year' } })
  const meter = await stripe.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  })
  const metered = await shop.price(10, { recurring: { interval: 'month', usage_type: 'metered', meter: meter.id } })
  const { id: coupon } = await stripe.coupons.create({ percent_off: 10 })
  const { id: code } = await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon } })
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: plan }] })
  const item = itemOf(subscription).id
  const both = [{ coupon, promotion_code: code }]
  return { ...shop, customer, plan, other, yearly, metered, coupon, code, both, id: subscription.id, item }
}

type Open = Awaited<ReturnType<typeof open>>
type Flow = Stripe.BillingPortal.SessionCreateParams.FlowData

async function trialing({ stripe, customer, other }: Open): Promise<string> {
  const { id } = await stripe.subscriptions.create({ customer, items: [{ price: other }], trial_period_days: 10 })
  return id
}

/** A session of the portal for one thing alone, where plans can be changed. */
async function flow({ stripe, customer, plan, metered }: Open, data: Flow) {
  const sold = await Promise.all([plan, metered].map(async (id) => await stripe.prices.retrieve(id)))
  const { id: configuration } = await stripe.billingPortal.configurations.create({
    features: {
      payment_method_update: { enabled: true },
      subscription_update: {
        enabled: true,
        default_allowed_updates: ['price', 'quantity'],
        products: sold.map(({ id, product }) => ({ product: idOf(product), prices: [id] })),
      },
    },
  })
  return await stripe.billingPortal.sessions.create({ customer, configuration, flow_data: data })
}

interface Confirmed {
  price?: string
  quantity?: number
}

function confirming({ id, item }: Open, change: Confirmed, discounts?: Open['both']): Flow {
  return {
    type: 'subscription_update_confirm',
    subscription_update_confirm: {
      subscription: id,
      items: [{ id: item, ...change }],
      ...(discounts && { discounts }),
    },
  }
}

const refused: [what: string, param: string, ask: (shop: Open) => Promise<unknown>][] = [
  [
    'a coupon beside a code',
    'discounts[0][promotion_code]',
    ({ stripe, id, both }) => stripe.subscriptions.update(id, { discounts: both }),
  ],
  [
    'a coupon beside a discount that is there',
    'discounts[0][discount]',
    ({ stripe, customer, coupon }) => stripe.invoices.create({ customer, discounts: [{ coupon, discount: 'di_1' }] }),
  ],
  [
    'a coupon beside a code, on an item',
    'items[0][discounts][0][promotion_code]',
    ({ stripe, id, item, both }) => stripe.subscriptions.update(id, { items: [{ id: item, discounts: both }] }),
  ],
  [
    'a coupon beside a code, in a phase',
    'phases[0][discounts][0][promotion_code]',
    ({ stripe, customer, plan, both }) =>
      stripe.subscriptionSchedules.create({
        customer,
        start_date: 'now',
        phases: [{ items: [{ price: plan }], discounts: both }],
      }),
  ],
  [
    'a coupon beside a code, in the portal',
    'flow_data[subscription_update_confirm][discounts][0][promotion_code]',
    (shop) => flow(shop, confirming(shop, { quantity: 2 }, shop.both)),
  ],
  [
    'an item that goes but is not named',
    'items[0][deleted]',
    ({ stripe, id, other }) => stripe.subscriptions.update(id, { items: [{ deleted: true, price: other }] }),
  ],
  [
    'the same in a preview',
    'items[0][deleted]',
    ({ stripe, id, other }) =>
      stripe.invoices.createPreview({
        subscription: id,
        subscription_details: { items: [{ deleted: true, price: other }] },
      }),
  ],
  [
    'an anchor before the end of the trial',
    'billing_cycle_anchor[type]',
    async (shop) =>
      await shop.stripe.subscriptions.update(await trialing(shop), { billing_cycle_anchor: { type: 'now' } }),
  ],
  [
    'an anchor before the end of a trial that it begins',
    'billing_cycle_anchor[type]',
    ({ stripe, id }) =>
      stripe.subscriptions.update(id, { billing_cycle_anchor: { type: 'now' }, trial_end: start + 5 * day }),
  ],
  [
    'a new anchor in a pause',
    'billing_cycle_anchor[type]',
    async ({ stripe, id }) => {
      await stripe.subscriptions.pause(id)
      await stripe.subscriptions.update(id, { billing_cycle_anchor: { type: 'now' } })
    },
  ],
  [
    'the same anchor with another interval',
    'billing_cycle_anchor[type]',
    ({ stripe, id, item, yearly }) =>
      stripe.subscriptions.update(id, {
        items: [{ id: item, price: yearly }],
        billing_cycle_anchor: { type: 'unchanged' },
      }),
  ],
  [
    'the same anchor with a trial',
    'billing_cycle_anchor[type]',
    ({ stripe, id }) =>
      stripe.subscriptions.update(id, { trial_end: start + 5 * day, billing_cycle_anchor: { type: 'unchanged' } }),
  ],
  [
    'usage to be cleared, which has no effect with a meter',
    'items[0][clear_usage]',
    ({ stripe, id, item }) => stripe.subscriptions.update(id, { items: [{ id: item, clear_usage: true }] }),
  ],
  [
    'usage to be cleared where none is counted',
    'clear_usage',
    async ({ stripe, id, other }) => {
      const added = await stripe.subscriptionItems.create({ subscription: id, price: other })
      await stripe.subscriptionItems.del(added.id, { clear_usage: true })
    },
  ],
  [
    'a page after one thing and before another',
    'ending_before',
    async ({ stripe, customer }) => await stripe.customers.list({ starting_after: customer, ending_before: customer }),
  ],
  [
    'the same of the parts of an object',
    'ending_before',
    async ({ stripe, id, item }) =>
      await stripe.subscriptionItems.list({ subscription: id, starting_after: item, ending_before: item }),
  ],
  [
    'the currency of a percentage',
    'currency',
    ({ stripe }) => stripe.coupons.create({ percent_off: 10, currency: 'eur' }),
  ],
  [
    'events of a type and of several',
    'types',
    async ({ stripe }) => await stripe.events.list({ type: 'customer.created', types: ['product.created'] }),
  ],
  [
    'an address to go to where the portal is shown',
    'flow_data[after_completion][redirect]',
    (shop) =>
      flow(shop, {
        type: 'payment_method_update',
        after_completion: { type: 'portal_homepage', redirect: { return_url: 'https://shop.test' } },
      }),
  ],
  [
    'words of thanks where the browser goes elsewhere',
    'flow_data[after_completion][hosted_confirmation]',
    (shop) =>
      flow(shop, {
        type: 'payment_method_update',
        after_completion: {
          type: 'redirect',
          redirect: { return_url: 'https://shop.test' },
          hosted_confirmation: { custom_message: 'Thanks' },
        },
      }),
  ],
  [
    'how many of what is metered',
    'flow_data[subscription_update_confirm][items][0][quantity]',
    (shop) => flow(shop, confirming(shop, { price: shop.metered, quantity: 3 })),
  ],
  [
    'a trial of a whole new phase, and its end',
    'phases[0][trial_end]',
    ({ stripe, customer, plan }) =>
      stripe.subscriptionSchedules.create({
        customer,
        start_date: 'now',
        phases: [{ items: [{ price: plan }], end_date: utc(2026, 5, 1), trial: true, trial_end: utc(2026, 5, 1) }],
      }),
  ],
]

test.each(refused)('%s: refused as %s', async (_what, param, ask) => {
  const shop = await open()
  const error = await errorOf(ask(shop))
  expect(error).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError', param })
  expect(await shop.stripe.subscriptions.retrieve(shop.id)).toMatchObject({
    billing_cycle_anchor: start,
    discounts: [],
    items: { data: expect.arrayContaining([expect.objectContaining({ id: shop.item, quantity: 1 })]) as unknown },
  })
})

// https://docs.stripe.com/changelog/endive/2026-10-28/error-code-billing-cycle-trial-end-validation-subscriptions
test('an anchor before the end of the trial has a code of its own, and is possible when the trial ends', async () => {
  const shop = await open()
  const id = await trialing(shop)
  const now = { billing_cycle_anchor: { type: 'now' } } as const
  expect(await errorOf(shop.stripe.subscriptions.update(id, now))).toMatchObject({
    code: 'subscription_update_trial_after_billing_cycle_anchor',
  })
  await shop.travelTo(start + day)
  expect(await shop.stripe.subscriptions.update(id, { ...now, trial_end: 'now' })).toMatchObject({
    status: 'active',
    billing_cycle_anchor: start + day,
  })
})

// https://github.com/stripe/stripe-dotnet/issues/351: `unchanged` where it would change, such as from unpaid to paid.
test('from free to paid the billing date stays if it is to', async () => {
  const shop = await open()
  const { stripe, customer, other } = shop
  const free = await shop.price(0)
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: free }] })
  await shop.travelTo(half)
  const change: Stripe.SubscriptionUpdateParams = {
    items: [{ id: itemOf(subscription).id, price: other }],
    billing_cycle_anchor: { type: 'unchanged' },
    proration_behavior: 'always_invoice',
  }
  const changed = await stripe.subscriptions.update(subscription.id, change)
  expect(changed.billing_cycle_anchor).toBe(start)
  expect(itemOf(changed).current_period_end).toBe(utc(2026, 5, 1))
  expect((await shop.linesOf(changed.latest_invoice)).map(([amount]) => amount)).toEqual([10_000])
})

test('why somebody does not want a subscription that never began is kept', async () => {
  const { stripe, customer, other } = await open()
  const { id } = await stripe.subscriptions.create({
    customer,
    items: [{ price: other }],
    payment_behavior: 'default_incomplete',
  })
  const cancellation_details = { comment: 'No, thanks', feedback: 'too_expensive' } as const
  expect(await stripe.subscriptions.cancel(id, { cancellation_details })).toMatchObject({
    status: 'incomplete_expired',
    cancellation_details,
  })
  const { data } = await stripe.events.list({ type: 'customer.subscription.updated', limit: 1 })
  expect(data[0]?.data.previous_attributes).toMatchObject({
    status: 'incomplete',
    cancellation_details: { comment: null, feedback: null },
  })
})

// https://docs.stripe.com/api/subscriptions/list: of several items the earliest end and the latest start count.
test('a subscription is found by the first period that ends and the last that began', async () => {
  const { stripe, id, yearly, travelTo } = await open()
  await stripe.subscriptions.update(id, { items: [{ price: yearly }] })
  const found = async (params: Stripe.SubscriptionListParams) =>
    (await stripe.subscriptions.list(params)).data.map((subscription) => subscription.id)
  expect(await found({ current_period_end: utc(2026, 5, 1) })).toEqual([id])
  expect(await found({ current_period_end: utc(2027, 4, 1) })).toEqual([])
  await travelTo(utc(2026, 5, 2))
  expect(await found({ current_period_start: utc(2026, 5, 1) })).toEqual([id])
  expect(await found({ current_period_start: start })).toEqual([])
})

test('the portal leaves the anchor of its configuration out where a subscription cannot have it', async () => {
  const shop = await open()
  const { stripe, customer } = shop
  const id = await trialing(shop)
  const { product } = await stripe.prices.retrieve(shop.plan)
  const { id: configuration } = await stripe.billingPortal.configurations.create({
    features: {
      subscription_update: {
        enabled: true,
        default_allowed_updates: ['price'],
        products: [{ product: idOf(product), prices: [shop.plan] }],
        billing_cycle_anchor: 'now',
      },
    },
  })
  const before = await stripe.subscriptions.retrieve(id)
  const { url } = await stripe.billingPortal.sessions.create({
    customer,
    configuration,
    flow_data: {
      type: 'subscription_update_confirm',
      subscription_update_confirm: {
        subscription: id,
        items: [{ id: itemOf(before).id, price: shop.plan }],
      },
    },
  })
  const page = await fetch(url)
  expect(page.status).toBe(200)
  await submit(url.replace(/\/flow$/, '/update'), { subscription: id, price: shop.plan, quantity: '1' })
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
    status: 'trialing',
    billing_cycle_anchor: before.trial_end,
    items: { data: [{ price: { id: shop.plan } }] },
  })
})
