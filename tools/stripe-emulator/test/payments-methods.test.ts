import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { createCheckout, errorOf, pay, startEmulator } from './harness.ts'
import { cardErrorOf, charge, customerWith, eventTypes } from './payments-harness.ts'

const card = { number: '4242 4242 4242 4242', exp_month: 12, exp_year: 2040, cvc: '123' }

test('a card is created, attached, listed and detached', async () => {
  const { stripe } = await startEmulator()
  const { id: customer } = await stripe.customers.create()
  const { id } = await stripe.paymentMethods.create({
    type: 'card',
    card,
    billing_details: { name: 'Ada', address: { city: 'London' } },
    metadata: { colour: 'red' },
  })
  expect((await stripe.paymentMethods.list({ customer })).data).toEqual([])
  const attached = await stripe.paymentMethods.attach(id, { customer })
  expect(attached).toMatchObject({
    customer,
    type: 'card',
    allow_redisplay: 'unspecified',
    billing_details: { name: 'Ada', address: { city: 'London', country: null }, email: null },
    card: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2040 },
    metadata: { colour: 'red' },
  })
  expect((await stripe.paymentMethods.list({ customer, type: 'card' })).data).toEqual([attached])
  expect(await stripe.paymentMethods.detach(id)).toMatchObject({ customer: null })
  expect((await stripe.paymentMethods.list({ customer })).data).toEqual([])
  expect((await errorOf(stripe.paymentMethods.detach(id))).message).toBe(
    'The payment method you provided is not attached to a customer so detachment is impossible.',
  )
  expect((await errorOf(stripe.paymentMethods.attach(id, { customer }))).message).toMatch(/may not be used again\.$/)
  expect(await eventTypes(stripe)).toEqual(['customer.created', 'payment_method.attached', 'payment_method.detached'])
})

test('a ready-made card is a new one each time', async () => {
  const { stripe } = await startEmulator()
  const { id: customer } = await stripe.customers.create()
  const first = await stripe.paymentMethods.attach('pm_card_visa', { customer })
  const second = await stripe.paymentMethods.attach('pm_card_visa', { customer })
  expect(first.id).not.toBe(second.id)
  expect(first.card?.fingerprint).toBe(second.card?.fingerprint)
  expect((await stripe.paymentMethods.list({ customer })).data.map(({ id }) => id)).toEqual([second.id, first.id])
})

test('a card belongs to one customer', async () => {
  const { stripe } = await startEmulator()
  const { customer, method } = await customerWith(stripe)
  const { id: other } = await stripe.customers.create()
  expect(await errorOf(stripe.paymentMethods.attach(method, { customer: other }))).toMatchObject({
    statusCode: 400,
    message: 'The payment method you provided has already been attached to a customer.',
  })
  expect(await stripe.paymentMethods.attach(method, { customer })).toMatchObject({ customer })
  const attached = (await eventTypes(stripe)).filter((type) => type === 'payment_method.attached')
  expect(attached).toHaveLength(1)
})

/** https://docs.stripe.com/testing#declined-payments: of the cards that decline, only …0341 can be attached. */
test('a card whose bank declines is not attached', async () => {
  const { stripe } = await startEmulator()
  const { id: customer } = await stripe.customers.create()
  const attach = (method: string) => stripe.paymentMethods.attach(method, { customer })
  expect(await cardErrorOf(attach('pm_card_visa_chargeDeclinedInsufficientFunds'))).toMatchObject({
    statusCode: 402,
    code: 'card_declined',
    decline_code: 'insufficient_funds',
  })
  expect(await cardErrorOf(attach('pm_card_chargeDeclinedExpiredCard'))).toMatchObject({ param: 'exp_month' })
  expect((await stripe.paymentMethods.list({ customer })).data).toEqual([])
  const { id: method } = await attach('pm_card_chargeCustomerFail')
  expect(await cardErrorOf(charge(stripe, { customer, payment_method: method }))).toMatchObject({
    decline_code: 'generic_decline',
  })
})

