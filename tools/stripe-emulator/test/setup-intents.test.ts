import { expect, test } from 'vitest'
import { errorOf, startEmulator } from './harness.ts'
import { answerBank, cardErrorOf, customerWith, eventTypes } from './payments-harness.ts'

test('a card is set up and kept for its customer', async () => {
  const { stripe } = await startEmulator()
  const { id: customer } = await stripe.customers.create()
  const open = await stripe.setupIntents.create({ customer, description: 'Card on file', metadata: { a: 'b' } })
  expect(open).toMatchObject({
    status: 'requires_payment_method',
    usage: 'off_session',
    client_secret: expect.stringContaining(`${open.id}_secret_`),
  })
  const chosen = await stripe.setupIntents.update(open.id, { payment_method: 'pm_card_visa', metadata: { c: 'd' } })
  expect(chosen).toMatchObject({ status: 'requires_confirmation', metadata: { a: 'b', c: 'd' } })
  const done = await stripe.setupIntents.confirm(open.id, { expand: ['payment_method'] })
  expect(done).toMatchObject({ status: 'succeeded', payment_method: { customer }, last_setup_error: null })
  expect(await eventTypes(stripe)).toEqual([
    'customer.created',
    'setup_intent.created',
    'payment_method.attached',
    'setup_intent.succeeded',
  ])
})

test('a setup waits for the holder of the card', async () => {
  const { stripe } = await startEmulator()
  const { id: customer } = await stripe.customers.create()
  const asked = await stripe.setupIntents.create({
    customer,
    payment_method: 'pm_card_authenticationRequiredOnSetup',
    confirm: true,
    return_url: 'https://shop.test/cards',
  })
  expect(asked).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect_to_url' } })
  expect((await stripe.paymentMethods.list({ customer })).data).toEqual([])
  const { location } = await answerBank(asked, 'complete')
  expect(location).toBe(
    `https://shop.test/cards?setup_intent=${asked.id}&setup_intent_client_secret=${String(asked.client_secret)}` +
      '&redirect_status=succeeded',
  )
  expect((await stripe.paymentMethods.list({ customer })).data).toHaveLength(1)
  expect((await stripe.charges.list()).data).toEqual([])
})

test('a setup that its holder refuses keeps no card', async () => {
  const { stripe } = await startEmulator()
  const { id: customer } = await stripe.customers.create()
  const asked = await stripe.setupIntents.create({
    customer,
    payment_method: 'pm_card_authenticationRequired',
    confirm: true,
  })
  await answerBank(asked, 'fail')
  expect(await stripe.setupIntents.retrieve(asked.id)).toMatchObject({
    status: 'requires_payment_method',
    last_setup_error: { code: 'setup_intent_authentication_failure' },
  })
  expect((await stripe.paymentMethods.list({ customer })).data).toEqual([])
  expect((await eventTypes(stripe)).at(-1)).toBe('setup_intent.setup_failed')
})

test('a card whose bank declines is not set up', async () => {
  const { stripe } = await startEmulator()
  const error = await cardErrorOf(
    stripe.setupIntents.create({ payment_method: 'pm_card_chargeDeclinedExpiredCard', confirm: true }),
  )
  expect(error).toMatchObject({
    statusCode: 402,
    code: 'expired_card',
    param: 'exp_month',
    setup_intent: {
      status: 'requires_payment_method',
      payment_method: null,
      last_setup_error: { code: 'expired_card', param: 'exp_month', type: 'card_error' },
    },
  })
  const { id } = error.setup_intent ?? { id: '' }
  expect(await stripe.setupIntents.confirm(id, { payment_method: 'pm_card_visa' })).toMatchObject({
    status: 'succeeded',
  })
})

test('a setup that is over stays so', async () => {
  const { stripe } = await startEmulator()
  const unexpected = { statusCode: 400, code: 'setup_intent_unexpected_state' }
  const { id: done } = await stripe.setupIntents.create({ payment_method: 'pm_card_visa', confirm: true })
  expect(await errorOf(stripe.setupIntents.confirm(done))).toMatchObject({
    ...unexpected,
    message: 'You cannot confirm this SetupIntent because it has already succeeded.',
    setup_intent: { id: done },
  })
  expect(await errorOf(stripe.setupIntents.cancel(done))).toMatchObject({
    ...unexpected,
    message: expect.stringContaining('because it has a status of succeeded.'),
  })
  const { id } = await stripe.setupIntents.create({ payment_method: 'pm_card_visa' })
  expect(await stripe.setupIntents.cancel(id, { cancellation_reason: 'duplicate' })).toMatchObject({
    status: 'canceled',
    cancellation_reason: 'duplicate',
  })
  expect(await errorOf(stripe.setupIntents.confirm(id))).toMatchObject({
    ...unexpected,
    message: 'You cannot confirm this SetupIntent because it has been canceled.',
  })
  expect(await errorOf(stripe.setupIntents.update(id, { payment_method: 'pm_card_visa' }))).toMatchObject(unexpected)
  expect((await eventTypes(stripe)).at(-1)).toBe('setup_intent.canceled')
})

test('a setup never takes the default card of the customer, nor that of another', async () => {
  const { stripe } = await startEmulator()
  const { customer, method } = await customerWith(stripe)
  const { id } = await stripe.setupIntents.create({ customer })
  expect(await errorOf(stripe.setupIntents.confirm(id))).toMatchObject({
    code: 'setup_intent_unexpected_state',
    message: expect.stringContaining("because it's missing a payment method"),
    setup_intent: { id },
  })
  expect(await errorOf(stripe.setupIntents.create({ payment_method: method }))).toMatchObject({
    param: 'payment_method',
    message:
      `The payment method supplied (${method}) belongs to the Customer ${customer}. ` +
      'Please include the Customer in the `customer` parameter on the SetupIntent.',
  })
})

test('setups are listed by customer and by card', async () => {
  const { stripe } = await startEmulator()
  const { customer, method } = await customerWith(stripe)
  const own = await stripe.setupIntents.create({ customer, payment_method: method })
  const other = await stripe.setupIntents.create()
  const ids = async (params: { customer?: string; payment_method?: string }) =>
    (await stripe.setupIntents.list(params)).data.map(({ id }) => id)
  expect(await ids({ customer })).toEqual([own.id])
  expect(await ids({ payment_method: method })).toEqual([own.id])
  expect(await ids({})).toEqual([other.id, own.id])
  expect(await errorOf(stripe.setupIntents.retrieve('seti_x'))).toMatchObject({ statusCode: 404 })
})
