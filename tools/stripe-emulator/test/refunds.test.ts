import { expect, test } from 'vitest'
import { errorOf, startEmulator, subscribe } from './harness.ts'
import { cardErrorOf, charge, customerWith, eventTypes } from './payments-harness.ts'

const card = { payment_method: 'pm_card_visa' }

test('a payment is given back whole', async () => {
  const { stripe } = await startEmulator()
  const { customer, method } = await customerWith(stripe)
  const { id: payment, latest_charge: paid } = await charge(stripe, { customer })
  const refund = await stripe.refunds.create({
    payment_intent: payment,
    reason: 'requested_by_customer',
    metadata: { ticket: '7' },
  })
  expect(refund).toMatchObject({
    object: 'refund',
    amount: 2000,
    charge: paid,
    currency: 'usd',
    customer,
    destination_details: { type: 'card', card: { type: 'refund', reference_status: 'pending' } },
    metadata: { ticket: '7' },
    payment_intent: payment,
    payment_method: method,
    reason: 'requested_by_customer',
    status: 'succeeded',
  })
  expect(await stripe.charges.retrieve(String(paid), { expand: ['refunds'] })).toMatchObject({
    amount: 2000,
    amount_refunded: 2000,
    refunded: true,
    status: 'succeeded',
    refunds: { data: [{ id: refund.id }] },
  })
  expect(await stripe.paymentIntents.retrieve(payment)).toMatchObject({ status: 'succeeded', amount_received: 2000 })
  expect((await eventTypes(stripe)).slice(-2)).toEqual(['refund.created', 'charge.refunded'])
  const [event] = (await stripe.events.list({ type: 'charge.refunded' })).data
  expect(event?.data.previous_attributes).toEqual({ amount_refunded: 0, refunded: false })
})

/** https://docs.stripe.com/api/refunds/create: "multiple times, until the entire charge has been refunded". */
test('a payment is given back in parts until nothing is left', async () => {
  const { stripe } = await startEmulator()
  const { latest_charge: paid } = await charge(stripe, { ...card, amount: 8000 })
  const id = String(paid)
  expect((await errorOf(stripe.refunds.create({ charge: id, amount: 8001 }))).message).toBe(
    'Refund amount ($80.01) is greater than charge amount ($80.00)',
  )
  await stripe.refunds.create({ charge: id, amount: 5000 })
  expect(await stripe.charges.retrieve(id)).toMatchObject({ amount_refunded: 5000, refunded: false })
  const tooMuch = await errorOf(stripe.refunds.create({ charge: id, amount: 4000 }))
  expect(tooMuch).toMatchObject({
    statusCode: 400,
    code: undefined,
    param: 'amount',
    message: 'Refund amount ($40.00) is greater than unrefunded amount on charge ($30.00)',
  })
  expect((await stripe.refunds.create({ charge: id })).amount).toBe(3000)
  expect(await stripe.charges.retrieve(id)).toMatchObject({ amount_refunded: 8000, refunded: true })
  expect(await errorOf(stripe.refunds.create({ charge: id, amount: 1 }))).toMatchObject({
    statusCode: 400,
    code: 'charge_already_refunded',
    message: `Charge ${id} has already been refunded.`,
  })
  expect((await stripe.refunds.list({ charge: id })).data.map(({ amount }) => amount)).toEqual([3000, 5000])
})

/** https://docs.stripe.com/currencies#zero-decimal */
test('yen are counted whole', async () => {
  const { stripe } = await startEmulator()
  const { latest_charge: paid } = await charge(stripe, { ...card, amount: 500, currency: 'jpy' })
  const error = await errorOf(stripe.refunds.create({ charge: String(paid), amount: 501 }))
  expect(error.message).toBe('Refund amount (¥501) is greater than charge amount (¥500)')
  expect(await stripe.refunds.create({ charge: String(paid), amount: 500 })).toMatchObject({
    amount: 500,
    currency: 'jpy',
  })
})

