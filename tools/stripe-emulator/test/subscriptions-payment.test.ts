import type Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { createControl } from '../src/index.ts'
import { errorOf } from './harness.ts'
import { day, hour, idOf, itemOf, openShop, utc } from './subscriptions-harness.ts'

const start = utc(2026, 2, 1)

async function shopWith(card: string | null) {
  const shop = await openShop(start)
  return { ...shop, customer: await shop.customer(card), plan: await shop.price(1200) }
}

// https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses
describe('the first payment', () => {
  test('that succeeds makes it active, in the order in which Stripe tells it', async () => {
    const { stripe, customer, plan, types } = await shopWith('pm_card_visa')
    const before = (await types()).length
    const { status, latest_invoice: latest } = await stripe.subscriptions.create({ customer, items: [{ price: plan }] })
    expect(status).toBe('active')
    expect(await stripe.invoices.retrieve(idOf(latest))).toMatchObject({
      status: 'paid',
      billing_reason: 'subscription_create',
      total: 1200,
    })
    expect((await types()).slice(before)).toEqual([
      'customer.updated',
      'invoice.created',
      'customer.subscription.created',
      'payment_intent.created',
      'invoice.finalized',
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice_payment.paid',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
      'customer.subscription.updated',
    ])
  })

  test('that fails leaves it incomplete for 23 hours, in which another card may pay', async () => {
    const { stripe, customer, plan, travelTo } = await shopWith('pm_card_chargeCustomerFail')
    const created = await stripe.subscriptions.create({ customer, items: [{ price: plan }] })
    expect(created.status).toBe('incomplete')
    await travelTo(start + 22 * hour)
    const good = await stripe.paymentMethods.attach('pm_card_visa', { customer })
    await stripe.invoices.pay(idOf(created.latest_invoice), { payment_method: good.id })
    expect(await stripe.subscriptions.retrieve(created.id)).toMatchObject({ status: 'active' })
  })

  test('that never comes lets it expire, and voids what it asked for', async () => {
    const { stripe, customer, plan, travelTo, types } = await shopWith('pm_card_chargeCustomerFail')
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price: plan }] })
    await travelTo(start + 23 * hour)
    expect(await stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] })).toMatchObject({
      status: 'incomplete_expired',
      ended_at: start + 23 * hour,
      latest_invoice: { status: 'void' },
    })
    expect((await types()).filter((type) => type === 'customer.subscription.updated')).toHaveLength(1)
    expect(await errorOf(stripe.subscriptions.update(id, { description: 'x' }))).toMatchObject({ statusCode: 400 })
  })

  test('is not needed by what is free', async () => {
    const { stripe, customer, price } = await shopWith(null)
    const free = await price(0)
    expect(await stripe.subscriptions.create({ customer, items: [{ price: free }] })).toMatchObject({
      status: 'active',
    })
  })

  test('is asked of a customer without a card only by default_incomplete', async () => {
    const { stripe, customer, plan } = await shopWith(null)
    const params = { customer, items: [{ price: plan }] }
    expect(await errorOf(stripe.subscriptions.create(params))).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
    })
    expect((await stripe.subscriptions.list({ customer, status: 'all' })).data).toEqual([])
    const waiting = await stripe.subscriptions.create({
      ...params,
      payment_behavior: 'default_incomplete',
      expand: ['latest_invoice.payments'],
    })
    expect(waiting).toMatchObject({ status: 'incomplete', latest_invoice: { status: 'open', attempted: false } })
  })
})

