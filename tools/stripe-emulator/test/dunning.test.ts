import { expect, test } from 'vitest'
import { createControl } from '../src/index.ts'
import { createPlan } from './harness.ts'
import { day, draft, payer, start, startBilling } from './invoices-harness.ts'

const renewal = Date.UTC(2026, 1, 15, 12) / 1000

/** A subscription whose first month is paid, and whose card fails from then on. */
async function failing(card = 'pm_card_chargeCustomerFail') {
  const billing = await startBilling()
  const { stripe, pass } = billing
  const customer = await payer(stripe)
  const { id: price } = await createPlan(stripe)
  const { id } = await stripe.subscriptions.create({ customer, items: [{ price }] })
  const bad = await stripe.paymentMethods.attach(card, { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: bad.id } })
  await pass(renewal - start + 3600)
  const [invoice] = (await stripe.invoices.list({ customer, limit: 1 })).data
  return { ...billing, customer, subscription: id, invoice: invoice?.id ?? '' }
}

// https://docs.stripe.com/billing/revenue-recovery/smart-retries#custom-retry-schedule
test('a failed renewal is tried again after 3, 5 and 7 days, and then the subscription is cancelled', async () => {
  const { stripe, pass, invoice, subscription } = await failing()
  const first = renewal + 3600
  expect(await stripe.invoices.retrieve(invoice)).toMatchObject({
    attempt_count: 1,
    attempted: true,
    next_payment_attempt: first + 3 * day,
    status: 'open',
  })
  expect(await stripe.subscriptions.retrieve(subscription)).toMatchObject({ status: 'past_due' })
  await pass(3 * day)
  expect(await stripe.invoices.retrieve(invoice)).toMatchObject({
    attempt_count: 2,
    next_payment_attempt: first + 8 * day,
  })
  await pass(5 * day)
  expect(await stripe.invoices.retrieve(invoice)).toMatchObject({
    attempt_count: 3,
    next_payment_attempt: first + 15 * day,
  })
  expect(await stripe.subscriptions.retrieve(subscription)).toMatchObject({ status: 'past_due' })
  await pass(7 * day)
  expect(await stripe.invoices.retrieve(invoice)).toMatchObject({
    attempt_count: 4,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'open',
  })
  expect(await stripe.subscriptions.retrieve(subscription)).toMatchObject({
    cancellation_details: { reason: 'payment_failed' },
    status: 'canceled',
  })
  const failed = await stripe.events.list({ type: 'invoice.payment_failed' })
  expect(failed.data.map(({ created }) => (created - first) / day).reverse()).toEqual([0, 3, 8, 15])
})

test('a new card is used by the next retry, and the subscription is active again', async () => {
  const { stripe, pass, customer, invoice, subscription } = await failing()
  const good = await stripe.paymentMethods.attach('pm_card_visa', { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: good.id } })
  await pass(3 * day)
  expect(await stripe.invoices.retrieve(invoice)).toMatchObject({ attempt_count: 2, status: 'paid' })
  expect(await stripe.subscriptions.retrieve(subscription)).toMatchObject({ status: 'active' })
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ delinquent: false })
})

// https://docs.stripe.com/api/invoices/object#invoice_object-attempt_count
test('a payment by hand in between does not move the schedule', async () => {
  const { stripe, pass, invoice } = await failing()
  await pass(day)
  await expect(stripe.invoices.pay(invoice)).rejects.toThrow('declined')
  expect(await stripe.invoices.retrieve(invoice)).toMatchObject({
    attempt_count: 1,
    next_payment_attempt: renewal + 3600 + 3 * day,
  })
})

// https://docs.stripe.com/billing/revenue-recovery/smart-retries#non-retryable-decline-codes
test('a card that is refused for good is not charged again, though the attempts are counted', async () => {
  const { stripe, pass, invoice, subscription } = await failing('pm_card_authenticationRequired')
  expect(await stripe.invoices.retrieve(invoice)).toMatchObject({ attempt_count: 1 })
  expect((await stripe.events.list({ type: 'invoice.payment_action_required' })).data).toHaveLength(1)
  await pass(15 * day)
  expect(await stripe.invoices.retrieve(invoice)).toMatchObject({ attempt_count: 4, next_payment_attempt: null })
  expect((await stripe.events.list({ type: 'invoice.payment_failed' })).data).toHaveLength(1)
  expect((await stripe.charges.list()).data.filter(({ status }) => status === 'failed')).toHaveLength(1)
  expect(await stripe.subscriptions.retrieve(subscription)).toMatchObject({ status: 'canceled' })
})

