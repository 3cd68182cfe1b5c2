import { describe, expect, test } from 'vitest'
import { createPlan, errorOf } from './harness.ts'
import { day, draft, payer, startBilling } from './invoices-harness.ts'

// https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts: "up to eight digits". What cannot be finalised
// says why: https://docs.stripe.com/invoicing/integration/workflow-transitions

test('an invoice of more than can be charged stays a draft that says so, until it is mended', async () => {
  const { stripe, eventsOf } = await startBilling()
  const customer = await payer(stripe)
  const invoice = await draft(stripe, customer, { amount: 99_999_999 })
  const more = await stripe.invoiceItems.create({ customer, invoice: invoice.id, amount: 1, currency: 'usd' })
  const events = await eventsOf(async () => {
    for (const call of [
      () => stripe.invoices.finalizeInvoice(invoice.id),
      () => stripe.invoices.pay(invoice.id),
      () => stripe.invoices.sendInvoice(invoice.id),
    ]) {
      expect(await errorOf(call())).toMatchObject({ statusCode: 400, code: 'amount_too_large' })
    }
  })
  expect(events.filter((type) => type === 'invoice.finalization_failed')).toHaveLength(3)
  expect(events).not.toContain('invoice.sent')
  expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
    status: 'draft',
    number: null,
    last_finalization_error: { code: 'amount_too_large', type: 'invalid_request_error' },
  })
  await stripe.invoiceItems.del(more.id)
  expect(await stripe.invoices.pay(invoice.id)).toMatchObject({
    status: 'paid',
    amount_paid: 99_999_999,
    last_finalization_error: null,
  })
})

test('a renewal that cannot be charged does not stop the clock', async () => {
  const { stripe, pass } = await startBilling()
  const customer = await payer(stripe)
  const { id: price } = await createPlan(stripe, { amount: 60_000_000 })
  const { id } = await stripe.subscriptions.create({ customer, items: [{ price }] })
  await stripe.invoiceItems.create({ customer, subscription: id, amount: 60_000_000, currency: 'usd' })
  await pass(31 * day + 7200)
  const [last] = (await stripe.invoices.list({ customer })).data
  expect(last).toMatchObject({
    status: 'draft',
    total: 120_000_000,
    last_finalization_error: { code: 'amount_too_large' },
  })
  await pass(28 * day)
  expect((await stripe.invoices.list({ customer })).data[0]).toMatchObject({ status: 'paid', total: 60_000_000 })
})

describe.each(['allow_incomplete', 'default_incomplete', 'error_if_incomplete'] as const)(
  'a subscription that would ask for more than can be charged (%s)',
  (payment_behavior) => {
    const refused = { statusCode: 400, code: 'amount_too_large' }

    test('is not created', async () => {
      const { stripe, eventsOf } = await startBilling()
      const customer = await payer(stripe)
      const { id: price } = await createPlan(stripe, { amount: 60_000_000 })
      const items = [{ price, quantity: 2 }]
      const events = await eventsOf(async () => {
        expect(await errorOf(stripe.subscriptions.create({ customer, items, payment_behavior }))).toMatchObject(refused)
      })
      expect(events).toEqual([])
      expect((await stripe.subscriptions.list({ customer, status: 'all' })).data).toEqual([])
    })

    test('is not changed, unless it is billed later', async () => {
      const { stripe, eventsOf } = await startBilling()
      const customer = await payer(stripe)
      const { id: price } = await createPlan(stripe, { amount: 60_000_000 })
      const created = await stripe.subscriptions.create({ customer, items: [{ price }] })
      const { id, latest_invoice: first } = created
      const items = [{ id: created.items.data[0]?.id ?? '', quantity: 3 }]
      const events = await eventsOf(async () => {
        const change = stripe.subscriptions.update(id, {
          items,
          payment_behavior,
          proration_behavior: 'always_invoice',
        })
        expect(await errorOf(change)).toMatchObject(refused)
      })
      expect(events).toEqual([])
      expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
        latest_invoice: first,
        items: { data: [{ quantity: 1 }] },
      })
      const later = await stripe.subscriptions.update(id, { items, payment_behavior })
      expect(later).toMatchObject({ status: 'active', items: { data: [{ quantity: 3 }] } })
    })
  },
)

test('a subscription that would ask for more than can be charged is not resumed', async () => {
  const { stripe, eventsOf } = await startBilling()
  const customer = await payer(stripe)
  const { id: price } = await createPlan(stripe, { amount: 60_000_000 })
  const { id, items } = await stripe.subscriptions.create({ customer, items: [{ price }] })
  await stripe.subscriptions.pause(id, { bill_for: { unused_time_from: { type: 'none' } } })
  await stripe.subscriptionItems.update(items.data[0]?.id ?? '', { quantity: 2 })
  const events = await eventsOf(async () => {
    expect(await errorOf(stripe.subscriptions.resume(id))).toMatchObject({ statusCode: 400, code: 'amount_too_large' })
  })
  expect(events).toEqual([])
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'paused' })
})
