import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { createPlan, errorOf } from './harness.ts'
import { day, draft, payer, startBilling } from './invoices-harness.ts'

type Details = Stripe.InvoiceCreatePreviewParams.SubscriptionDetails
type Item = Stripe.InvoiceCreatePreviewParams.SubscriptionDetails.Item
type Anchor = Stripe.InvoiceCreatePreviewParams.SubscriptionDetails.BillingCycleAnchor

// What would change nothing beside the rest is refused by the parameter that would be passed over.

test('what a preview would pass over is refused by name', async () => {
  const { stripe, now, customer, price, once, coupon, subscription, item } = await startShop()
  const paused = await stripe.subscriptions.create({ customer, items: [{ price }] })
  await stripe.subscriptions.pause(paused.id, { type: 'subscription' })
  const later = now() + 10 * day
  const change = (subscription_details: Details) => ({ subscription, subscription_details })
  const cancel = (details: Details) => change({ cancel_now: true, ...details })
  const resume = (details: Details) => ({
    subscription: paused.id,
    subscription_details: { resume_at: 'now' as const, ...details },
  })
  const begin = (details: Details) => ({ customer, subscription_details: { items: [{ price }], ...details } })
  const beginWith = (given: Item) => begin({ items: [{ price, ...given }] })
  const extra = { amount: 500, currency: 'usd' }
  const beside = (subscription_details: Details) => ({ customer, invoice_items: [extra], subscription_details })
  const plan = { customer, schedule_details: { phases: [{ items: [{ price }] }] } }
  const euros = { invoice_items: [{ amount: 500, currency: 'eur' }] }
  const discounts = [{ coupon }]
  const wrong: [Stripe.InvoiceCreatePreviewParams, string][] = [
    [cancel({ items: [{ id: item, quantity: 2 }] }), 'subscription_details[items]'],
    [cancel({ cancel_at: later }), 'subscription_details[cancel_at]'],
    [cancel({ cancel_at_period_end: true }), 'subscription_details[cancel_at_period_end]'],
    [cancel({ trial_end: later }), 'subscription_details[trial_end]'],
    [cancel({ metadata: { a: 'b' } }), 'subscription_details[metadata]'],
    [cancel({ billing_cycle_anchor: { type: 'now' } }), 'subscription_details[billing_cycle_anchor]'],
    [cancel({ resume_at: 'now' }), 'subscription_details[resume_at]'],
    [cancel({ proration_date: now() - day }), 'proration_date'],
    [{ ...cancel({}), discounts }, 'discounts'],
    [resume({ items: [{ id: paused.items.data[0]?.id ?? '', quantity: 2 }] }), 'subscription_details[items]'],
    [resume({ cancel_at: later }), 'subscription_details[cancel_at]'],
    [resume({ cancel_at_period_end: true }), 'subscription_details[cancel_at_period_end]'],
    [resume({ trial_end: later }), 'subscription_details[trial_end]'],
    [resume({ metadata: { a: 'b' } }), 'subscription_details[metadata]'],
    [{ ...resume({}), discounts }, 'discounts'],
    [
      resume({ billing_cycle_anchor: { type: 'timestamp', timestamp: later } }),
      'subscription_details[billing_cycle_anchor][type]',
    ],
    [{ ...plan, discounts }, 'discounts'],
    [{ ...plan, currency: 'eur' }, 'currency'],
    [{ ...plan, ...euros }, 'invoice_items[0][currency]'],
    [{ subscription, currency: 'eur' }, 'currency'],
    [{ subscription, ...euros }, 'invoice_items[0][currency]'],
    [{ customer, invoice_items: [extra, ...euros.invoice_items] }, 'invoice_items[1][currency]'],
    [{ customer, currency: 'usd', ...euros }, 'invoice_items[0][currency]'],
    [{ customer, invoice_items: [{ price: once, currency: 'eur' }] }, 'invoice_items[0][currency]'],
    [
      {
        customer,
        invoice_items: [{ currency: 'usd', unit_amount: 7, unit_amount_decimal: Stripe.Decimal.from('500') }],
      },
      'invoice_items[0][unit_amount_decimal]',
    ],
    [beginWith({ id: 'si_none' }), 'subscription_details[items][0][id]'],
    [beginWith({ deleted: true }), 'subscription_details[items][0][deleted]'],
    [begin({ proration_date: now() }), 'subscription_details[proration_date]'],
    [
      begin({ billing_cycle_anchor: { type: 'now', timestamp: later } }),
      'subscription_details[billing_cycle_anchor][timestamp]',
    ],
    [begin({ billing_cycle_anchor: { type: 'timestamp' } }), 'subscription_details[billing_cycle_anchor][timestamp]'],
    [begin({ billing_cycle_anchor: { type: 'unchanged' } }), 'subscription_details[billing_cycle_anchor][type]'],
    [
      change({ billing_cycle_anchor: { type: 'unchanged', timestamp: later } }),
      'subscription_details[billing_cycle_anchor][timestamp]',
    ],
    [beside({ trial_end: later }), 'subscription_details'],
    [beside({ cancel_now: true }), 'subscription_details'],
  ]
  for (const [params, param] of wrong) {
    const error = await errorOf(stripe.invoices.createPreview(params))
    expect({ param: error.param, status: error.statusCode }, JSON.stringify(params)).toEqual({ param, status: 400 })
  }
})