test('an invoice of its own is retried too, and stays open in the end', async () => {
  const { stripe, pass } = await startBilling()
  const { id } = await draft(stripe, await payer(stripe, 'pm_card_chargeCustomerFail'), { auto_advance: true })
  await pass(30 * day)
  expect(await stripe.invoices.retrieve(id)).toMatchObject({
    attempt_count: 4,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'open',
  })
})

test('the first payment of a subscription is never retried', async () => {
  const { stripe, pass } = await startBilling()
  const customer = await payer(stripe, 'pm_card_chargeCustomerFail')
  const { id: price } = await createPlan(stripe)
  const { id, latest_invoice: invoice } = await stripe.subscriptions.create({
    customer,
    items: [{ price }],
    payment_behavior: 'allow_incomplete',
  })
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'incomplete' })
  expect(await stripe.invoices.retrieve(String(invoice))).toMatchObject({
    attempt_count: 1,
    next_payment_attempt: null,
  })
  await pass(day)
  expect(await stripe.invoices.retrieve(String(invoice))).toMatchObject({ attempt_count: 1, status: 'void' })
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'incomplete_expired' })
})

// https://docs.stripe.com/billing/subscriptions/pause-payment
test.each([
  ['keep_as_draft', 'draft'],
  ['mark_uncollectible', 'uncollectible'],
  ['void', 'void'],
] as const)('while collection is paused (%s) a renewal is %s', async (behavior, status) => {
  const { stripe, pass } = await startBilling()
  const customer = await payer(stripe)
  const { id: price } = await createPlan(stripe)
  const { id } = await stripe.subscriptions.create({ customer, items: [{ price }] })
  await stripe.subscriptions.update(id, { pause_collection: { behavior } })
  await pass(renewal - start + day)
  expect((await stripe.invoices.list({ customer, limit: 1 })).data).toMatchObject([{ status, attempted: false }])
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' })
  expect((await stripe.charges.list()).data).toHaveLength(1)
})

// https://docs.stripe.com/billing/collection-method: what is sent is not charged, and past due after its day.
test('a subscription whose invoices are sent is past due after their day, and active once they are paid', async () => {
  const { stripe, pass } = await startBilling()
  const customer = await payer(stripe)
  const { id: price } = await createPlan(stripe)
  const { id } = await stripe.subscriptions.create({
    customer,
    collection_method: 'send_invoice',
    days_until_due: 7,
    items: [{ price }],
  })
  await pass(3600)
  const [invoice] = (await stripe.invoices.list({ customer })).data
  expect(invoice).toMatchObject({ attempted: false, due_date: start + 7 * day, status: 'open' })
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' })
  await pass(8 * day)
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'past_due' })
  await stripe.invoices.pay(invoice?.id ?? '', { paid_out_of_band: true })
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' })
  expect((await stripe.charges.list()).data).toEqual([])
})

// https://docs.stripe.com/billing/subscriptions/overview#unpaid
test.each(['paid', 'void', 'uncollectible'] as const)(
  'what is unpaid by an older invoice is active again once that is %s, though a newer one was paid before',
  async (closed) => {
    const { stripe, pass, url, customer, subscription, invoice } = await failing()
    await createControl(url).settings.change({ retries: { days: [3], then: 'mark_unpaid' } })
    const [item] = (await stripe.subscriptions.retrieve(subscription)).items.data
    const changed = await stripe.subscriptions.update(subscription, {
      items: [{ id: item?.id ?? '', quantity: 0 }],
      proration_behavior: 'always_invoice',
    })
    expect(changed.status).toBe('active')
    await pass(3 * day)
    expect(await stripe.subscriptions.retrieve(subscription)).toMatchObject({ status: 'unpaid' })
    const good = await stripe.paymentMethods.attach('pm_card_visa', { customer })
    if (closed === 'paid') await stripe.invoices.pay(invoice, { payment_method: good.id })
    if (closed === 'void') await stripe.invoices.voidInvoice(invoice)
    if (closed === 'uncollectible') await stripe.invoices.markUncollectible(invoice)
    expect(await stripe.invoices.retrieve(invoice)).toMatchObject({ status: closed })
    expect(await stripe.subscriptions.retrieve(subscription)).toMatchObject({ status: 'active' })
  },
)
