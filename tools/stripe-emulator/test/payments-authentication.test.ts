import { join } from 'node:path'
import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { errorOf, startEmulator, submit, temporaryFolder } from './harness.ts'
import { answerBank, bankPage, cardErrorOf, charge, customerWith, eventTypes } from './payments-harness.ts'

/** https://docs.stripe.com/testing#authentication-and-setup */
const onSetup = 'pm_card_authenticationRequiredOnSetup'
const always = 'pm_card_authenticationRequired'
const alreadySetUp = 'pm_card_authenticationRequiredSetupForOffSession'
const withoutFunds = 'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds'

/** A customer whose card was set up for charges while they are away. */
async function setUp(stripe: Stripe, card: string) {
  const { id: customer } = await stripe.customers.create()
  const setup = await stripe.setupIntents.create({ customer, payment_method: card, confirm: true })
  if (setup.status === 'requires_action') await answerBank(setup, 'complete')
  const { status, payment_method: method } = await stripe.setupIntents.retrieve(setup.id)
  expect(status).toBe('succeeded')
  return { customer, payment_method: String(method) }
}

test('a payment waits for the holder of the card, and goes through once they agree', async () => {
  const { stripe } = await startEmulator()
  const asked = await charge(stripe, { payment_method: always, return_url: 'https://shop.test/done?order=7' })
  expect(asked).toMatchObject({
    status: 'requires_action',
    latest_charge: null,
    amount_received: 0,
    next_action: { type: 'redirect_to_url', redirect_to_url: { return_url: 'https://shop.test/done?order=7' } },
  })
  const { status, location } = await answerBank(asked, 'complete')
  expect(status).toBe(303)
  // https://docs.stripe.com/payments/payment-intents/verifying-status
  expect(Object.fromEntries(new URL(location ?? '').searchParams)).toEqual({
    order: '7',
    payment_intent: asked.id,
    payment_intent_client_secret: asked.client_secret,
    redirect_status: 'succeeded',
  })
  const paid = await stripe.paymentIntents.retrieve(asked.id, { expand: ['latest_charge'] })
  expect(paid).toMatchObject({
    status: 'succeeded',
    next_action: null,
    amount_received: 2000,
    latest_charge: { payment_method_details: { card: { three_d_secure: { result: 'authenticated' } } } },
  })
  expect(await eventTypes(stripe)).toEqual([
    'payment_intent.created',
    'payment_intent.requires_action',
    'charge.succeeded',
    'payment_intent.succeeded',
  ])
})

test('a holder who does not agree pays nothing, and may try again', async () => {
  const { stripe } = await startEmulator()
  const { customer, method } = await customerWith(stripe, always)
  const asked = await charge(stripe, { customer, return_url: 'https://shop.test/done' })
  const { location } = await answerBank(asked, 'fail')
  expect(new URL(location ?? '').searchParams.get('redirect_status')).toBe('failed')
  expect(await stripe.paymentIntents.retrieve(asked.id)).toMatchObject({
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_payment_error: {
      type: 'invalid_request_error',
      code: 'payment_intent_authentication_failure',
      payment_method: { id: method },
    },
  })
  expect((await stripe.charges.list({ customer })).data).toEqual([])
  expect((await eventTypes(stripe)).at(-1)).toBe('payment_intent.payment_failed')
  const again = await stripe.paymentIntents.confirm(asked.id, { payment_method: method })
  await answerBank(again, 'complete')
  expect(await stripe.paymentIntents.retrieve(asked.id)).toMatchObject({
    status: 'succeeded',
    last_payment_error: null,
  })
})

test('the answer counts once', async () => {
  const { stripe } = await startEmulator()
  const asked = await charge(stripe, { payment_method: always })
  expect((await answerBank(asked, 'complete')).html).toContain('Authentication complete')
  for (const answer of ['complete', 'fail'] as const) {
    expect((await answerBank(asked, answer)).html).toContain('Authentication complete')
  }
  expect((await stripe.charges.list({ payment_intent: asked.id })).data).toHaveLength(1)
  expect((await stripe.paymentIntents.retrieve(asked.id)).amount_received).toBe(2000)
})

test('a payment that was cancelled meanwhile is not taken', async () => {
  const { stripe } = await startEmulator()
  const asked = await charge(stripe, { payment_method: always })
  expect(await stripe.paymentIntents.cancel(asked.id)).toMatchObject({ status: 'canceled', next_action: null })
  expect((await answerBank(asked, 'complete')).html).toContain('Nothing to confirm')
  expect((await stripe.charges.list({ payment_intent: asked.id })).data).toEqual([])
})

test('nobody can be asked while they are away', async () => {
  const { stripe } = await startEmulator()
  const { customer, method } = await customerWith(stripe, always)
  const error = await cardErrorOf(charge(stripe, { customer, payment_method: method, off_session: true }))
  expect(error).toMatchObject({
    statusCode: 402,
    code: 'authentication_required',
    decline_code: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
    payment_intent: { status: 'requires_payment_method', last_payment_error: { payment_method: { id: method } } },
  })
  expect(await stripe.charges.retrieve(String(error.charge))).toMatchObject({
    failure_code: 'authentication_required',
    outcome: { seller_message: 'The bank returned the decline code `authentication_required`.' },
  })
})

test('a payment may be told to fail rather than to wait', async () => {
  const { stripe } = await startEmulator()
  const call = charge(stripe, { payment_method: always, error_on_requires_action: true })
  const { code, payment_intent: intent } = await cardErrorOf(call)
  expect(code).toBe('authentication_required')
  expect(await stripe.paymentIntents.retrieve(String(intent?.id))).toMatchObject({ status: 'requires_payment_method' })
})

