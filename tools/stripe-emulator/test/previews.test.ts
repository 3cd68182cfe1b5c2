import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { createPlan, errorOf } from './harness.ts'
import { day, payer, startBilling } from './invoices-harness.ts'

test('the next invoice of a subscription is previewed with what waits, and nothing comes of it', async () => {
  const { stripe, eventsOf } = await startBilling()
  const customer = await payer(stripe)
  const { id: price } = await createPlan(stripe)
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price, quantity: 2 }] })
  await stripe.invoiceItems.create({ customer, amount: 500, currency: 'usd', description: 'Extra' })
  let preview: Stripe.Invoice | undefined
  const events = await eventsOf(async () => {
    preview = await stripe.invoices.createPreview({ subscription: subscription.id })
  })
  expect(events).toEqual([])
  expect(preview).toMatchObject({
    amount_due: 2900,
    billing_reason: 'upcoming',
    created: Date.UTC(2026, 1, 15, 12) / 1000,
    hosted_invoice_url: null,
    number: null,
    status: 'draft',
    total: 2900,
  })
  expect(preview?.id).toMatch(/^upcoming_in_/)
  expect(preview?.lines.data.map(({ amount }) => amount)).toEqual([500, 2400])
  expect((await stripe.invoices.list({ customer })).data).toHaveLength(1)
})

test('a subscription that is not there yet is previewed', async () => {
  const { stripe } = await startBilling()
  const customer = await payer(stripe)
  const { id: price } = await createPlan(stripe)
  const coupon = await stripe.coupons.create({ percent_off: 25, duration: 'once' })
  const preview = await stripe.invoices.createPreview({
    customer,
    discounts: [{ coupon: coupon.id }],
    subscription_details: { items: [{ price, quantity: 3 }] },
  })
  expect(preview).toMatchObject({
    subtotal: 3600,
    total: 2700,
    amount_due: 2700,
    amount_remaining: 2700,
    amount_paid: 0,
  })
  expect((await stripe.coupons.retrieve(coupon.id)).times_redeemed).toBe(0)
  expect((await stripe.subscriptions.list({ customer })).data).toEqual([])
})

// https://docs.stripe.com/billing/subscriptions/prorations: 10 days into a month of 31 are left 21.
test('what a change costs now is previewed with always_invoice, and with the next period without', async () => {
  const { stripe, pass, now } = await startBilling()
  const customer = await payer(stripe)
  const { id: price } = await createPlan(stripe, { amount: 3100 })
  const { id, items } = await stripe.subscriptions.create({ customer, items: [{ price }] })
  const item = items.data[0]?.id ?? ''
  await pass(10 * day)
  const change = { items: [{ id: item, quantity: 2 }], proration_date: now() }
  const at = (proration_behavior: 'always_invoice' | 'create_prorations' | 'none') =>
    stripe.invoices.createPreview({ subscription: id, subscription_details: { ...change, proration_behavior } })
  const amounts = ({ lines }: Stripe.Invoice) => lines.data.map(({ amount }) => amount)
  expect(amounts(await at('always_invoice'))).toEqual([4200, -2100])
  expect(amounts(await at('create_prorations'))).toEqual([4200, -2100, 6200])
  expect(amounts(await at('none'))).toEqual([6200])
})

test('a customer without a subscription is previewed what waits for them', async () => {
  const { stripe } = await startBilling()
  const customer = await payer(stripe)
  await stripe.invoiceItems.create({ customer, amount: 500, currency: 'usd' })
  const preview = await stripe.invoices.createPreview({
    customer,
    invoice_items: [{ amount: 250, currency: 'usd', description: 'More' }],
  })
  expect(preview.lines.data.map(({ amount }) => amount)).toEqual([250, 500])
  expect((await stripe.invoiceItems.list({ customer })).data).toHaveLength(1)
})

test('a subscription that ends with its period has no next invoice', async () => {
  const { stripe } = await startBilling()
  const customer = await payer(stripe)
  const { id: price } = await createPlan(stripe)
  const { id } = await stripe.subscriptions.create({ customer, items: [{ price }] })
  const ending = { subscription_details: { cancel_at_period_end: true } }
  expect(await errorOf(stripe.invoices.createPreview({ subscription: id, ...ending }))).toMatchObject({
    code: 'invoice_upcoming_none',
  })
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ cancel_at_period_end: false })
  expect(await stripe.invoices.createPreview({ subscription: id })).toMatchObject({ total: 1200 })
})

// https://docs.stripe.com/api/invoices/create_preview#create_create_preview-subscription_details-cancel_now
test('what a cancellation now would credit is previewed', async () => {
  const { stripe, pass } = await startBilling()
  const customer = await payer(stripe)
  const { id: price } = await createPlan(stripe, { amount: 3100 })
  const { id } = await stripe.subscriptions.create({ customer, items: [{ price }] })
  await pass(10 * day)
  const preview = (proration_behavior: 'create_prorations' | 'none') =>
    stripe.invoices.createPreview({
      subscription: id,
      subscription_details: { cancel_now: true, proration_behavior },
    })
  expect(await preview('create_prorations')).toMatchObject({ amount_due: 0, ending_balance: -2100, total: -2100 })
  expect(await errorOf(preview('none'))).toMatchObject({ code: 'invoice_upcoming_none' })
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' })
})

