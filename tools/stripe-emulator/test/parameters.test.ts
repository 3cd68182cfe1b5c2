import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { createPlan, startEmulator } from './harness.ts'

// Parameters that change nothing about a card are told again, never passed over.
test('the types of payment methods that were allowed are told again', async () => {
  const { stripe } = await startEmulator()
  const allowed = { allowed_payment_method_types: ['card' as const] }
  expect(await stripe.paymentIntents.create({ amount: 500, currency: 'usd', ...allowed })).toMatchObject(allowed)
  expect(await stripe.paymentIntents.create({ amount: 500, currency: 'usd' })).toMatchObject({
    allowed_payment_method_types: null,
  })
  expect(await stripe.setupIntents.create(allowed)).toMatchObject(allowed)
})

test('the payment settings of a subscription are told again, each by itself', async () => {
  const { stripe } = await startEmulator()
  const { id: customer } = await stripe.customers.create()
  const { id: price } = await createPlan(stripe)
  const { id, payment_settings: first } = await stripe.subscriptions.create({
    customer,
    items: [{ price }],
    payment_behavior: 'default_incomplete',
    payment_settings: { payment_method_types: ['card'] },
  })
  expect(first).toMatchObject({ payment_method_types: ['card'], save_default_payment_method: 'off' })
  const update = async (payment_settings: Stripe.SubscriptionUpdateParams.PaymentSettings) =>
    (await stripe.subscriptions.update(id, { payment_settings })).payment_settings
  expect(await update({ save_default_payment_method: 'on_subscription' })).toMatchObject({
    payment_method_types: ['card'],
    save_default_payment_method: 'on_subscription',
  })
  expect(await update({ payment_method_types: '' })).toMatchObject({
    payment_method_types: null,
    save_default_payment_method: 'on_subscription',
  })
})