// https://docs.stripe.com/api/subscriptions/create#create_subscription-payment_behavior
describe('payment_behavior', () => {
  test('default_incomplete waits for the customer, whose payment makes it active and may be kept', async () => {
    const { stripe, customer, plan } = await shopWith('pm_card_visa')
    const waiting = await stripe.subscriptions.create({
      customer,
      items: [{ price: plan }],
      payment_behavior: 'default_incomplete',
      payment_settings: { save_default_payment_method: 'on_subscription' },
    })
    expect(waiting).toMatchObject({ status: 'incomplete', default_payment_method: null })
    const [payment] = (await stripe.invoicePayments.list({ invoice: idOf(waiting.latest_invoice) })).data
    const method = await stripe.paymentMethods.attach('pm_card_mastercard', { customer })
    await stripe.paymentIntents.confirm(idOf(payment?.payment.payment_intent), { payment_method: method.id })
    expect(await stripe.subscriptions.retrieve(waiting.id)).toMatchObject({
      status: 'active',
      default_payment_method: method.id,
    })
  })

  // "await explicit confirmation of the invoice's payment intent": nothing is charged by itself an hour later.
  test('default_incomplete leaves the payment of a change to the customer, however long they take', async () => {
    const { stripe, customer, plan, travelTo, now } = await shopWith('pm_card_visa')
    const { id, items } = await stripe.subscriptions.create({ customer, items: [{ price: plan }] })
    const changed = await stripe.subscriptions.update(id, {
      items: [{ id: items.data[0]?.id ?? '', quantity: 3 }],
      proration_behavior: 'always_invoice',
      payment_behavior: 'default_incomplete',
    })
    await travelTo(now() + 3 * day)
    const invoice = await stripe.invoices.retrieve(idOf(changed.latest_invoice), { expand: ['payments'] })
    expect(invoice).toMatchObject({ status: 'open', attempted: false, auto_advance: false, next_payment_attempt: null })
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('past_due')
    await stripe.paymentIntents.confirm(idOf(invoice.payments?.data[0]?.payment.payment_intent), {
      payment_method: 'pm_card_visa',
    })
    expect((await stripe.subscriptions.retrieve(id)).status).toBe('active')
  })

  test('error_if_incomplete answers 402 and changes nothing', async () => {
    const { stripe, customer, plan, types } = await shopWith('pm_card_chargeCustomerFail')
    const before = await types()
    const refused = await errorOf(
      stripe.subscriptions.create({ customer, items: [{ price: plan }], payment_behavior: 'error_if_incomplete' }),
    )
    expect(refused).toMatchObject({ statusCode: 402, type: 'StripeCardError', code: 'card_declined' })
    expect(await types()).toEqual(before)
    expect((await stripe.invoices.list({ customer })).data).toEqual([])
    expect((await stripe.subscriptions.list({ customer, status: 'all' })).data).toEqual([])
  })

  test('error_if_incomplete says when the bank wants to ask', async () => {
    const { stripe, customer, plan } = await shopWith('pm_card_authenticationRequired')
    const refused = await errorOf(
      stripe.subscriptions.create({ customer, items: [{ price: plan }], payment_behavior: 'error_if_incomplete' }),
    )
    expect(refused).toMatchObject({ statusCode: 402, code: 'subscription_payment_intent_requires_action' })
  })

  test('error_if_incomplete lets a change be paid for, or not be at all', async () => {
    const { stripe, customer, plan, useCard, travelTo } = await shopWith('pm_card_visa')
    const created = await stripe.subscriptions.create({ customer, items: [{ price: plan }] })
    await useCard(customer, 'pm_card_chargeCustomerFail')
    await travelTo(start + day)
    const before = await stripe.subscriptions.retrieve(created.id)
    const change: Stripe.SubscriptionUpdateParams = {
      items: [{ id: itemOf(created).id, quantity: 9 }],
      proration_behavior: 'always_invoice',
      payment_behavior: 'error_if_incomplete',
    }
    expect(await errorOf(stripe.subscriptions.update(created.id, change))).toMatchObject({ statusCode: 402 })
    expect(await stripe.subscriptions.retrieve(created.id)).toEqual(before)
    await useCard(customer, 'pm_card_visa')
    expect(itemOf(await stripe.subscriptions.update(created.id, change)).quantity).toBe(9)
  })

  test('allow_incomplete makes the change and is past due when it is not paid', async () => {
    const { stripe, customer, plan, useCard, travelTo } = await shopWith('pm_card_visa')
    const created = await stripe.subscriptions.create({ customer, items: [{ price: plan }] })
    await useCard(customer, 'pm_card_chargeCustomerFail')
    await travelTo(start + day)
    const changed = await stripe.subscriptions.update(created.id, {
      items: [{ id: itemOf(created).id, quantity: 9 }],
      proration_behavior: 'always_invoice',
    })
    expect(changed.status).toBe('past_due')
    expect(itemOf(changed).quantity).toBe(9)
  })

  test('pending updates are not covered, and that is said', async () => {
    const { stripe, customer, plan } = await shopWith('pm_card_visa')
    const created = await stripe.subscriptions.create({ customer, items: [{ price: plan }] })
    const refused = await errorOf(
      stripe.subscriptions.update(created.id, { payment_behavior: 'pending_if_incomplete' }),
    )
    expect(refused).toMatchObject({ statusCode: 400, param: 'payment_behavior' })
  })
})

// https://docs.stripe.com/billing/subscriptions/payment-methods-setting#payment-method-priority
test('the subscription’s own card comes before the customer’s', async () => {
  const { stripe, customer, plan } = await shopWith('pm_card_chargeCustomerFail')
  const own = await stripe.paymentMethods.attach('pm_card_visa', { customer })
  const params = { customer, items: [{ price: plan }] }
  const paid = await stripe.subscriptions.create({ ...params, default_payment_method: own.id })
  expect(paid.status).toBe('active')
  const other = await stripe.customers.create({ email: 'b@example.com' })
  expect(
    await errorOf(stripe.subscriptions.create({ ...params, customer: other.id, default_payment_method: own.id })),
  ).toMatchObject({ code: 'resource_missing', param: 'default_payment_method' })
})

