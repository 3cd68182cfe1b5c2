import { expect, test } from 'vitest'
import { createControl } from '../src/index.ts'
import { createPlan, errorOf, startEmulator, subscribe } from './harness.ts'

const frozen = Date.UTC(2030, 0, 1) / 1000

async function cardOf(stripe: Awaited<ReturnType<typeof startEmulator>>['stripe'], number = '4242424242424242') {
  return await stripe.paymentMethods.create({
    type: 'card',
    card: { number, exp_month: 12, exp_year: 2040, cvc: '123' },
  })
}

test('a customer is made as described', async () => {
  const { stripe } = await startEmulator()
  const customer = await stripe.customers.create({
    email: 'ada@example.com',
    name: 'Ada Lovelace',
    description: 'Analyst',
    phone: '+44 20 7946 0000',
    address: { line1: '12 St James’s Square', city: 'London', country: 'GB' },
    shipping: { name: 'Ada', address: { line1: 'Ockham Park', country: 'GB' } },
    invoice_prefix: 'ADA1',
    next_invoice_sequence: 7,
    preferred_locales: ['en-GB', 'fr'],
    metadata: { team: 'engines' },
  })
  expect(customer).toMatchObject({
    object: 'customer',
    address: { line1: '12 St James’s Square', line2: null, city: 'London', postal_code: null, state: null },
    shipping: { name: 'Ada', phone: null, address: { line1: 'Ockham Park', city: null } },
    invoice_prefix: 'ADA1',
    next_invoice_sequence: 7,
    preferred_locales: ['en-GB', 'fr'],
    metadata: { team: 'engines' },
    balance: 0,
    currency: null,
    invoice_settings: { default_payment_method: null },
  })
  const emptied = await stripe.customers.update(customer.id, { shipping: '', address: '', description: '' })
  expect(emptied).toMatchObject({ shipping: null, address: null, description: null, name: 'Ada Lovelace' })
})

test.each([
  [{ email: 'nobody' }, 'email'],
  [{ invoice_prefix: 'lower' }, 'invoice_prefix'],
  [{ next_invoice_sequence: 0 }, 'next_invoice_sequence'],
  [{ source: 'tok_visa' }, 'source'],
  [{ tax_exempt: 'exempt' as const }, 'tax_exempt'],
  [{ test_clock: 'clock_none' }, 'test_clock'],
  [{ payment_method: 'pm_none' }, 'payment_method'],
])('%j is refused by name', async (params, param) => {
  const { stripe } = await startEmulator()
  expect(await errorOf(stripe.customers.create(params))).toMatchObject({ statusCode: 400, param })
  expect((await stripe.customers.list()).data).toEqual([])
})

// https://docs.stripe.com/api/customers/list: "The response will not include customers with test clocks if this parameter is not set."
test('a customer lives by the test clock, and is listed only with it', async () => {
  const { stripe } = await startEmulator()
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: frozen })
  const customer = await stripe.customers.create({ test_clock: clock.id, balance: -100 })
  expect(customer).toMatchObject({ test_clock: clock.id, created: frozen })
  const [transaction] = (await stripe.customers.listBalanceTransactions(customer.id)).data
  expect(transaction?.created).toBe(frozen)
  const [event] = (await stripe.events.list({ type: 'customer.created' })).data
  expect(event?.created).toBe(frozen)

  const plain = await stripe.customers.create()
  expect((await stripe.customers.list()).data.map(({ id }) => id)).toEqual([plain.id])
  expect((await stripe.customers.list({ test_clock: clock.id })).data.map(({ id }) => id)).toEqual([customer.id])
  const expanded = await stripe.customers.retrieve(customer.id, { expand: ['test_clock'] })
  expect(expanded).toMatchObject({ test_clock: { id: clock.id, frozen_time: frozen } })
})

