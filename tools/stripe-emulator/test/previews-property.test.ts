import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { day, payer, startBilling } from './invoices-harness.ts'
import { createRandom, seed, type Random } from './random.ts'

const rounds = 60

type Billing = Awaited<ReturnType<typeof startBilling>>
type Details = Stripe.InvoiceCreatePreviewParams.SubscriptionDetails

test(`a preview of a random change is what then happens (seed ${seed})`, async () => {
  const random = createRandom(seed)
  const billing = await startBilling()
  const shop = await stock(billing.stripe)
  for (let round = 0; round < rounds; round += 1) {
    const { customer, subscription } = await begin(billing, shop, random)
    await billing.pass(random.below(28 * day))
    await happenToday(billing, customer, random)
    const change = randomChange(subscription, { shop, random, now: billing.now() })
    const context = `round ${round}: ${JSON.stringify(change)}`
    const preview = await previewed(billing, { subscription: subscription.id, ...change })
    const before = await latest(billing, customer)
    await apply(billing, subscription.id, change)
    const invoice = await nextInvoice(billing, { customer, before, at: preview?.created })
    expect(invoice && essence(invoice), context).toEqual(preview && essence(preview))
    await leave(billing, customer)
  }
})

test(`a preview of a random new subscription is its first invoice (seed ${seed})`, async () => {
  const random = createRandom(seed)
  const billing = await startBilling()
  const shop = await stock(billing.stripe)
  for (let round = 0; round < rounds; round += 1) {
    const customer = await payer(billing.stripe)
    await happenToday(billing, customer, random)
    const order = randomOrder({ shop, random, now: billing.now() })
    const { discounts = [], ...details } = order
    const preview = await previewed(billing, {
      customer,
      subscription_details: details,
      ...(discounts.length > 0 && { discounts }),
    })
    await billing.stripe.subscriptions.create({ customer, ...order })
    const invoice = await latest(billing, customer)
    expect(invoice && essence(invoice), `round ${round}: ${JSON.stringify(order)}`).toEqual(preview && essence(preview))
    await leave(billing, customer)
  }
})

interface Shop {
  monthly: string[]
  yearly: string[]
  metered: string
  coupons: string[]
}

interface Change {
  discounts?: { coupon: string }[]
  subscription_details: Details
}

async function stock(stripe: Stripe): Promise<Shop> {
  const { id: product } = await stripe.products.create({ name: 'Plan' })
  const price = async (terms: Partial<Stripe.PriceCreateParams>, interval: 'month' | 'year') => {
    const given = { currency: 'usd', product, recurring: { interval }, ...terms }
    return (await stripe.prices.create(given)).id
  }
  const { id: meter } = await stripe.billing.meters.create({
    default_aggregation: { formula: 'sum' },
    display_name: 'Calls',
    event_name: 'calls',
  })
  const tiers: Stripe.PriceCreateParams.Tier[] = [
    { up_to: 3, unit_amount: 777 },
    { up_to: 'inf', unit_amount: 333, flat_amount: 101 },
  ]
  return {
    monthly: [
      await price({ unit_amount: 1999 }, 'month'),
      await price({ unit_amount: 701 }, 'month'),
      await price({ unit_amount: 0 }, 'month'),
      await price({ billing_scheme: 'tiered', tiers_mode: 'graduated', tiers }, 'month'),
    ],
    yearly: [await price({ unit_amount: 19_999 }, 'year')],
    metered: await price({ unit_amount: 3, recurring: { interval: 'month', meter, usage_type: 'metered' } }, 'month'),
    coupons: [
      (await stripe.coupons.create({ percent_off: 33.3, duration: 'forever' })).id,
      (await stripe.coupons.create({ amount_off: 555, currency: 'usd', duration: 'once' })).id,
      (await stripe.coupons.create({ percent_off: 50, duration: 'repeating', duration_in_months: 1 })).id,
    ],
  }
}

async function begin(billing: Billing, shop: Shop, random: Random) {
  const customer = await payer(billing.stripe)
  const order = randomOrder({ shop, random, now: billing.now() })
  return { customer, subscription: await billing.stripe.subscriptions.create({ customer, ...order }) }
}

function randomOrder({ shop, random, now }: { shop: Shop; random: Random; now: number }) {
  const first = random.pick(shop.monthly)
  const second = random.pick(shop.monthly)
  return {
    items: [
      { price: first, quantity: 1 + random.below(6) },
      ...(second !== first && random.chance(1 / 3) ? [{ price: second, quantity: 1 + random.below(3) }] : []),
      ...(random.chance(1 / 3) ? [{ price: shop.metered }] : []),
    ],
    ...(random.chance(1 / 4) && { trial_end: now + (3 + random.below(40)) * day }),
    ...(random.chance(1 / 3) && { discounts: [{ coupon: random.pick(shop.coupons) }] }),
  }
}