test('what an invoice or an item would pass over is refused by name', async () => {
  const { stripe, now, customer, once, subscription } = await startShop()
  const { id: product } = await stripe.products.create({ name: 'Setup' })
  const { id: open } = await draft(stripe, customer)
  await stripe.invoiceItems.create({ customer, subscription, amount: 100, currency: 'usd' })
  const untimely = { auto_advance: false, automatically_finalizes_at: now() + day }
  const wrong: [() => Promise<unknown>, string][] = [
    [() => stripe.invoices.create({ customer, ...untimely }), 'automatically_finalizes_at'],
    [() => stripe.invoices.update(open, untimely), 'automatically_finalizes_at'],
    [() => stripe.invoices.create({ customer, subscription, currency: 'eur' }), 'currency'],
    [
      () => stripe.invoices.create({ customer, subscription, pending_invoice_items_behavior: 'exclude' }),
      'pending_invoice_items_behavior',
    ],
    [() => stripe.invoiceItems.create({ customer, currency: 'eur', pricing: { price: once } }), 'currency'],
    [
      () =>
        stripe.invoiceItems.create({
          customer,
          currency: 'eur',
          price_data: { currency: 'usd', product, unit_amount: 100 },
        }),
      'currency',
    ],
    [() => stripe.invoices.pay(open, { paid_out_of_band: true, payment_method: 'pm_none' }), 'payment_method'],
    [() => stripe.invoices.pay(open, { paid_out_of_band: true, off_session: true }), 'off_session'],
  ]
  for (const [call, param] of wrong) {
    const error = await errorOf(call())
    expect({ param: error.param, status: error.statusCode }, String(call)).toEqual({ param, status: 400 })
  }
  expect((await stripe.prices.list({ product })).data).toEqual([])
  expect(await stripe.invoices.retrieve(open)).toMatchObject({ status: 'draft', automatically_finalizes_at: null })
})

// https://docs.stripe.com/api/invoices/create_preview#create_create_preview-subscription_details-proration_date
test('a cancellation is previewed as though it was done at the proration date', async () => {
  const { stripe, now, pass, subscription } = await startShop()
  await pass(10 * day)
  const at = (proration_date: number) =>
    stripe.invoices.createPreview({ subscription, subscription_details: { cancel_now: true, proration_date } })
  expect((await at(now())).total).toBe(-2100)
  expect((await at(now() - 5 * day)).total).toBe(-2600)
})

test('a schedule that is not there yet is previewed from the start of its first phase', async () => {
  const { stripe, now, customer, price } = await startShop()
  const start_date = now() + 40 * day
  const preview = await stripe.invoices.createPreview({
    customer,
    schedule_details: { phases: [{ start_date, items: [{ price }], duration: { interval: 'month' } }] },
  })
  expect(preview).toMatchObject({ created: start_date, total: 3100 })
})

test('a new subscription is previewed with its anchor now or at a moment', async () => {
  const { stripe, now, customer, price } = await startShop()
  const total = async (billing_cycle_anchor: Anchor) => {
    const subscription_details = { items: [{ price }], billing_cycle_anchor }
    return (await stripe.invoices.createPreview({ customer, subscription_details })).total
  }
  expect(await total({ type: 'now' })).toBe(3100)
  expect(await total({ type: 'timestamp', timestamp: now() + 10 * day })).toBe(1000)
})

// https://docs.stripe.com/api/invoices/create#create_invoice-automatically_finalizes_at
test('a draft is finalised at the time that it was given', async () => {
  const { stripe, now, pass, customer } = await startShop()
  const finalizesAt = now() + 2 * day
  const invoice = await draft(stripe, customer, { automatically_finalizes_at: finalizesAt })
  expect(invoice).toMatchObject({ auto_advance: true, automatically_finalizes_at: finalizesAt, status: 'draft' })
  await pass(2 * day - 1)
  expect((await stripe.invoices.retrieve(invoice.id)).status).toBe('draft')
  await pass(1)
  expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: 'paid' })
})

// https://docs.stripe.com/api/invoices/update#update_invoice-days_until_due
test('the days until an invoice is due count from when it was created', async () => {
  const { stripe, pass, customer } = await startShop()
  const { id, created } = await draft(stripe, customer, { collection_method: 'send_invoice', days_until_due: 5 })
  await pass(3 * day)
  expect(await stripe.invoices.update(id, { days_until_due: 10 })).toMatchObject({ due_date: created + 10 * day })
})

// https://docs.stripe.com/products-prices/pricing-models#package-pricing
test('another quantity of an item is counted in the packages of its price', async () => {
  const { stripe, customer, product } = await startShop()
  const { id: price } = await stripe.prices.create({
    currency: 'usd',
    product,
    unit_amount: 500,
    transform_quantity: { divide_by: 10, round: 'up' },
  })
  const { id, amount } = await stripe.invoiceItems.create({ customer, pricing: { price }, quantity: 10 })
  expect(amount).toBe(500)
  expect(await stripe.invoiceItems.update(id, { quantity: 21 })).toMatchObject({ amount: 1500, quantity: 21 })
})

/** A customer with a subscription of 31 usd a month, begun in a month of 31 days, and what else there is to buy. */
async function startShop() {
  const billing = await startBilling()
  const { stripe } = billing
  const customer = await payer(stripe)
  const plan = await createPlan(stripe, { amount: 3100 })
  const product = String(plan.product)
  const { id: once } = await stripe.prices.create({ currency: 'usd', product, unit_amount: 700 })
  const { id: coupon } = await stripe.coupons.create({ percent_off: 10, duration: 'once' })
  const { id: subscription, items } = await stripe.subscriptions.create({ customer, items: [{ price: plan.id }] })
  const item = items.data[0]?.id ?? ''
  return { ...billing, customer, price: plan.id, product, once, coupon, subscription, item }
}