test('a schedule is previewed, as it is and as it would be', async () => {
  const { stripe, now } = await startBilling()
  const customer = await payer(stripe)
  const { id: price } = await createPlan(stripe)
  const { id: dearer } = await createPlan(stripe, { amount: 5000 })
  const planned = await stripe.invoices.createPreview({
    customer,
    schedule_details: { phases: [{ items: [{ price, quantity: 3 }], duration: { interval: 'month' } }] },
  })
  expect(planned).toMatchObject({ total: 3600, created: now() })
  const later = now() + 5 * day
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    start_date: later,
    phases: [{ items: [{ price }], duration: { interval: 'month' } }, { items: [{ price: dearer }] }],
  })
  expect(await stripe.invoices.createPreview({ schedule: schedule.id })).toMatchObject({ total: 1200, created: later })
  const changed = await stripe.invoices.createPreview({
    schedule: schedule.id,
    schedule_details: { phases: [{ start_date: later, items: [{ price, quantity: 2 }] }] },
  })
  expect(changed.total).toBe(2400)
  expect((await stripe.subscriptionSchedules.list({ customer })).data).toEqual([schedule])
  const mixed = { customer, schedule: schedule.id, subscription: 'sub_x' }
  expect(await errorOf(stripe.invoices.createPreview(mixed))).toMatchObject({ param: 'subscription' })
})

test('items alone are previewed beside the subscriptions of their customer', async () => {
  const { stripe } = await startBilling()
  const customer = await payer(stripe)
  const { id: price } = await createPlan(stripe)
  await stripe.subscriptions.create({ customer, items: [{ price }] })
  const preview = await stripe.invoices.createPreview({ customer, invoice_items: [{ amount: 250, currency: 'usd' }] })
  expect(preview).toMatchObject({ parent: null, total: 250 })
})

// https://docs.stripe.com/api/invoices/create_preview: "all the charges that are pending, including subscription renewal
// charges", whoever will pay them.
test('the next invoice is previewed while the last one cannot be paid', async () => {
  const { stripe, pass } = await startBilling()
  const customer = await payer(stripe)
  const { id: price } = await createPlan(stripe)
  const { id, items } = await stripe.subscriptions.create({ customer, items: [{ price }] })
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: bad.id } })
  await pass(31 * day + 7200)
  const { status, latest_invoice: failed } = await stripe.subscriptions.retrieve(id)
  expect(status).toBe('past_due')
  const next = await stripe.invoices.createPreview({ subscription: id })
  expect(next).toMatchObject({ amount_due: 1200, created: Date.UTC(2026, 2, 15, 12) / 1000 })
  const change = { items: [{ id: items.data[0]?.id ?? '', quantity: 2 }] }
  const changed = await stripe.invoices.createPreview({ subscription: id, subscription_details: change })
  expect(changed.lines.data.map(({ amount }) => amount)).toContain(2400)
  expect(await stripe.invoices.retrieve(String(failed))).toMatchObject({ status: 'open', attempt_count: 1 })
})

test.each(['cancel', 'pause'] as const)(
  'what a trial without a card leads to is previewed, whether it would %s or not',
  async (missing_payment_method) => {
    const { stripe, pass } = await startBilling()
    const { id: customer } = await stripe.customers.create({})
    const { id: price } = await createPlan(stripe)
    const trial = { trial_period_days: 14, trial_settings: { end_behavior: { missing_payment_method } } }
    const ended = await stripe.subscriptions.create({ customer, items: [{ price }], ...trial })
    await stripe.subscriptions.cancel(ended.id)
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price }], ...trial })
    expect(await stripe.invoices.createPreview({ subscription: id })).toMatchObject({ amount_due: 1200 })
    // Looking ahead has changed neither of them.
    for (const one of [ended.id, id]) {
      expect((await stripe.subscriptions.retrieve(one)).trial_settings).toMatchObject(trial.trial_settings)
    }
    await pass(15 * day)
    const status = missing_payment_method === 'cancel' ? 'canceled' : 'paused'
    expect((await stripe.subscriptions.retrieve(id)).status).toBe(status)
  },
)

test('what cannot be previewed is refused by name', async () => {
  const { stripe } = await startBilling()
  const customer = await payer(stripe)
  const wrong = [
    [{}, 'customer'],
    [{ customer: 'cus_none' }, 'customer'],
    [{ subscription: 'sub_none' }, undefined],
    [{ customer, preview_mode: 'recurring' }, 'preview_mode'],
    // https://docs.stripe.com/changelog/basil/2025-03-31/invoice-preview-api-deprecations
    [{ customer }, 'subscription'],
    [{ customer, subscription_details: { cancel_now: true } }, 'subscription'],
    [{ customer, schedule_details: { end_behavior: 'cancel' } }, 'subscription'],
    [{ customer, subscription_details: { items: [{ quantity: 1 }] } }, 'subscription_details[items][0][price]'],
    [{ customer, invoice_items: [{ currency: 'usd' }] }, 'invoice_items[0][amount]'],
    [{ customer, automatic_tax: { enabled: true } }, 'automatic_tax'],
  ] as const
  for (const [params, param] of wrong) {
    const error = await errorOf(stripe.invoices.createPreview(params as Stripe.InvoiceCreatePreviewParams))
    expect(error.statusCode).toBeGreaterThanOrEqual(400)
    if (param !== undefined) expect(error.param).toBe(param)
  }
})
