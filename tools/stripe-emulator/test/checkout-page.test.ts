import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { createCode, html, textOf } from './checkout-harness.ts'
import { createCheckout, createPlan, pay, startEmulator, submit } from './harness.ts'

type Params = Partial<Stripe.Checkout.SessionCreateParams>

// https://docs.stripe.com/payments/checkout/adjustable-quantity
async function openAdjustable({ minimum, maximum }: { minimum?: number; maximum?: number } = {}) {
  const emulator = await startEmulator()
  const { stripe } = emulator
  const [seats, extra] = [await createPlan(stripe), await createPlan(stripe, { amount: 300, name: 'Extra' })]
  const adjustable_quantity = {
    enabled: true,
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
  }
  const checkout = await createCheckout(stripe, {
    line_items: [
      { price: seats.id, quantity: 2, adjustable_quantity },
      { price: extra.id, quantity: 1, adjustable_quantity },
    ],
  })
  const items = async () => (await stripe.checkout.sessions.listLineItems(checkout.session.id)).data
  const [first, second] = (await items()).map(({ id }) => `quantity[${id}]`) as [string, string]
  return { ...emulator, ...checkout, items, first, second }
}

test('quantities are changed on the page, within their limits', async () => {
  const { stripe, session, page, first, items } = await openAdjustable({ minimum: 1, maximum: 10 })
  const updated = await submit(page, { action: 'update', [first]: '4' })
  expect(updated.status).toBe(200)
  expect(textOf(updated.html)).toContain('Subscribe and pay $51.00')
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ amount_total: 4 * 1200 + 300 })
  for (const wrong of ['0', '11', '-1', '1.5', 'many', '']) {
    const refused = await submit(page, { action: 'update', [first]: wrong })
    expect([wrong, refused.status]).toEqual([wrong, 422])
    expect(textOf(refused.html)).toContain('Enter a number from 1 to 10.')
  }
  expect((await items()).map(({ quantity }) => quantity)).toEqual([4, 1])
  await pay(page)
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription', 'invoice'] })
  expect(done).toMatchObject({
    subscription: { items: { data: [{ quantity: 4 }, { quantity: 1 }] } },
    invoice: { amount_paid: 5100 },
  })
})

test('an item is taken out with a quantity of none, but not the last', async () => {
  const { page, first, second, items } = await openAdjustable()
  const refused = await submit(page, { action: 'update', [first]: '0', [second]: '0' })
  expect(textOf(refused.html)).toContain('Keep at least one item.')
  await submit(page, { action: 'update', [first]: '0' })
  expect(await items()).toMatchObject([{ description: 'Extra', quantity: 1 }])
  expect((await submit(page, { action: 'update', [second]: '0' })).status).toBe(422)
  expect((await pay(page)).status).toBe(303)
})

test('a code that a smaller order does not deserve goes with a word', async () => {
  const { stripe } = await startEmulator()
  const restrictions = { minimum_amount: 2000, minimum_amount_currency: 'usd' }
  await createCode(stripe, { percent_off: 50, duration: 'once' }, { restrictions })
  const { session, page } = await createCheckout(stripe, { allow_promotion_codes: true })
  const [item] = (await stripe.checkout.sessions.listLineItems(session.id)).data
  await stripe.checkout.sessions.update(session.id, {
    line_items: [{ id: item?.id ?? '', adjustable_quantity: { enabled: true } }],
  })
  await submit(page, { action: 'apply', promotionCode: 'SAVE' })
  const smaller = await submit(page, { action: 'update', [`quantity[${item?.id}]`]: '1' })
  expect(textOf(smaller.html)).toContain('Your code does not apply to this order any more.')
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ amount_total: 1200, discounts: [] })
})

test('a quantity that was typed and not sent is shown with its price before it is paid', async () => {
  const { page, first } = await openAdjustable()
  const shown = await pay(page, { [first]: '3' })
  expect(textOf(shown.html)).toContain('The total is now $39.00. Nothing was charged yet.')
  expect((await pay(page, { [first]: '3' })).status).toBe(303)
})

test('a quantity that may not be changed is not', async () => {
  const { stripe } = await startEmulator()
  const { session, page } = await createCheckout(stripe)
  const [item] = (await stripe.checkout.sessions.listLineItems(session.id)).data
  await submit(page, { action: 'update', [`quantity[${item?.id}]`]: '1' })
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ amount_total: 2400 })
})