/** "Requires authentication for off-session payments unless you set it up"; "on-session payments always require it". */
test('a card that was set up is charged while its holder is away, and asks when they are there', async () => {
  const { stripe } = await startEmulator()
  const { customer, method } = await customerWith(stripe, onSetup)
  const away = { off_session: true } as const
  expect(await cardErrorOf(charge(stripe, { customer, payment_method: method, ...away }))).toMatchObject({
    code: 'authentication_required',
  })
  const ready = await setUp(stripe, onSetup)
  expect(await charge(stripe, { ...ready, ...away })).toMatchObject({ status: 'succeeded' })
  expect(await charge(stripe, ready)).toMatchObject({ status: 'requires_action' })
})

test('a payment sets a card up as well', async () => {
  const { stripe } = await startEmulator()
  const { id: customer } = await stripe.customers.create()
  const first = await charge(stripe, { customer, payment_method: onSetup, setup_future_usage: 'off_session' })
  await answerBank(first, 'complete')
  const { payment_method: method } = await stripe.paymentIntents.retrieve(first.id)
  const later = await charge(stripe, { customer, payment_method: String(method), off_session: true })
  expect(later.status).toBe('succeeded')
})

test('a card that always asks does so even when it was set up', async () => {
  const { stripe } = await startEmulator()
  const ready = await setUp(stripe, always)
  expect(await cardErrorOf(charge(stripe, { ...ready, off_session: true }))).toMatchObject({
    code: 'authentication_required',
  })
})

test('a card that comes set up asks only while its holder is there', async () => {
  const { stripe } = await startEmulator()
  const { customer, method } = await customerWith(stripe, alreadySetUp)
  const own = { customer, payment_method: method }
  expect(await charge(stripe, { ...own, off_session: true })).toMatchObject({ status: 'succeeded' })
  expect(await charge(stripe, own)).toMatchObject({ status: 'requires_action' })
})

/** "All payments are declined with insufficient_funds even after being successfully authenticated or previously set up." */
test('authentication does not help where the funds are missing', async () => {
  const { stripe } = await startEmulator()
  const ready = await setUp(stripe, withoutFunds)
  const asked = await charge(stripe, ready)
  expect(asked.status).toBe('requires_action')
  await answerBank(asked, 'complete')
  expect(await stripe.paymentIntents.retrieve(asked.id)).toMatchObject({
    status: 'requires_payment_method',
    last_payment_error: { code: 'card_declined', decline_code: 'insufficient_funds' },
  })
  expect(await cardErrorOf(charge(stripe, { ...ready, off_session: true }))).toMatchObject({
    decline_code: 'insufficient_funds',
  })
})

/** https://docs.stripe.com/testing#three-ds-cards: these are asked before their bank is, so no charge fails. */
test('a card that must be authenticated first is not charged without it', async () => {
  const { stripe } = await startEmulator()
  const { customer, method } = await customerWith(stripe, 'pm_card_threeDSecure2Required')
  const error = await cardErrorOf(charge(stripe, { customer, payment_method: method, off_session: true }))
  expect(error).toMatchObject({ code: 'authentication_required', charge: undefined })
  expect((await stripe.charges.list({ customer })).data).toEqual([])
  const declined = await charge(stripe, { payment_method: 'pm_card_threeDSecureRequiredChargeDeclined' })
  await answerBank(declined, 'complete')
  expect(await stripe.paymentIntents.retrieve(declined.id)).toMatchObject({
    last_payment_error: { code: 'card_declined' },
  })
})

test('the page of the bank says what for, and goes back only to where it should', async () => {
  const { stripe, url } = await startEmulator()
  const asked = await charge(stripe, { payment_method: always })
  expect(asked.next_action).toMatchObject({ type: 'use_stripe_sdk' })
  const page = bankPage(asked)
  const shown = await (await fetch(page)).text()
  expect(shown).toContain('$20.00')
  expect(shown).toContain('•••• 3184')
  const away = await submit(`${page}?return=${encodeURIComponent('//evil.test/')}`, { answer: 'fail' })
  expect(away).toMatchObject({ status: 200, location: null })
  const next = await charge(stripe, { payment_method: always, return_url: 'https://shop.test/' })
  const home = await submit(`${bankPage(next)}?return=${encodeURIComponent('/c/pay/cs_1?a=b')}`, { answer: 'complete' })
  expect(home).toMatchObject({ status: 303, location: '/c/pay/cs_1?a=b' })
  expect((await fetch(`${url}/3ds/pi_unheardOf`)).status).toBe(404)
})

test('the address of the bank follows the stand-in when it moves', async () => {
  const dataFile = join(await temporaryFolder(), 'state.json')
  const first = await startEmulator({ dataFile })
  const asked = await charge(first.stripe, { payment_method: always, return_url: 'https://shop.test/' })
  await first.close()
  const second = await startEmulator({ dataFile })
  const moved = await second.stripe.paymentIntents.retrieve(asked.id)
  expect(bankPage(moved)).toBe(`${second.url}/3ds/${asked.id}`)
  await answerBank(moved, 'complete')
  expect(await second.stripe.paymentIntents.retrieve(asked.id)).toMatchObject({ status: 'succeeded' })
  expect(await errorOf(second.stripe.paymentIntents.confirm(asked.id))).toMatchObject({ statusCode: 400 })
})
