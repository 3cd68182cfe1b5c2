import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { errorOf, startEmulator } from './harness.ts'
import { cardErrorOf, charge, customerWith, eventTypes } from './payments-harness.ts'

test('a payment that is confirmed at once is charged once', async () => {
  const { stripe } = await startEmulator()
  const { customer, method } = await customerWith(stripe)
  const intent = await charge(stripe, { customer, payment_method: method, metadata: { order: '1' } })
  expect(intent).toMatchObject({
    status: 'succeeded',
    amount_received: 2000,
    capture_method: 'automatic_async',
    metadata: { order: '1' },
    payment_method: method,
  })
  const { data: charges } = await stripe.charges.list({ payment_intent: intent.id })
  expect(charges).toMatchObject([
    { id: intent.latest_charge, status: 'succeeded', paid: true, captured: true, amount_captured: 2000, customer },
  ])
  expect((await eventTypes(stripe)).slice(-3)).toEqual([
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
  ])
})

/** https://docs.stripe.com/payments/paymentintents/lifecycle */
test('a payment goes from its method to its confirmation to its success', async () => {
  const { stripe } = await startEmulator()
  const { id, status } = await stripe.paymentIntents.create({ amount: 500, currency: 'EUR' })
  expect(status).toBe('requires_payment_method')
  const chosen = await stripe.paymentIntents.update(id, { payment_method: 'pm_card_mastercard', amount: 700 })
  expect(chosen).toMatchObject({ status: 'requires_confirmation', amount: 700, currency: 'eur' })
  const paid = await stripe.paymentIntents.confirm(id, { expand: ['latest_charge', 'payment_method'] })
  expect(paid).toMatchObject({
    status: 'succeeded',
    amount_received: 700,
    latest_charge: { amount: 700, payment_method_details: { card: { brand: 'mastercard' } } },
    payment_method: { card: { last4: '4444' } },
  })
})

/** https://docs.stripe.com/testing#cards */
test.each([
  ['visa', 'visa', '4242', 'credit'],
  ['visa_debit', 'visa', '5556', 'debit'],
  ['mastercard', 'mastercard', '4444', 'credit'],
  ['mastercard_debit', 'mastercard', '8210', 'debit'],
  ['mastercard_prepaid', 'mastercard', '5100', 'prepaid'],
  ['amex', 'amex', '0005', 'credit'],
  ['discover', 'discover', '1117', 'credit'],
  ['diners', 'diners', '0004', 'credit'],
  ['jcb', 'jcb', '0505', 'credit'],
  ['unionpay', 'unionpay', '0005', 'credit'],
])('%s pays, by its name and by its token', async (name, brand, last4, funding) => {
  const { stripe } = await startEmulator()
  const card = { brand, last4, funding }
  const named = await charge(stripe, { payment_method: `pm_card_${name}`, expand: ['payment_method'] })
  expect(named).toMatchObject({ status: 'succeeded', payment_method: { card } })
  const method = await stripe.paymentMethods.create({ type: 'card', card: { token: `tok_${name}` } })
  expect(await charge(stripe, { payment_method: method.id })).toMatchObject({ status: 'succeeded' })
  expect(method).toMatchObject({ card })
})

/** https://docs.stripe.com/testing#declined-payments */
test.each([
  ['4000000000000002', 'visa_chargeDeclined', 'card_declined', 'generic_decline', 'Your card was declined.'],
  [
    '4000000000009995',
    'visa_chargeDeclinedInsufficientFunds',
    'card_declined',
    'insufficient_funds',
    'Your card has insufficient funds.',
  ],
  ['4000000000009987', 'visa_chargeDeclinedLostCard', 'card_declined', 'lost_card', 'Your card was declined.'],
  ['4000000000009979', 'visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card', 'Your card was declined.'],
  ['4000000000000069', 'chargeDeclinedExpiredCard', 'expired_card', 'expired_card', 'Your card has expired.'],
  [
    '4000000000000127',
    'chargeDeclinedIncorrectCvc',
    'incorrect_cvc',
    'incorrect_cvc',
    "Your card's security code is incorrect.",
  ],
  [
    '4000000000000119',
    'chargeDeclinedProcessingError',
    'processing_error',
    'processing_error',
    'An error occurred while processing your card. Try again in a little bit.',
  ],
  [
    '4000000000006975',
    'visa_chargeDeclinedVelocityLimitExceeded',
    'card_declined',
    'card_velocity_exceeded',
    'Your card was declined.',
  ],
  ['4000000000000341', 'chargeCustomerFail', 'card_declined', 'generic_decline', 'Your card was declined.'],
])('%s declines as %s', async (number, name, code, declineCode, message) => {
  const { stripe } = await startEmulator()
  const card = { number, exp_month: 12, exp_year: 2040, cvc: '123' }
  const { id } = await stripe.paymentMethods.create({ type: 'card', card })
  for (const method of [id, `pm_card_${name}`]) {
    const error = await cardErrorOf(charge(stripe, { payment_method: method }))
    expect(error).toMatchObject({ statusCode: 402, code, decline_code: declineCode, message })
    expect(error.payment_intent).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      amount_received: 0,
      last_payment_error: { code, decline_code: declineCode, charge: error.charge, type: 'card_error' },
    })
    expect(await stripe.charges.retrieve(String(error.charge))).toMatchObject({
      status: 'failed',
      failure_code: code,
      failure_message: message,
      outcome: { type: 'issuer_declined', reason: declineCode },
      paid: false,
    })
  }
})

