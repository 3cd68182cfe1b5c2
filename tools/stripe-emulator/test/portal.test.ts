import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { createPlan, errorOf, startEmulator, submit } from './harness.ts'
import { customerWith } from './payments-harness.ts'

const card = { cardNumber: '4242 4242 4242 4242', cardExpiry: '12 / 40', cardCvc: '123', name: '' }

/** A customer on a plan of 10 dollars a month, with a plan of 30 to change to, and a configuration that offers both. */
async function begin(stripe: Stripe, features: Stripe.BillingPortal.ConfigurationCreateParams.Features = {}) {
  const { customer, method } = await customerWith(stripe)
  const small = await createPlan(stripe, { amount: 1000, name: 'Small' })
  const large = await createPlan(stripe, { amount: 3000, name: 'Large' })
  const { id: subscription, items } = await stripe.subscriptions.create({ customer, items: [{ price: small.id }] })
  const products = [small, large].map(({ id, product }) => ({
    product: String(product),
    prices: [id],
    adjustable_quantity: { enabled: true, minimum: 1, maximum: 9 },
  }))
  const configuration = await stripe.billingPortal.configurations.create({
    features: {
      customer_update: { enabled: true, allowed_updates: ['name', 'email', 'address'] },
      invoice_history: { enabled: true },
      payment_method_update: { enabled: true },
      subscription_cancel: { enabled: true },
      subscription_update: {
        enabled: true,
        default_allowed_updates: ['price', 'quantity'],
        products,
        proration_behavior: 'always_invoice',
      },
      ...features,
    },
  })
  const item = items.data[0]?.id ?? ''
  return { customer, method, small, large, subscription, item, configuration: configuration.id }
}

async function textOf(page: string): Promise<string> {
  return await (await fetch(page)).text()
}

/** https://docs.stripe.com/api/customer_portal/configurations */
test('a configuration offers what it was asked to, and is changed in parts', async () => {
  const { stripe } = await startEmulator()
  const [standard] = (await stripe.billingPortal.configurations.list({ is_default: true })).data
  expect(standard).toMatchObject({
    is_default: true,
    active: true,
    features: {
      subscription_cancel: { enabled: true, mode: 'at_period_end' },
      subscription_update: { enabled: false },
    },
  })
  const made = await stripe.billingPortal.configurations.create({
    business_profile: { headline: 'Lightpress' },
    default_return_url: 'https://shop.test/billing',
    features: { subscription_cancel: { enabled: true, mode: 'immediately' } },
  })
  expect(made).toMatchObject({
    is_default: false,
    features: { subscription_cancel: { enabled: true, mode: 'immediately' }, invoice_history: { enabled: false } },
  })
  const changed = await stripe.billingPortal.configurations.update(made.id, {
    features: { invoice_history: { enabled: true } },
    metadata: { a: 'b' },
    active: false,
  })
  expect(changed).toMatchObject({
    active: false,
    metadata: { a: 'b' },
    business_profile: { headline: 'Lightpress' },
    features: { subscription_cancel: { mode: 'immediately' }, invoice_history: { enabled: true } },
  })
  const { id: customer } = await stripe.customers.create()
  expect(await errorOf(stripe.billingPortal.sessions.create({ customer, configuration: made.id }))).toMatchObject({
    param: 'configuration',
  })
  expect(
    await errorOf(stripe.billingPortal.configurations.update(standard?.id ?? '', { active: false })),
  ).toMatchObject({
    param: 'active',
  })
  const nothing = { subscription_update: { enabled: true, default_allowed_updates: ['price' as const] } }
  expect(await errorOf(stripe.billingPortal.configurations.create({ features: nothing }))).toMatchObject({
    code: 'parameter_missing',
    param: 'features[subscription_update][products]',
  })
})