async function openWithCards(params: Params = {}) {
  const emulator = await startEmulator()
  const { stripe } = emulator
  const customer = await stripe.customers.create({ email: 'ada@example.com' })
  async function save(token: string, allow_redisplay: 'always' | 'limited') {
    const method = await stripe.paymentMethods.create({
      type: 'card',
      card: { token },
      allow_redisplay,
      billing_details: { name: 'Ada' },
    })
    return await stripe.paymentMethods.attach(method.id, { customer: customer.id })
  }
  const visa = await save('tok_visa', 'always')
  const mastercard = await save('tok_mastercard', 'always')
  const hidden = await save('tok_amex', 'limited')
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: visa.id } })
  const checkout = await createCheckout(stripe, { customer: customer.id, ...params })
  return { ...emulator, ...checkout, customer, visa, mastercard, hidden }
}

// https://docs.stripe.com/payments/existing-customers
test('a customer chooses from the cards that may be shown again, the default one first', async () => {
  const { stripe, session, page, customer, mastercard, hidden } = await openWithCards()
  const shown = await html(page)
  expect([...shown.matchAll(/<span>(\w+ ending in \d+)/g)].map(([, name]) => name)).toEqual([
    'Visa ending in 4242',
    'Mastercard ending in 4444',
  ])
  expect(shown).not.toContain(hidden.id)
  expect(shown).not.toContain('value="forget')
  expect(shown).toMatch(/<input[^>]*name="email"[^>]*readonly/)
  const { status } = await submit(page, { email: 'other@example.com', paymentMethod: mastercard.id })
  expect(status).toBe(303)
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] })
  expect(done).toMatchObject({
    customer_details: { email: 'ada@example.com', name: 'Ada' },
    subscription: { default_payment_method: mastercard.id },
  })
  expect((await stripe.paymentMethods.list({ customer: customer.id })).data).toHaveLength(3)
})

test('another card may be used, and shown again only if the customer wants it', async () => {
  const { stripe, page, customer } = await openWithCards({
    saved_payment_method_options: { payment_method_save: 'enabled' },
  })
  await pay(page, { paymentMethod: 'new', save: 'on' })
  const { data } = await stripe.paymentMethods.list({ customer: customer.id, allow_redisplay: 'always' })
  expect(data).toHaveLength(3)
  const next = await createCheckout(stripe, { customer: customer.id })
  await pay(next.page, { paymentMethod: 'new' })
  expect(await stripe.paymentMethods.list({ customer: customer.id, allow_redisplay: 'limited' })).toMatchObject({
    data: [{ card: { last4: '4242' } }, { card: { last4: '0005' } }],
  })
})

test('a card of somebody else, or one that is hidden, cannot be paid with', async () => {
  const { stripe, page, hidden } = await openWithCards()
  const { status, html: shown } = await submit(page, { paymentMethod: hidden.id })
  expect(status).toBe(422)
  expect(shown).toContain('Enter the number of your card.')
  expect((await stripe.subscriptions.list({})).data).toEqual([])
})

test('a saved card is removed where the session allows it', async () => {
  const { stripe, page, customer, visa } = await openWithCards({
    saved_payment_method_options: { payment_method_remove: 'enabled', allow_redisplay_filters: ['always', 'limited'] },
  })
  expect(await html(page)).toContain('American Express ending in')
  await submit(page, { action: `forget ${visa.id}` })
  expect(await html(page)).not.toContain(visa.id)
  expect((await stripe.paymentMethods.list({ customer: customer.id })).data).toHaveLength(2)
  const strict = await openWithCards()
  await submit(strict.page, { action: `forget ${strict.visa.id}` })
  expect(await html(strict.page)).toContain(strict.visa.id)
})

test('the page works without script: every button is a form’s, and Enter pays', async () => {
  const { page } = await openAdjustable()
  const shown = await html(page)
  expect(shown.match(/<form/g)).toHaveLength(1)
  const buttons = [...shown.matchAll(/<button[^>]*type="submit"[^>]*>/g)].map(([tag]) => tag)
  expect(buttons[0]).not.toContain('name="action"')
  expect(buttons.at(-1)).not.toContain('name="action"')
  for (const [, id] of shown.matchAll(/<(?:input|select)[^>]*\bid="([^"]+)"/g)) expect(shown).toContain(`for="${id}"`)
})

test('who is not told by the session is asked for an address', async () => {
  const { stripe } = await startEmulator()
  const nameless = await stripe.customers.create({})
  const { session, page } = await createCheckout(stripe, { customer: nameless.id })
  expect((await pay(page, { email: '' })).html).toContain('Enter an email address')
  await pay(page, { email: 'grace@example.com' })
  expect(await stripe.checkout.sessions.retrieve(session.id, { expand: ['customer'] })).toMatchObject({
    // https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-customer_update: names are not saved.
    customer: { email: 'grace@example.com', name: null },
    customer_details: { name: 'Ada Lovelace' },
  })
})