test('a customer may begin with a card, which may be the default', async () => {
  const { stripe } = await startEmulator()
  const card = await cardOf(stripe)
  const customer = await stripe.customers.create({
    payment_method: card.id,
    invoice_settings: { default_payment_method: card.id },
  })
  expect(customer.invoice_settings.default_payment_method).toBe(card.id)
  expect((await stripe.paymentMethods.retrieve(card.id)).customer).toBe(customer.id)
})

// https://docs.stripe.com/testing#declined-payments: such cards "can't be attached to a Customer"
test('a card that the bank refuses makes no customer', async () => {
  const { stripe } = await startEmulator()
  const card = await cardOf(stripe, '4000000000000002')
  expect(await errorOf(stripe.customers.create({ payment_method: card.id }))).toMatchObject({
    statusCode: 402,
    code: 'card_declined',
  })
  expect((await stripe.customers.list()).data).toEqual([])
})

test('a test card named twice is one card', async () => {
  const { stripe } = await startEmulator()
  const customer = await stripe.customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const cards = (await stripe.customers.listPaymentMethods(customer.id)).data
  expect(cards.map(({ id }) => id)).toEqual([customer.invoice_settings.default_payment_method])
})

test('the default payment method must be one of the customer’s own', async () => {
  const { stripe } = await startEmulator()
  const customer = await stripe.customers.create()
  const card = await cardOf(stripe)
  const choose = () => stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: card.id } })
  const error = await errorOf(choose())
  expect(error).toMatchObject({ statusCode: 400, param: 'invoice_settings[default_payment_method]' })
  expect(error.message).toBe(
    `The customer does not have a payment method with the ID ${card.id}. The payment method must be attached to the customer.`,
  )
  expect(
    await errorOf(stripe.customers.create({ invoice_settings: { default_payment_method: card.id } })),
  ).toMatchObject({ statusCode: 400 })

  await stripe.paymentMethods.attach(card.id, { customer: customer.id })
  expect((await choose()).invoice_settings.default_payment_method).toBe(card.id)
  const unset = await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: '' } })
  expect(unset.invoice_settings.default_payment_method).toBeNull()
})

test('the cards of a customer are theirs alone', async () => {
  const { stripe } = await startEmulator()
  const [ada, grace] = [await stripe.customers.create(), await stripe.customers.create()]
  const cards = [await cardOf(stripe), await cardOf(stripe, '5555555555554444')]
  for (const { id } of cards) await stripe.paymentMethods.attach(id, { customer: ada.id })
  const listed = await stripe.customers.listPaymentMethods(ada.id, { type: 'card' })
  expect(listed.data.map(({ card }) => card?.last4)).toEqual(['4444', '4242'])
  expect((await stripe.customers.listPaymentMethods(grace.id)).data).toEqual([])
  expect((await stripe.customers.listPaymentMethods(ada.id, { type: 'sepa_debit' })).data).toEqual([])

  const [first] = cards
  expect((await stripe.customers.retrievePaymentMethod(ada.id, first?.id ?? '')).id).toBe(first?.id)
  expect(await errorOf(stripe.customers.retrievePaymentMethod(grace.id, first?.id ?? ''))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
  })
})

// https://docs.stripe.com/billing/customer/balance
test('a balance is the sum of its transactions', async () => {
  const { stripe } = await startEmulator()
  const customer = await stripe.customers.create({ balance: -500 })
  expect(customer).toMatchObject({ balance: -500, currency: 'usd' })
  const credit = await stripe.customers.createBalanceTransaction(customer.id, {
    amount: -250,
    currency: 'usd',
    description: 'Sorry',
    metadata: { ticket: '7' },
  })
  expect(credit).toMatchObject({ type: 'adjustment', amount: -250, ending_balance: -750, description: 'Sorry' })
  await stripe.customers.update(customer.id, { balance: 100, name: 'Ada' })

  const ledger = (await stripe.customers.listBalanceTransactions(customer.id)).data
  expect(ledger.map(({ type, amount, ending_balance: after }) => [type, amount, after])).toEqual([
    ['adjustment', 850, 100],
    ['adjustment', -250, -750],
    ['initial', -500, -500],
  ])
  expect(ledger.reduce((sum, { amount }) => sum + amount, 0)).toBe(100)
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ balance: 100 })
  // One event for each request, and what the customer began with is in the first.
  const events = (await stripe.events.list({ type: 'customer.*' })).data
  expect(events.map(({ type, data }) => [type, data.previous_attributes])).toEqual([
    ['customer.updated', { balance: -750, name: null }],
    ['customer.updated', { balance: -500 }],
    ['customer.created', undefined],
  ])
  expect(events.at(-1)?.data.object).toMatchObject({ balance: -500, currency: 'usd' })
})