test('what a configuration does not offer is neither shown nor done', async () => {
  const { stripe } = await startEmulator()
  const { customer, subscription } = await begin(stripe)
  const { id: configuration } = await stripe.billingPortal.configurations.create({
    features: { invoice_history: { enabled: true } },
  })
  const { url } = await stripe.billingPortal.sessions.create({ customer, configuration })
  const page = await textOf(url)
  for (const hidden of ['Cancel plan', 'Change plan', 'Add card', 'Change details']) expect(page).not.toContain(hidden)
  expect((await submit(`${url}/cancel`, { subscription })).status).toBe(400)
  expect((await submit(`${url}/update`, { subscription, price: 'x' })).status).toBe(400)
  expect((await submit(`${url}/cards`, card)).status).toBe(400)
  expect((await submit(`${url}/details`, { name: 'Eve' })).status).toBe(400)
  expect(await stripe.subscriptions.retrieve(subscription)).toMatchObject({ cancel_at: null })
})

test('a plan is changed for exactly what was shown, however long one thinks about it', async () => {
  let now = Date.UTC(2026, 2, 15)
  const { stripe } = await startEmulator({ now: () => now })
  const { customer, configuration, subscription, large, item } = await begin(stripe)
  now += 7 * 86_400_000
  const { url } = await stripe.billingPortal.sessions.create({ customer, configuration })
  expect(await textOf(url)).toContain(`/subscriptions/${subscription}/update`)
  expect(await textOf(`${url}/subscriptions/${subscription}/update`)).toMatch(/Small[^]*your plan now[^]*Large/)
  const confirm = await textOf(`${url}/subscriptions/${subscription}/confirm?price=${large.id}&quantity=2`)
  const [, shown] = /Due now<\/dt>\s*<dd>(.*?)<\/dd>/.exec(confirm) ?? []
  const [, from = ''] = /name="from" value="(\d+)"/.exec(confirm) ?? []
  now += 50 * 60_000
  const { location } = await submit(`${url}/update`, { subscription, price: large.id, quantity: '2', from })
  expect(url).toContain(location)
  const changed = await stripe.subscriptions.retrieve(subscription, { expand: ['latest_invoice'] })
  expect(changed.items.data).toMatchObject([{ id: item, price: { id: large.id }, quantity: 2 }])
  const invoice = changed.latest_invoice as Stripe.Invoice
  expect(invoice).toMatchObject({ status: 'paid', billing_reason: 'subscription_update' })
  expect(shown).toBe(`$${(invoice.amount_paid / 100).toFixed(2)}`)
})

test('nothing else than what is offered can be chosen', async () => {
  const { stripe } = await startEmulator()
  const { customer, configuration, subscription, large } = await begin(stripe)
  const { url } = await stripe.billingPortal.sessions.create({ customer, configuration })
  const secret = await createPlan(stripe, { amount: 50, name: 'Secret' })
  const wrong = [
    { price: secret.id, quantity: '1' },
    { price: large.id, quantity: '0' },
    { price: large.id, quantity: '10' },
    { price: large.id, quantity: '1.5' },
  ]
  for (const chosen of wrong) {
    expect((await submit(`${url}/update`, { subscription, ...chosen })).status).toBe(400)
    const asked = new URLSearchParams(chosen).toString()
    expect((await fetch(`${url}/subscriptions/${subscription}/confirm?${asked}`)).status).toBe(422)
  }
  expect((await stripe.subscriptions.retrieve(subscription)).items.data[0]).toMatchObject({ quantity: 1 })
})

test('a card that asks its bank is saved once the bank agrees, and then pays by default', async () => {
  const { stripe, url: base } = await startEmulator()
  const { customer, configuration, method } = await begin(stripe)
  const { url } = await stripe.billingPortal.sessions.create({ customer, configuration })
  const asked = await submit(`${url}/cards`, { ...card, cardNumber: '4000 0027 6000 3184' })
  const bank = `${base}${String(asked.location)}`
  expect(bank).toContain('/3ds/seti_')
  const refused = await submit(bank, { answer: 'fail' })
  expect(await textOf(`${base}${String(refused.location)}`)).toContain('did not confirm this card')
  const again = await submit(`${url}/cards`, { ...card, cardNumber: '4000 0027 6000 3184' })
  const back = await submit(`${base}${String(again.location)}`, { answer: 'complete' })
  expect((await fetch(`${base}${String(back.location)}`, { redirect: 'manual' })).status).toBe(303)
  const { data: cards } = await stripe.paymentMethods.list({ customer })
  expect(cards.map((saved) => saved.card?.last4)).toEqual(['3184', '4242'])
  const preferred = async () =>
    ((await stripe.customers.retrieve(customer)) as Stripe.Customer).invoice_settings.default_payment_method
  expect(await preferred()).toBe(cards[0]?.id)
  await submit(`${url}/cards/default`, { card: method })
  expect(await preferred()).toBe(method)
  await submit(`${url}/cards/remove`, { card: cards[0]?.id ?? '' })
  expect((await stripe.paymentMethods.list({ customer })).data.map(({ id }) => id)).toEqual([method])
})

