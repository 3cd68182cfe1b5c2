import Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { errorOf, startEmulator } from './harness.ts'
import { answerBank, cardErrorOf, charge, customerWith } from './payments-harness.ts'

type Call = (stripe: Stripe) => Promise<unknown>
type PriceData = Partial<Stripe.Checkout.SessionCreateParams.LineItem.PriceData>

const typed = { number: '4242424242424242', exp_month: 12, exp_year: 2040 }
const exclusive = { code: 'parameters_exclusive', message: expect.stringContaining('only specify one of') as string }
const noCurrency = { message: expect.stringContaining('Invalid currency') as string }
const noDecimal = { code: 'parameter_invalid_decimal' }
const ofCards = { message: expect.stringContaining('pass in `statement_descriptor_suffix`') as string }
const inline = 'line_items[0][price_data]'

describe('is refused by the name of the parameter:', () => {
  test.for<[what: string, param: string, error: object, call: Call]>([
    ['a number beside a token', 'card[number]', exclusive, card({ token: 'tok_visa', number: '4000000000000002' })],
    ['a month beside a token', 'card[exp_month]', exclusive, card({ token: 'tok_visa', exp_month: 13 })],
    ['a year beside a token', 'card[exp_year]', exclusive, card({ token: 'tok_visa', exp_year: 2040 })],
    ['a security code beside a token', 'card[cvc]', exclusive, card({ token: 'tok_visa', cvc: 'x' })],
    ['no currency of an inline price', `${inline}[currency]`, noCurrency, checkout({ currency: 'zzz' })],
    ['no decimal of an inline price', `${inline}[unit_amount_decimal]`, noDecimal, checkout(amount('abc'))],
    ['a negative inline price', `${inline}[unit_amount_decimal]`, noDecimal, checkout(amount('-500'))],
    [
      'an inline price of too many places',
      `${inline}[unit_amount_decimal]`,
      noDecimal,
      checkout(amount('1.0000000000001')),
    ],
    ['no currency of a payment', 'currency', noCurrency, (stripe) => intent(stripe, { currency: 'nope' })],
    ['a currency that is none', 'currency', noCurrency, (stripe) => intent(stripe, { currency: 'zzz' })],
    ['no currency to change to', 'currency', noCurrency, (stripe) => changed(stripe, { currency: 'nope' })],
    ['no currency of a balance', 'currency', noCurrency, (stripe) => balance(stripe, 'nope')],
    ['no currency of a setup', 'currency', noCurrency, (stripe) => setup(stripe, 'nope')],
    ['a descriptor', 'statement_descriptor', ofCards, (stripe) => intent(stripe, { statement_descriptor: 'SHOP' })],
    [
      'a new descriptor',
      'statement_descriptor',
      ofCards,
      (stripe) => changed(stripe, { statement_descriptor: 'SHOP' }),
    ],
  ])('%s', async ([, param, error, call]) => {
    const { stripe } = await startEmulator()
    expect(await errorOf(call(stripe))).toMatchObject({ statusCode: 400, param, ...error })
  })
})

test('a customer whose balance was refused has no currency yet', async () => {
  const { stripe } = await startEmulator()
  const { id } = await stripe.customers.create()
  await errorOf(stripe.customers.createBalanceTransaction(id, { amount: 100, currency: 'nope' }))
  await stripe.customers.createBalanceTransaction(id, { amount: 100, currency: 'EUR' })
  expect(await stripe.customers.retrieve(id)).toMatchObject({ currency: 'eur', balance: 100 })
})

test('a currency in capitals is the same one, and a decimal is written the shortest way', async () => {
  const { stripe } = await startEmulator()
  expect(await intent(stripe, { currency: 'USD' })).toMatchObject({ currency: 'usd' })
  expect(await changed(stripe, { currency: 'EUR' })).toMatchObject({ currency: 'eur' })
  expect(await setup(stripe, 'USD')).toMatchObject({ currency: 'usd' })
  const session = await checkout({ currency: 'USD', ...amount('500.0') })(stripe)
  expect(session).toMatchObject({ currency: 'usd', amount_total: 500 })
  const { data } = await stripe.checkout.sessions.listLineItems(session.id)
  expect(data[0]?.price).toMatchObject({ currency: 'usd', unit_amount: 500 })
  expect(String(data[0]?.price?.unit_amount_decimal)).toBe('500')
})