describe('settings of what follows the last retry', () => {
  test.each([
    ['mark_unpaid', 'unpaid'],
    ['leave_past_due', 'past_due'],
  ] as const)('%s', async (then, status) => {
    const { stripe, url, customer, plan, useCard, travelTo } = await shopWith('pm_card_visa')
    await createControl(url).settings.change({ retries: { days: [1], then } })
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price: plan }] })
    await useCard(customer, 'pm_card_chargeCustomerFail')
    await travelTo(utc(2026, 3, 10))
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status })
    await travelTo(utc(2026, 4, 2))
    const next = await stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] })
    expect(next).toMatchObject({ latest_invoice: { status: status === 'unpaid' ? 'draft' : 'open' } })
  })
})

// https://docs.stripe.com/api/subscriptions/create: schedules begin with a draft, so nobody has to pay at that moment.
test('what a schedule starts begins active, with a draft, and is past due when nothing can be charged', async () => {
  const { stripe, customer, plan, travelTo } = await shopWith(null)
  const { subscription } = await stripe.subscriptionSchedules.create({
    customer,
    start_date: 'now',
    phases: [{ items: [{ price: plan }] }],
  })
  const begun = await stripe.subscriptions.retrieve(idOf(subscription), { expand: ['latest_invoice'] })
  expect(begun).toMatchObject({ status: 'active', latest_invoice: { status: 'draft' } })
  await travelTo(start + hour)
  expect(await stripe.subscriptions.retrieve(begun.id)).toMatchObject({ status: 'past_due' })
})

describe('one-time prices beside the items', () => {
  test('are on the first invoice only', async () => {
    const { stripe, customer, plan, price, travelTo } = await shopWith('pm_card_visa')
    const setup = await stripe.prices.create({ currency: 'usd', unit_amount: 5000, product_data: { name: 'Setup' } })
    const { id } = await stripe.subscriptions.create({
      customer,
      items: [{ price: plan }],
      add_invoice_items: [{ price: setup.id }],
    })
    await travelTo(utc(2026, 3, 1, 2))
    const { data } = await stripe.invoices.list({ subscription: id })
    expect(data.map(({ total }) => total)).toEqual([1200, 6200])
    const recurring = await price(100)
    expect(
      await errorOf(
        stripe.subscriptions.create({ customer, items: [{ price: plan }], add_invoice_items: [{ price: recurring }] }),
      ),
    ).toMatchObject({ param: 'add_invoice_items[0][price]' })
  })
})

// https://docs.stripe.com/billing/subscriptions/billing-cycle
describe('an anchor ahead', () => {
  const anchor = utc(2026, 2, 16, 12)

  test('prorates the time until it', async () => {
    const { stripe, customer, plan, linesOf, travelTo } = await shopWith('pm_card_visa')
    const created = await stripe.subscriptions.create({
      customer,
      items: [{ price: plan }],
      billing_cycle_anchor: anchor,
    })
    expect(itemOf(created)).toMatchObject({ current_period_start: start, current_period_end: anchor })
    // From 16 February noon to 16 March noon are 28 days, of which 15.5 remain.
    expect(await linesOf(created.latest_invoice)).toEqual([[664, 'Time on Pro from 01 Mar 2026 until 16 Mar 2026']])
    await travelTo(anchor + hour)
    const { data } = await stripe.invoices.list({ customer })
    expect(data.map(({ total }) => total)).toEqual([1200, 664])
  })

  // "If proration_behavior is none, the initial period up to the billing cycle anchor will be free … there is no 0 USD invoice."
  test('without proration the time until it is free, without an invoice', async () => {
    const { stripe, customer, plan } = await shopWith('pm_card_visa')
    const created = await stripe.subscriptions.create({
      customer,
      items: [{ price: plan }],
      billing_cycle_anchor: anchor,
      proration_behavior: 'none',
    })
    expect(created).toMatchObject({ status: 'active', latest_invoice: null })
  })

  test('lies within one period, and not behind', async () => {
    const { stripe, customer, plan } = await shopWith('pm_card_visa')
    const params = { customer, items: [{ price: plan }] }
    const late = await errorOf(stripe.subscriptions.create({ ...params, billing_cycle_anchor: utc(2026, 3, 2) }))
    expect(late.message).toContain('next natural billing date')
    const past = await errorOf(stripe.subscriptions.create({ ...params, billing_cycle_anchor: start - day }))
    expect(past).toMatchObject({ param: 'billing_cycle_anchor' })
  })
})