test('a card is not made the default once cards may not be changed any more', async () => {
  const { stripe, url: base } = await startEmulator()
  const { customer, configuration, method } = await begin(stripe)
  const { url } = await stripe.billingPortal.sessions.create({ customer, configuration })
  await submit(`${url}/cards/default`, { card: method })
  const asked = await submit(`${url}/cards`, { ...card, cardNumber: '4000 0027 6000 3184' })
  const back = await submit(`${base}${String(asked.location)}`, { answer: 'complete' })
  await stripe.billingPortal.configurations.update(configuration, {
    features: { payment_method_update: { enabled: false } },
  })
  expect((await fetch(`${base}${String(back.location)}`, { redirect: 'manual' })).status).toBe(400)
  const { invoice_settings: settings } = (await stripe.customers.retrieve(customer)) as Stripe.Customer
  expect(settings.default_payment_method).toBe(method)
})

test('a card that is declined is not saved, and the person reads why', async () => {
  const { stripe } = await startEmulator()
  const { customer, configuration } = await begin(stripe)
  const { url } = await stripe.billingPortal.sessions.create({ customer, configuration })
  const declined = await submit(`${url}/cards`, { ...card, cardNumber: '4000 0000 0000 9995' })
  expect(declined.status).toBe(402)
  expect(declined.html).toContain('Your card has insufficient funds.')
  expect((await submit(`${url}/cards`, { ...card, cardNumber: '4242' })).status).toBe(422)
  expect((await stripe.paymentMethods.list({ customer })).data).toHaveLength(1)
})

test('each plan may have a card of its own', async () => {
  const { stripe } = await startEmulator()
  const { customer, configuration, subscription } = await begin(stripe)
  const { id: other } = await stripe.paymentMethods.attach('pm_card_mastercard', { customer })
  const { url } = await stripe.billingPortal.sessions.create({ customer, configuration })
  await submit(`${url}/cards/pay`, { subscription, card: other })
  expect(await stripe.subscriptions.retrieve(subscription)).toMatchObject({ default_payment_method: other })
  const stranger = await customerWith(stripe)
  expect((await submit(`${url}/cards/pay`, { subscription, card: stranger.method })).status).toBe(400)
})

test('a plan that ends at once says why', async () => {
  const { stripe } = await startEmulator()
  const { customer, configuration, subscription } = await begin(stripe, {
    subscription_cancel: {
      enabled: true,
      mode: 'immediately',
      cancellation_reason: { enabled: true, options: ['too_expensive', 'other'] },
    },
  })
  const { url } = await stripe.billingPortal.sessions.create({ customer, configuration })
  const page = await textOf(`${url}/subscriptions/${subscription}/cancel`)
  expect(page).toContain('It is too expensive')
  expect(page).not.toContain('I do not use it enough')
  await submit(`${url}/cancel`, { subscription, feedback: 'too_expensive', comment: 'Sorry' })
  expect(await stripe.subscriptions.retrieve(subscription)).toMatchObject({
    status: 'canceled',
    cancellation_details: { reason: 'cancellation_requested', feedback: 'too_expensive', comment: 'Sorry' },
  })
  expect(await textOf(url)).toContain('There is no active plan.')
})