test('what is detached pays for nothing by default any longer', async () => {
  const { stripe } = await startEmulator()
  const { session, page } = await createCheckout(stripe)
  await pay(page)
  const { customer, subscription } = await stripe.checkout.sessions.retrieve(session.id)
  const { default_payment_method: method } = await stripe.subscriptions.retrieve(String(subscription))
  await stripe.customers.update(String(customer), { invoice_settings: { default_payment_method: String(method) } })
  await stripe.paymentMethods.detach(String(method))
  expect(await stripe.customers.retrieve(String(customer))).toMatchObject({
    invoice_settings: { default_payment_method: null },
  })
  expect(await stripe.subscriptions.retrieve(String(subscription))).toMatchObject({ default_payment_method: null })
  const [detached] = (await stripe.events.list({ type: 'payment_method.detached' })).data
  expect(detached?.data.previous_attributes).toEqual({ customer })
  expect((await eventTypes(stripe)).slice(-3)).toEqual([
    'payment_method.detached',
    'customer.updated',
    'customer.subscription.updated',
  ])
})

test('a kept card gets a new date and a new holder', async () => {
  const { stripe } = await startEmulator()
  const { method } = await customerWith(stripe)
  const updated = await stripe.paymentMethods.update(method, {
    card: { exp_month: 3, exp_year: 2041 },
    billing_details: { name: 'Grace', address: { country: 'US' } },
    allow_redisplay: 'always',
    metadata: { new: 'yes' },
  })
  expect(updated).toMatchObject({
    card: { exp_month: 3, exp_year: 2041, last4: '4242' },
    billing_details: { name: 'Grace', address: { country: 'US', city: null } },
    allow_redisplay: 'always',
    metadata: { new: 'yes' },
  })
  const [event] = (await stripe.events.list({ type: 'payment_method.updated' })).data
  expect(event?.data.previous_attributes).toMatchObject({ allow_redisplay: 'unspecified', metadata: {} })
  const loose = await stripe.paymentMethods.create({ type: 'card', card })
  expect((await errorOf(stripe.paymentMethods.update(loose.id, { metadata: { a: 'b' } }))).message).toBe(
    'You must save this PaymentMethod to a customer before you can update it.',
  )
})

/** https://docs.stripe.com/testing#invalid-data */
test.each([
  ['incorrect_number', 'number', { ...card, number: '4242424242424241' }],
  ['invalid_expiry_month', 'exp_month', { ...card, exp_month: 13 }],
  ['invalid_expiry_year', 'exp_year', { ...card, exp_year: 1999 }],
  ['invalid_cvc', 'cvc', { ...card, cvc: '99' }],
] satisfies [string, string, Stripe.PaymentMethodCreateParams.Card][])(
  '%s is a card error',
  async (code, param, given) => {
    const { stripe } = await startEmulator()
    const error = await cardErrorOf(stripe.paymentMethods.create({ type: 'card', card: given }))
    expect(error).toMatchObject({ statusCode: 402, code, param })
  },
)

test('what cannot be read as a card is refused by its name', async () => {
  const { stripe } = await startEmulator()
  const create = (given: Stripe.PaymentMethodCreateParams.Card) =>
    errorOf(stripe.paymentMethods.create({ type: 'card', card: given }))
  expect(await create({ number: card.number, exp_year: 2040 })).toMatchObject({ param: 'card[exp_month]' })
  expect(await create({ token: 'tok_unheardOf' })).toMatchObject({ message: "No such token: 'tok_unheardOf'" })
  const other = await errorOf(stripe.paymentMethods.create({ type: 'sepa_debit', sepa_debit: { iban: 'DE1' } }))
  expect(other).toMatchObject({ statusCode: 400 })
})

test('a number that is no test card is declined', async () => {
  const { stripe } = await startEmulator()
  const { id } = await stripe.paymentMethods.create({ type: 'card', card: { ...card, number: '4111111111111111' } })
  const error = await cardErrorOf(charge(stripe, { payment_method: id }))
  expect(error).toMatchObject({ code: 'card_declined', decline_code: 'test_mode_live_card' })
})