// https://support.stripe.com/questions/how-metadata-works-with-related-objects: "a one-time" copy.
describe('what a payment says of itself is copied to its charge', () => {
  const said = { metadata: { order: '7' }, receipt_email: 'ada@example.com', statement_descriptor_suffix: 'ORDER7' }

  test('where it is paid, once', async () => {
    const { stripe } = await startEmulator()
    const { id, latest_charge: paid } = await charge(stripe, { ...said, payment_method: 'pm_card_visa' })
    expect(await stripe.charges.retrieve(String(paid))).toMatchObject(said)
    await stripe.paymentIntents.update(id, { metadata: { order: '8' }, receipt_email: 'grace@example.com' })
    expect(await stripe.charges.retrieve(String(paid))).toMatchObject(said)
    const { data } = await stripe.charges.search({ query: 'metadata["order"]:"7"' })
    expect(data).toMatchObject([{ id: paid }])
  })

  test('where it is declined', async () => {
    const { stripe } = await startEmulator()
    const declined = charge(stripe, { ...said, payment_method: 'pm_card_chargeDeclined' })
    const { charge: failed } = await cardErrorOf(declined)
    expect(await stripe.charges.retrieve(String(failed))).toMatchObject({ ...said, status: 'failed' })
  })

  test('as it was changed before it was confirmed', async () => {
    const { stripe } = await startEmulator()
    const { id } = await intent(stripe, said)
    await stripe.paymentIntents.update(id, { metadata: { order: '8' }, statement_descriptor_suffix: 'ORDER8' })
    const { latest_charge: paid } = await stripe.paymentIntents.confirm(id, {
      payment_method: 'pm_card_visa',
      receipt_email: 'grace@example.com',
    })
    expect(await stripe.charges.retrieve(String(paid))).toMatchObject({
      metadata: { order: '8' },
      receipt_email: 'grace@example.com',
      statement_descriptor_suffix: 'ORDER8',
    })
  })

  test('and nothing is where nothing was said', async () => {
    const { stripe } = await startEmulator()
    const { latest_charge: paid } = await charge(stripe, { payment_method: 'pm_card_visa' })
    expect(await stripe.charges.retrieve(String(paid))).toMatchObject({
      metadata: {},
      receipt_email: null,
      statement_descriptor: null,
      statement_descriptor_suffix: null,
    })
  })
})

// The SDK: "If a CVC was provided, results of the check".
test.for<[what: string, card: Stripe.PaymentMethodCreateParams.Card, check: string | null]>([
  ['passes if it was given', { ...typed, cvc: '123' }, 'pass'],
  ['is not there if it was not', typed, null],
  ['passes of a test token', { token: 'tok_visa' }, 'pass'],
])('the check of the security code %s, on the card and on its charge', async ([, given, check]) => {
  const { stripe } = await startEmulator()
  const { customer } = await customerWith(stripe)
  const { id, card: saved } = await stripe.paymentMethods.create({ type: 'card', card: given })
  expect(saved?.checks?.cvc_check).toBe(check)
  await stripe.paymentMethods.attach(id, { customer })
  const { latest_charge: paid } = await charge(stripe, { customer, payment_method: id })
  const { payment_method_details: details } = await stripe.charges.retrieve(String(paid))
  expect(details?.card?.checks?.cvc_check).toBe(check)
})

test('`use_stripe_sdk` is forgotten unless the creation confirms', async () => {
  const { stripe } = await startEmulator()
  const { id } = await intent(stripe, { use_stripe_sdk: true })
  const confirmation = { payment_method: 'pm_card_authenticationRequired', return_url: 'http://shop.test/done' }
  const asked = await stripe.paymentIntents.confirm(id, confirmation)
  expect(asked.next_action).toMatchObject({ type: 'redirect_to_url' })
  const atOnce = await charge(stripe, { ...confirmation, use_stripe_sdk: true })
  expect(atOnce.next_action).toMatchObject({ type: 'use_stripe_sdk' })
  await answerBank(atOnce, 'complete')

  const setupIntent = await stripe.setupIntents.create({ use_stripe_sdk: true })
  const setUp = await stripe.setupIntents.confirm(setupIntent.id, confirmation)
  expect(setUp.next_action).toMatchObject({ type: 'redirect_to_url' })
})

function card(given: Stripe.PaymentMethodCreateParams.Card): Call {
  return (stripe) => stripe.paymentMethods.create({ type: 'card', card: given })
}

/** As text, which is what is sent: the SDK's own type has no room for what is no decimal. */
function amount(decimal: string): PriceData {
  return { unit_amount_decimal: decimal as never }
}

function checkout({ currency = 'usd', unit_amount_decimal: decimal = Stripe.Decimal.from(500) }: PriceData) {
  return (stripe: Stripe) =>
    stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'http://shop.test/done',
      line_items: [
        {
          quantity: 1,
          price_data: { currency, product_data: { name: 'Mug' }, unit_amount_decimal: decimal },
        },
      ],
    })
}

async function intent(stripe: Stripe, given: Partial<Stripe.PaymentIntentCreateParams>) {
  return await stripe.paymentIntents.create({ amount: 2000, currency: 'usd', ...given })
}

async function changed(stripe: Stripe, given: Stripe.PaymentIntentUpdateParams) {
  const { id } = await intent(stripe, {})
  return await stripe.paymentIntents.update(id, given)
}

async function balance(stripe: Stripe, currency: string) {
  const { id } = await stripe.customers.create()
  return await stripe.customers.createBalanceTransaction(id, { amount: 100, currency })
}

async function setup(stripe: Stripe, currency: string) {
  return await stripe.checkout.sessions.create({ mode: 'setup', currency, success_url: 'http://shop.test/done' })
}