test('a payment that was declined is paid with the next card', async () => {
  const { stripe } = await startEmulator()
  const { payment_intent: declined } = await cardErrorOf(charge(stripe, { payment_method: 'pm_card_chargeDeclined' }))
  const paid = await stripe.paymentIntents.confirm(String(declined?.id), { payment_method: 'pm_card_visa' })
  expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null, amount_received: 2000 })
  const { data: charges } = await stripe.charges.list({ payment_intent: paid.id })
  expect(charges.map(({ status }) => status)).toEqual(['succeeded', 'failed'])
  expect(await eventTypes(stripe)).toEqual([
    'payment_intent.created',
    'charge.failed',
    'payment_intent.payment_failed',
    'charge.succeeded',
    'payment_intent.succeeded',
  ])
})

test('without a payment method the default of the customer pays, and without that nothing does', async () => {
  const { stripe } = await startEmulator()
  const { customer, method } = await customerWith(stripe)
  expect(await charge(stripe, { customer })).toMatchObject({ status: 'succeeded', payment_method: method })
  const { id } = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' })
  const error = await errorOf(stripe.paymentIntents.confirm(id))
  expect(error).toMatchObject({
    statusCode: 400,
    code: 'payment_intent_unexpected_state',
    message: expect.stringMatching(/^You cannot confirm this PaymentIntent because it's missing a payment method/),
    payment_intent: { id, status: 'requires_payment_method' },
  })
  const other = await stripe.customers.create()
  const alone = await errorOf(charge(stripe, { customer: other.id }))
  expect(alone.message).toContain(`To confirm the PaymentIntent with ${other.id}, specify a payment method`)
})

test('a paid payment is neither confirmed, nor cancelled, nor given another amount', async () => {
  const { stripe } = await startEmulator()
  const { id } = await charge(stripe, { payment_method: 'pm_card_visa' })
  const unexpected = { statusCode: 400, code: 'payment_intent_unexpected_state', payment_intent: { id } }
  expect(await errorOf(stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' }))).toMatchObject({
    ...unexpected,
    message: 'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
  })
  expect(await errorOf(stripe.paymentIntents.cancel(id))).toMatchObject({
    ...unexpected,
    message: expect.stringMatching(/^You cannot cancel this PaymentIntent because it has a status of succeeded\./),
  })
  expect(await errorOf(stripe.paymentIntents.update(id, { amount: 1 }))).toMatchObject({
    ...unexpected,
    param: 'amount',
    message: expect.stringMatching(/^This PaymentIntent's amount could not be updated/),
  })
  const noted = await stripe.paymentIntents.update(id, { description: 'Lunch', metadata: { table: '4' } })
  expect(noted).toMatchObject({ description: 'Lunch', metadata: { table: '4' }, amount: 2000 })
  expect((await stripe.charges.list({ payment_intent: id })).data).toHaveLength(1)
})

test('a cancelled payment stays so', async () => {
  const { stripe } = await startEmulator()
  const { id } = await stripe.paymentIntents.create({ amount: 500, currency: 'usd', payment_method: 'pm_card_visa' })
  const cancelled = await stripe.paymentIntents.cancel(id, { cancellation_reason: 'abandoned' })
  expect(cancelled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' })
  expect(cancelled.canceled_at).toBeGreaterThan(0)
  expect(await errorOf(stripe.paymentIntents.confirm(id))).toMatchObject({ code: 'payment_intent_unexpected_state' })
  expect(await eventTypes(stripe)).toEqual(['payment_intent.created', 'payment_intent.canceled'])
})

test('a card is kept for a customer when the payment says so', async () => {
  const { stripe } = await startEmulator()
  const { id: customer } = await stripe.customers.create()
  const kept = await charge(stripe, { customer, payment_method: 'pm_card_visa', setup_future_usage: 'off_session' })
  expect(await stripe.paymentMethods.retrieve(String(kept.payment_method))).toMatchObject({ customer })
  const again = await charge(stripe, { customer, payment_method: String(kept.payment_method), off_session: true })
  expect(again.status).toBe('succeeded')
})

test('a card that nobody keeps is good for one payment', async () => {
  const { stripe } = await startEmulator()
  const { payment_method: used } = await charge(stripe, { payment_method: 'pm_card_visa' })
  const again = await errorOf(charge(stripe, { payment_method: String(used) }))
  expect(again.message).toMatch(/^The provided PaymentMethod was previously used with a PaymentIntent without Customer/)
  const { id: customer } = await stripe.customers.create()
  const kept = await errorOf(stripe.paymentMethods.attach(String(used), { customer }))
  expect(kept.message).toMatch(/^This PaymentMethod was previously used without being attached/)
})

test('the card of another is refused', async () => {
  const { stripe } = await startEmulator()
  const { customer, method } = await customerWith(stripe)
  const { id: other } = await stripe.customers.create()
  expect(await errorOf(charge(stripe, { customer: other, payment_method: method }))).toMatchObject({
    param: 'payment_method',
    message: expect.stringContaining(`does not belong to the Customer you supplied ${other}`),
  })
  const { id } = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' })
  expect(await errorOf(stripe.paymentIntents.confirm(id, { payment_method: method }))).toMatchObject({
    code: 'parameter_missing',
    param: 'source',
    message: expect.stringContaining(`${method} belongs to the Customer ${customer}`),
    payment_intent: { id },
  })
})

/** https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
test.each([
  [0, 'usd', 'parameter_invalid_integer', 'The amount must be greater than or equal to the minimum charge amount'],
  [49, 'usd', 'amount_too_small', 'Amount must be at least $0.50 usd'],
  [49, 'jpy', 'amount_too_small', 'Amount must be at least ¥50 jpy'],
])('%i %s is too little', async (amount, currency, code, message) => {
  const { stripe } = await startEmulator()
  const error = await errorOf(stripe.paymentIntents.create({ amount, currency }))
  expect(error).toMatchObject({ statusCode: 400, code, param: 'amount', message: expect.stringContaining(message) })
})

test.each([
  ['capture_method', { capture_method: 'manual' }],
  ['confirmation_method', { confirmation_method: 'manual' }],
  ['off_session', { off_session: true }],
  ['return_url', { return_url: 'https://shop.test' }],
  ['error_on_requires_action', { error_on_requires_action: true }],
  ['transfer_group', { transfer_group: 'x' }],
] satisfies [string, Partial<Stripe.PaymentIntentCreateParams>][])(
  '%s is refused by its name',
  async (param, given) => {
    const { stripe } = await startEmulator()
    const error = await errorOf(stripe.paymentIntents.create({ amount: 500, currency: 'usd', ...given }))
    expect(error).toMatchObject({ statusCode: 400, param })
    expect((await stripe.paymentIntents.list()).data).toEqual([])
  },
)

test('payments are listed by customer, and a charge is described later', async () => {
  const { stripe } = await startEmulator()
  const { customer } = await customerWith(stripe)
  const own = await charge(stripe, { customer })
  await charge(stripe, { payment_method: 'pm_card_visa' })
  expect((await stripe.paymentIntents.list({ customer })).data.map(({ id }) => id)).toEqual([own.id])
  expect((await stripe.paymentIntents.list()).data).toHaveLength(2)
  const id = String(own.latest_charge)
  const described = await stripe.charges.update(id, {
    description: 'Tea',
    metadata: { cup: 'blue' },
    fraud_details: { user_report: 'safe' },
  })
  expect(described).toMatchObject({
    description: 'Tea',
    metadata: { cup: 'blue' },
    fraud_details: { user_report: 'safe' },
  })
  const [event] = (await stripe.events.list({ type: 'charge.updated' })).data
  expect(event?.data.previous_attributes).toMatchObject({ description: null, metadata: {} })
})

test('what is not there is said as Stripe says it', async () => {
  const { stripe } = await startEmulator()
  expect(await errorOf(stripe.paymentIntents.retrieve('pi_x'))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
    param: 'intent',
    message: "No such payment_intent: 'pi_x'",
  })
  expect(await errorOf(stripe.charges.retrieve('ch_x'))).toMatchObject({
    statusCode: 404,
    message: "No such charge: 'ch_x'",
  })
  expect(await errorOf(charge(stripe, { payment_method: 'pm_card_unheardOf' }))).toMatchObject({
    statusCode: 400,
    param: 'payment_method',
    message: "No such PaymentMethod: 'pm_card_unheardOf'",
  })
})