test('of a balance transaction only the description and the metadata change', async () => {
  const { stripe } = await startEmulator()
  const [ada, grace] = [await stripe.customers.create(), await stripe.customers.create()]
  const { id } = await stripe.customers.createBalanceTransaction(ada.id, { amount: 100, currency: 'eur' })
  const changed = await stripe.customers.updateBalanceTransaction(ada.id, id, {
    description: 'Fee',
    metadata: { by: 'us' },
  })
  expect(changed).toMatchObject({ amount: 100, currency: 'eur', description: 'Fee', metadata: { by: 'us' } })
  expect(await stripe.customers.retrieveBalanceTransaction(ada.id, id)).toEqual(changed)
  expect(await errorOf(stripe.customers.retrieveBalanceTransaction(grace.id, id))).toMatchObject({ statusCode: 404 })
  expect(await stripe.customers.retrieve(ada.id)).toMatchObject({ currency: 'eur' })
  expect(
    await errorOf(stripe.customers.createBalanceTransaction(ada.id, { amount: 1, currency: 'usd' })),
  ).toMatchObject({ statusCode: 400, param: 'currency' })
})

// https://docs.stripe.com/api/customers/delete
test('a deleted customer is known, without cards, and nothing more is done to them', async () => {
  const { stripe } = await startEmulator()
  const { customer, subscription } = await subscribe(stripe)
  const [card] = (await stripe.customers.listPaymentMethods(customer)).data
  const invoices = (await stripe.invoices.list({ customer })).data.length
  expect(await stripe.customers.del(customer)).toEqual(
    expect.objectContaining({ id: customer, object: 'customer', deleted: true }),
  )

  expect(await stripe.customers.retrieve(customer)).toMatchObject({ id: customer, deleted: true })
  expect(await stripe.subscriptions.retrieve(subscription)).toMatchObject({ status: 'canceled' })
  expect((await stripe.invoices.list({ customer })).data).toHaveLength(invoices)
  expect((await stripe.paymentMethods.retrieve(card?.id ?? '')).customer).toBeNull()
  expect((await stripe.customers.list()).data).toEqual([])
  expect(await errorOf(stripe.customers.update(customer, { name: 'Back' }))).toMatchObject({ statusCode: 404 })
  expect(await errorOf(stripe.customers.del(customer))).toMatchObject({ statusCode: 404 })
  const types = (await stripe.events.list({ limit: 3 })).data.map(({ type }) => type)
  expect(types).toContain('customer.deleted')
  expect(types).toContain('customer.subscription.deleted')
})

test('what was planned for a deleted customer does not begin', async () => {
  const { stripe, url } = await startEmulator()
  const { id: customer } = await stripe.customers.create({ payment_method: 'pm_card_visa' })
  const { id: price } = await createPlan(stripe)
  const begin = Math.floor(Date.now() / 1000) + 86_400
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    start_date: begin,
    phases: [{ items: [{ price }], duration: { interval: 'month' } }],
  })
  await stripe.customers.del(customer)
  expect((await stripe.subscriptionSchedules.retrieve(schedule.id)).status).toBe('canceled')
  await createControl(url).clock.moveBy(2 * 86_400)
  expect((await stripe.subscriptions.list({ status: 'all' })).data).toEqual([])
})
