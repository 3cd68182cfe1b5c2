import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { createPlan, errorOf, startEmulator } from './harness.ts'
import { answerBank, cardErrorOf, eventTypes } from './payments-harness.ts'

/** A subscription whose first invoice waits for its payment. */
async function waiting(stripe: Stripe) {
  const { id: customer } = await stripe.customers.create({ email: 'ada@example.com' })
  const price = await createPlan(stripe)
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: price.id }],
    payment_behavior: 'default_incomplete',
    payment_settings: { save_default_payment_method: 'on_subscription' },
  })
  expect(subscription.status).toBe('incomplete')
  const invoice = String(subscription.latest_invoice)
  const [payment] = (await stripe.invoicePayments.list({ invoice })).data
  return { subscription: subscription.id, customer, invoice, payment: String(payment?.payment.payment_intent) }
}

async function statusOf(stripe: Stripe, { subscription, invoice }: { subscription: string; invoice: string }) {
  const [{ status: plan }, { status: bill }] = await Promise.all([
    stripe.subscriptions.retrieve(subscription),
    stripe.invoices.retrieve(invoice),
  ])
  return [plan, bill]
}

/** https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses */
test('a payment that is confirmed pays its invoice and begins its subscription', async () => {
  const { stripe } = await startEmulator()
  const begun = await waiting(stripe)
  const paid = await stripe.paymentIntents.confirm(begun.payment, { payment_method: 'pm_card_visa' })
  expect(paid).toMatchObject({ status: 'succeeded', amount_received: 1200, setup_future_usage: 'off_session' })
  expect(await statusOf(stripe, begun)).toEqual(['active', 'paid'])
  expect(await stripe.paymentMethods.retrieve(String(paid.payment_method))).toMatchObject({ customer: begun.customer })
})

test('the answer of the bank pays the invoice, and a decline leaves it open', async () => {
  const { stripe } = await startEmulator()
  const begun = await waiting(stripe)
  await cardErrorOf(stripe.paymentIntents.confirm(begun.payment, { payment_method: 'pm_card_chargeDeclined' }))
  expect(await statusOf(stripe, begun)).toEqual(['incomplete', 'open'])
  expect(await eventTypes(stripe)).toContain('invoice.payment_failed')
  const payment_method = 'pm_card_authenticationRequired'
  const asked = await stripe.paymentIntents.confirm(begun.payment, { payment_method })
  expect(await statusOf(stripe, begun)).toEqual(['incomplete', 'open'])
  await answerBank(asked, 'complete')
  expect(await statusOf(stripe, begun)).toEqual(['active', 'paid'])
})

test('the amount of a payment that belongs to an invoice is not changed', async () => {
  const { stripe } = await startEmulator()
  const begun = await waiting(stripe)
  expect(await errorOf(stripe.paymentIntents.update(begun.payment, { amount: 60 }))).toMatchObject({ param: 'amount' })
  expect((await stripe.paymentIntents.retrieve(begun.payment)).amount).toBe(1200)
})

test('an invoice whose payment is cancelled is void', async () => {
  const { stripe } = await startEmulator()
  const begun = await waiting(stripe)
  await stripe.paymentIntents.cancel(begun.payment)
  expect(await statusOf(stripe, begun)).toEqual(['incomplete_expired', 'void'])
})