test('what was not taken is not given back', async () => {
  const { stripe } = await startEmulator()
  const { charge: failed, payment_intent: declined } = await cardErrorOf(
    charge(stripe, { payment_method: 'pm_card_chargeDeclined' }),
  )
  const message = `This PaymentIntent (${String(declined?.id)}) does not have a successful charge to refund.`
  expect((await errorOf(stripe.refunds.create({ charge: String(failed) }))).message).toBe(message)
  expect((await errorOf(stripe.refunds.create({ payment_intent: String(declined?.id) }))).message).toBe(message)
  const { id: open } = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' })
  expect((await errorOf(stripe.refunds.create({ payment_intent: open }))).message).toContain(open)
  expect((await stripe.refunds.list()).data).toEqual([])
})

test('a refund that says too little or too much is refused', async () => {
  const { stripe } = await startEmulator()
  const { id, latest_charge: paid } = await charge(stripe, card)
  const refuse = async (given: Parameters<typeof stripe.refunds.create>[0]) =>
    await errorOf(stripe.refunds.create(given))
  expect((await refuse({ amount: 100 })).message).toBe(
    'One of the following params should be provided for this request: payment_intent or charge.',
  )
  expect((await refuse({ charge: String(paid), payment_intent: id })).statusCode).toBe(400)
  for (const amount of [0, -5]) {
    expect(await refuse({ charge: String(paid), amount })).toMatchObject({
      code: 'parameter_invalid_integer',
      param: 'amount',
      message: 'This value must be greater than or equal to 1.',
    })
  }
  expect(await refuse({ charge: String(paid), reason: 'bored' })).toMatchObject({ param: 'reason' })
  expect(await refuse({ charge: String(paid), reverse_transfer: true })).toMatchObject({ param: 'reverse_transfer' })
  expect(await refuse({ charge: 'ch_x' })).toMatchObject({ statusCode: 404, message: "No such charge: 'ch_x'" })
  expect(await errorOf(stripe.refunds.cancel('re_x'))).toMatchObject({ statusCode: 404 })
  expect((await stripe.charges.retrieve(String(paid))).amount_refunded).toBe(0)
})

test('refunds are found by what they give back, and noted on', async () => {
  const { stripe } = await startEmulator()
  const first = await charge(stripe, card)
  const second = await charge(stripe, card)
  const one = await stripe.refunds.create({ payment_intent: first.id, amount: 300 })
  const two = await stripe.refunds.create({ payment_intent: second.id })
  const ids = async (params: Parameters<typeof stripe.refunds.list>[0]) =>
    (await stripe.refunds.list(params)).data.map(({ id }) => id)
  expect(await ids({})).toEqual([two.id, one.id])
  expect(await ids({ payment_intent: first.id })).toEqual([one.id])
  expect(await ids({ charge: String(second.latest_charge) })).toEqual([two.id])
  const noted = await stripe.refunds.update(one.id, { metadata: { why: 'cold' } })
  expect(noted).toMatchObject({ metadata: { why: 'cold' } })
  expect(await stripe.refunds.retrieve(one.id, { expand: ['charge', 'payment_intent'] })).toMatchObject({
    metadata: { why: 'cold' },
    charge: { amount_refunded: 300 },
    payment_intent: { id: first.id },
  })
  expect((await eventTypes(stripe)).at(-1)).toBe('refund.updated')
})

test('a fraudulent payment is marked as one', async () => {
  const { stripe } = await startEmulator()
  const { latest_charge: paid } = await charge(stripe, card)
  await stripe.refunds.create({ charge: String(paid), reason: 'fraudulent' })
  expect(await stripe.charges.retrieve(String(paid))).toMatchObject({ fraud_details: { user_report: 'fraudulent' } })
})

test('an invoice stays paid when its payment is given back', async () => {
  const { stripe } = await startEmulator()
  const { customer } = await subscribe(stripe)
  const [payment] = (await stripe.paymentIntents.list({ customer })).data
  await stripe.refunds.create({ payment_intent: payment?.id ?? '' })
  const [invoice] = (await stripe.invoices.list({ customer })).data
  expect(invoice).toMatchObject({ status: 'paid', amount_paid: 2400, amount_remaining: 0 })
})