test('customers tell who they are, as far as they may', async () => {
  const { stripe } = await startEmulator()
  const { customer, configuration } = await begin(stripe)
  const { url } = await stripe.billingPortal.sessions.create({ customer, configuration })
  expect(await textOf(`${url}/details`)).not.toContain('name="phone"')
  const told = {
    name: 'Ada Lovelace',
    email: 'ada@new.test',
    phone: '123',
    line1: '1 Main St',
    city: 'London',
    country: 'GB',
  }
  await submit(`${url}/details`, told)
  expect(await stripe.customers.retrieve(customer)).toMatchObject({
    name: 'Ada Lovelace',
    email: 'ada@new.test',
    phone: null,
    address: { line1: '1 Main St', city: 'London', country: 'GB', state: null },
  })
  expect((await submit(`${url}/details`, { email: 'nobody' })).status).toBe(422)
})

/** https://docs.stripe.com/customer-management/portal-deep-links */
test('a flow leads to one step, and then where it was told to', async () => {
  const { stripe } = await startEmulator()
  const { customer, configuration, subscription, large, item } = await begin(stripe)
  const { url, flow } = await stripe.billingPortal.sessions.create({
    customer,
    configuration,
    flow_data: {
      type: 'subscription_update_confirm',
      subscription_update_confirm: { subscription, items: [{ id: item, price: large.id, quantity: 3 }] },
      after_completion: { type: 'redirect', redirect: { return_url: 'https://shop.test/changed' } },
    },
  })
  expect(flow).toMatchObject({
    type: 'subscription_update_confirm',
    subscription_update_confirm: { items: [{ id: item, price: large.id, quantity: 3 }] },
    after_completion: { type: 'redirect', redirect: { return_url: 'https://shop.test/changed' } },
  })
  expect(await textOf(url)).toMatch(/Change to Large[^]*quantity 3[^]*Due now/)
  const done = await submit(url.replace(/\/flow$/, '/update'), { subscription, price: 'anything', quantity: '9' })
  expect(done.location).toBe('https://shop.test/changed')
  expect((await stripe.subscriptions.retrieve(subscription)).items.data[0]).toMatchObject({
    price: { id: large.id },
    quantity: 3,
  })
})

test('a flow may stay where it is, with a word of its own', async () => {
  const { stripe, url: base } = await startEmulator()
  const { customer, configuration, subscription } = await begin(stripe)
  const cancel = await stripe.billingPortal.sessions.create({
    customer,
    configuration,
    flow_data: {
      type: 'subscription_cancel',
      subscription_cancel: { subscription },
      after_completion: { type: 'hosted_confirmation', hosted_confirmation: { custom_message: 'We will miss you.' } },
    },
  })
  expect(await textOf(cancel.url)).toContain('Cancel Small')
  const { location } = await submit(cancel.url.replace(/\/flow$/, '/cancel'), { subscription })
  expect(await textOf(`${base}${String(location)}`)).toContain('We will miss you.')
  expect(await stripe.subscriptions.retrieve(subscription)).toMatchObject({ cancel_at_period_end: true })
  const pay = { customer, configuration, flow_data: { type: 'payment_method_update' } } as const
  expect(await textOf((await stripe.billingPortal.sessions.create(pay)).url)).toContain('Add a card')
})

test('a flow that leads nowhere is refused', async () => {
  const { stripe } = await startEmulator()
  const { customer, configuration, subscription, item } = await begin(stripe)
  const other = await begin(stripe)
  const refuse = async (flow_data: Stripe.BillingPortal.SessionCreateParams.FlowData, given = configuration) =>
    await errorOf(stripe.billingPortal.sessions.create({ customer, configuration: given, flow_data }))
  expect(await refuse({ type: 'subscription_cancel' })).toMatchObject({ param: 'flow_data[subscription_cancel]' })
  expect(
    await refuse({ type: 'subscription_cancel', subscription_cancel: { subscription: other.subscription } }),
  ).toMatchObject({ code: 'resource_missing' })
  const twice = { subscription, items: [{ id: item }, { id: item }] }
  expect(await refuse({ type: 'subscription_update_confirm', subscription_update_confirm: twice })).toMatchObject({
    param: 'flow_data[subscription_update_confirm][items]',
  })
  const { id: bare } = await stripe.billingPortal.configurations.create({
    features: { invoice_history: { enabled: true } },
  })
  expect(await refuse({ type: 'payment_method_update' }, bare)).toMatchObject({ param: 'flow_data[type]' })
})