/** What may have gathered on the customer's side. */
async function happenToday({ stripe, now }: Billing, customer: string, random: Random): Promise<void> {
  if (random.chance(1 / 2)) {
    const payload = { stripe_customer_id: customer, value: String(random.below(500)) }
    await stripe.billing.meterEvents.create({ event_name: 'calls', payload, timestamp: now() })
  }
  if (random.chance(1 / 3))
    await stripe.invoiceItems.create({ customer, amount: random.below(900) - 300, currency: 'usd' })
  if (random.chance(1 / 3)) {
    await stripe.customers.createBalanceTransaction(customer, { amount: random.below(4000) - 2500, currency: 'usd' })
  }
}

function randomChange(
  { items: { data }, status }: Stripe.Subscription,
  { shop, random, now }: { shop: Shop; random: Random; now: number },
): Change {
  const [item] = data
  const used = new Set(data.map(({ price }) => price.id))
  const price = random.pick([...shop.monthly, ...(data.length === 1 ? shop.yearly : [])])
  const quantity = 1 + random.below(8)
  const changed = random.chance(1 / 2) && !used.has(price) ? { price, quantity } : { quantity }
  const details: Details = random.pick<() => Details>([
    () => ({ items: [{ id: item?.id ?? '', ...changed }] }),
    () => ({ items: used.has(price) ? [] : [{ id: item?.id ?? '', price, quantity }] }),
    () => ({ items: data.length > 1 ? [{ id: item?.id ?? '', deleted: true }] : [{ id: item?.id ?? '', quantity }] }),
    () => (status === 'trialing' ? {} : { billing_cycle_anchor: { type: 'now' } }),
    () => ({ cancel_at_period_end: true }),
    () => ({ trial_end: 'now' }),
    () => ({ trial_end: now + (1 + random.below(20)) * day }),
    () => ({}),
  ])()
  return {
    subscription_details: {
      ...details,
      ...(random.chance(1 / 2) && {
        proration_behavior: random.pick(['always_invoice', 'create_prorations', 'none'] as const),
      }),
    },
    ...(random.chance(1 / 5) && { discounts: [{ coupon: random.pick(shop.coupons) }] }),
  }
}

async function previewed(
  { stripe }: Billing,
  params: Stripe.InvoiceCreatePreviewParams,
): Promise<Stripe.Invoice | null> {
  try {
    return await stripe.invoices.createPreview(params)
  } catch (error) {
    if ((error as Stripe.errors.StripeError).code === 'invoice_upcoming_none') return null
    throw error
  }
}

async function apply({ stripe }: Billing, id: string, { discounts, subscription_details: details }: Change) {
  const update: Stripe.SubscriptionUpdateParams = {
    ...(details as Stripe.SubscriptionUpdateParams),
    ...(discounts && { discounts }),
  }
  await stripe.subscriptions.update(id, update)
}

async function latest({ stripe }: Billing, customer: string): Promise<Stripe.Invoice | null> {
  return (await stripe.invoices.list({ customer, limit: 1 })).data[0] ?? null
}

/** The one that came at once, or the one that comes at this time; without a time none may come for long. */
async function nextInvoice(
  billing: Billing,
  { customer, before, at }: { customer: string; before: Stripe.Invoice | null; at: number | undefined },
): Promise<Stripe.Invoice | null> {
  const now = await latest(billing, customer)
  if (now?.id !== before?.id) return now
  await billing.pass(at === undefined ? 400 * day : at - billing.now())
  const then = await latest(billing, customer)
  return then?.id === before?.id ? null : then
}

/** No clock should go on turning for those whose story is told. */
async function leave({ stripe }: Billing, customer: string): Promise<void> {
  await stripe.customers.del(customer)
}

function essence(invoice: Stripe.Invoice) {
  return {
    created: invoice.created,
    currency: invoice.currency,
    due: invoice.amount_due,
    period: [invoice.period_start, invoice.period_end],
    startingBalance: invoice.starting_balance,
    subtotal: invoice.subtotal,
    total: invoice.total,
    discounts: invoice.total_discount_amounts?.map(({ amount }) => amount),
    lines: invoice.lines.data.map((line) => ({
      amount: line.amount,
      description: line.description,
      discounts: line.discount_amounts?.map(({ amount }) => amount),
      period: line.period,
      price: line.pricing?.price_details?.price,
      proration: line.parent?.subscription_item_details?.proration,
      quantity: line.quantity,
      rate: line.pricing?.unit_amount_decimal?.toString(),
    })),
  }
}
