import { expect, test } from 'vitest'
import { createCheckout, errorOf, pay, startEmulator, startReceiver, secret, submit, until } from './harness.ts'

const day = 86_400

test('a checkout session shows what was asked for', async () => {
  const { stripe, url } = await startEmulator({ now: () => 1_800_000_000_000 })
  const { session } = await createCheckout(stripe, {
    client_reference_id: 'org_1',
    customer_email: 'ada@example.com',
    metadata: { organization: 'o1' },
    allow_promotion_codes: true,
  })
  expect(session.id).toMatch(/^cs_test_\w{58}$/)
  expect(session).toMatchObject({
    url: `${url}/c/pay/${session.id}`,
    mode: 'subscription',
    status: 'open',
    payment_status: 'unpaid',
    amount_total: 2400,
    currency: 'usd',
    client_reference_id: 'org_1',
    customer: null,
    customer_email: 'ada@example.com',
    metadata: { organization: 'o1' },
    allow_promotion_codes: true,
    expires_at: 1_800_000_000 + day,
    subscription: null,
  })
  expect((await stripe.checkout.sessions.listLineItems(session.id)).data).toMatchObject([
    { description: 'Pro', quantity: 2, amount_total: 2400, price: { unit_amount: 1200 } },
  ])
})

test('paying makes the customer, the subscription, the paid invoice and the payment', async () => {
  const { stripe, url } = await startEmulator({ now: () => Date.UTC(2026, 0, 31, 12) })
  const { session, page, price } = await createCheckout(stripe, {
    subscription_data: { metadata: { organization: 'o1' }, description: 'Team plan' },
  })
  const { status, location } = await pay(page)
  expect({ status, location }).toEqual({ status: 303, location: `http://shop.test/done?session=${session.id}` })

  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['customer', 'subscription', 'invoice'] })
  expect(done).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    url: null,
    customer: { email: 'ada@example.com', name: 'Ada Lovelace', currency: 'usd' },
    customer_details: { email: 'ada@example.com', name: 'Ada Lovelace' },
    subscription: {
      status: 'active',
      metadata: { organization: 'o1' },
      description: 'Team plan',
      cancel_at_period_end: false,
      items: {
        data: [
          {
            quantity: 2,
            price: { id: price.id },
            current_period_start: Date.UTC(2026, 0, 31, 12) / 1000,
            current_period_end: Date.UTC(2026, 1, 28, 12) / 1000,
          },
        ],
      },
    },
    invoice: {
      status: 'paid',
      billing_reason: 'subscription_create',
      amount_due: 2400,
      amount_paid: 2400,
      amount_remaining: 0,
      number: expect.stringMatching(/^\w{8}-0001$/) as string,
      customer_email: 'ada@example.com',
      lines: { data: [{ amount: 2400, quantity: 2, description: '2 × Pro (at $12.00 / month)' }] },
      parent: {
        subscription_details: {
          subscription: expect.stringMatching(/^sub_/) as string,
          metadata: { organization: 'o1' },
        },
      },
    },
  })

  const { data: payments } = await stripe.invoicePayments.list({ invoice: (done.invoice as { id: string }).id })
  expect(payments).toMatchObject([{ status: 'paid', amount_paid: 2400 }])
  const intent = await stripe.paymentIntents.retrieve(String(payments[0]?.payment.payment_intent), {
    expand: ['latest_charge', 'payment_method'],
  })
  expect(intent).toMatchObject({
    status: 'succeeded',
    amount_received: 2400,
    latest_charge: { status: 'succeeded', paid: true, payment_method_details: { card: { last4: '4242' } } },
    payment_method: { card: { exp_month: 12, exp_year: 2040 } },
  })
  expect((await stripe.paymentMethods.list({ customer: (done.customer as { id: string }).id })).data).toHaveLength(1)
  expect((await fetch(`${url}/c/pay/${session.id}`)).status).toBe(200)
})

test('the events tell it in the order in which it happened', async () => {
  const receiver = await startReceiver()
  const { stripe } = await startEmulator({ webhooks: [{ url: receiver.url, secret }] })
  const { page } = await createCheckout(stripe)
  await pay(page)
  await until(() => receiver.types().includes('checkout.session.completed'))
  // The bank first, then the subscription and its invoice:
  // https://docs.stripe.com/changelog/basil/2025-03-31/checkout-legacy-subscription-upgrade
  expect(receiver.types()).toEqual([
    'product.created',
    'price.created',
    'customer.created',
    'payment_intent.created',
    'charge.succeeded',
    'payment_method.attached',
    'payment_intent.succeeded',
    'customer.updated',
    'invoice.created',
    'customer.subscription.created',
    'invoice.finalized',
    'invoice_payment.paid',
    'invoice.updated',
    'invoice.paid',
    'invoice.payment_succeeded',
    'customer.subscription.updated',
    'checkout.session.completed',
  ])
  const eventOf = (type: string) => receiver.received.find(({ event }) => event.type === type)?.event
  expect(eventOf('customer.subscription.created')?.data.object).toMatchObject({ status: 'incomplete' })
  expect(eventOf('customer.subscription.updated')?.data).toMatchObject({
    object: { status: 'active' },
    previous_attributes: { status: 'incomplete' },
  })
  expect(eventOf('invoice.created')?.data.object).toMatchObject({ status: 'draft', number: null })
})

test('a customer who is known keeps the name and gets the subscription', async () => {
  const { stripe } = await startEmulator()
  const customer = await stripe.customers.create({ email: 'org@example.com', name: 'Org' })
  const { session, page } = await createCheckout(stripe, { customer: customer.id })
  const form = await (await fetch(page)).text()
  expect(form).toContain('value="org@example.com"')
  expect(form).not.toContain('value="Org"')
  await pay(page)
  const done = await stripe.checkout.sessions.retrieve(session.id)
  expect(done.customer).toBe(customer.id)
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ email: 'org@example.com', name: 'Org' })
  expect((await stripe.customers.list()).data).toHaveLength(1)
})

test.each([
  ['4000 0000 0000 0002', 'Your card was declined.', 'generic_decline'],
  ['4000 0000 0000 9995', 'Your card has insufficient funds.', 'insufficient_funds'],
  ['4111 1111 1111 1111', 'only test cards', 'test_mode_live_card'],
])('card %s is declined in the page and nothing is sold', async (cardNumber, message, declineCode) => {
  const { stripe } = await startEmulator()
  const { session, page } = await createCheckout(stripe)
  const { status, html } = await pay(page, { cardNumber })
  expect(status).toBe(402)
  expect(html).toMatch(new RegExp(`role="alert"[^>]*>\\s*${message === 'only test cards' ? '.*' : ''}${message}`))
  expect(html).toContain(cardNumber)
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
    status: 'open',
    payment_status: 'unpaid',
  })
  expect((await stripe.subscriptions.list({ status: 'all' })).data).toEqual([])
  expect((await stripe.paymentIntents.list()).data).toMatchObject([
    { status: 'requires_payment_method', last_payment_error: { type: 'card_error', decline_code: declineCode } },
  ])
  expect((await stripe.events.list()).data.map(({ type }) => type).slice(0, 2)).toEqual([
    'payment_intent.payment_failed',
    'charge.failed',
  ])
})

test('after a decline another card pays the same payment', async () => {
  const { stripe } = await startEmulator()
  const { page, session } = await createCheckout(stripe)
  await pay(page, { cardNumber: '4000000000000002' })
  expect((await pay(page)).status).toBe(303)
  const { data: intents } = await stripe.paymentIntents.list()
  expect(intents).toMatchObject([{ status: 'succeeded', last_payment_error: null }])
  const { data: charges } = await stripe.charges.list({ payment_intent: intents[0]?.id ?? '' })
  expect(charges.map(({ status }) => status)).toEqual(['succeeded', 'failed'])
  const { customer } = await stripe.checkout.sessions.retrieve(session.id)
  expect(intents[0]?.customer).toBe(customer)
})

test('paying twice sells once', async () => {
  const { stripe } = await startEmulator()
  const { page } = await createCheckout(stripe)
  await pay(page)
  const second = await pay(page)
  expect(second.html).toContain('already paid')
  expect((await stripe.subscriptions.list()).data).toHaveLength(1)
})

test('a trial costs nothing today', async () => {
  const now = Date.UTC(2026, 4, 1) / 1000
  const { stripe } = await startEmulator({ now: () => now * 1000 })
  const { page, session } = await createCheckout(stripe, { subscription_data: { trial_period_days: 14 } })
  expect(session.amount_total).toBe(0)
  expect(await (await fetch(page)).text()).toMatch(/14 days free[^]*Then \$24\.00 per month/)
  await pay(page)
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription', 'invoice'] })
  expect(done).toMatchObject({
    payment_status: 'no_payment_required',
    subscription: {
      status: 'trialing',
      trial_start: now,
      trial_end: now + 14 * day,
      items: { data: [{ current_period_end: now + 14 * day }] },
    },
    invoice: { status: 'paid', total: 0, lines: { data: [{ amount: 0, description: 'Trial period for Pro' }] } },
  })
  expect((await stripe.paymentIntents.list()).data).toEqual([])
})

test('what was typed wrong is said at its field, and what was typed is kept', async () => {
  const { stripe } = await startEmulator()
  const { page } = await createCheckout(stripe)
  const { status, html } = await pay(page, {
    email: 'nobody',
    cardNumber: '4242 4242 4242 4241',
    cardExpiry: '01 / 20',
    cardCvc: '1',
  })
  expect(status).toBe(422)
  for (const message of ['Enter an email', 'not valid', 'date in the future', '3 or 4 digits'])
    expect(html).toContain(message)
  expect(html).toContain('value="nobody"')
  expect(html).toContain('value="4242 4242 4242 4241"')
  expect((await stripe.paymentIntents.list()).data).toEqual([])
})

test('the page escapes what others wrote', async () => {
  const { stripe } = await startEmulator()
  const hostile = `<script>alert("x")</script>'&`
  const product = await stripe.products.create({ name: hostile })
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 1,
    recurring: { interval: 'month' },
  })
  const { page } = await createCheckout(stripe, { line_items: [{ price: price.id, quantity: 1 }] })
  const shown = await pay(page, { name: hostile, cardNumber: hostile })
  for (const html of [await (await fetch(page)).text(), shown.html]) {
    expect(html).not.toContain('<script>alert')
    expect(html).toContain('&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62;&#39;&#38;')
  }
})

test('the button and the fields have names that a test can hold on to', async () => {
  const { stripe } = await startEmulator()
  const { page } = await createCheckout(stripe)
  const html = await (await fetch(page)).text()
  expect(html).toMatch(/<button[^>]*type="submit"[^>]*>\s*Subscribe and pay \$24\.00/)
  expect(html).toMatch(/<label for="cardNumber">Card number<\/label>/)
  expect(html).toMatch(/<a class="back" href="http:\/\/shop\.test\/plans">Back<\/a>/)
})

test('another site cannot press the button', async () => {
  const { stripe } = await startEmulator()
  const { page, session } = await createCheckout(stripe)
  const fields = { email: 'a@b.test', cardNumber: '4242424242424242', cardExpiry: '12/40', cardCvc: '123' }
  expect((await submit(page, fields, { origin: 'http://evil.test' })).status).toBe(403)
  expect((await submit(page, fields, { origin: 'null' })).status).toBe(403)
  expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open')
})

test('behind another public address the links and the forms use that address', async () => {
  const { stripe, url } = await startEmulator({ publicUrl: 'http://pay.localhost:9999/' })
  const { session } = await createCheckout(stripe)
  expect(session.url).toBe(`http://pay.localhost:9999/c/pay/${session.id}`)
  const page = `${url}/c/pay/${session.id}`
  const fields = { email: 'a@b.test', cardNumber: '4242424242424242', cardExpiry: '12/40', cardCvc: '123' }
  expect((await submit(page, fields, { origin: 'http://pay.localhost:9999' })).status).toBe(303)
})

test('a session expires by request and by time, and its page then says so', async () => {
  let now = Date.UTC(2026, 0, 1)
  const { stripe } = await startEmulator({ now: () => now })
  const first = await createCheckout(stripe)
  expect(await stripe.checkout.sessions.expire(first.session.id)).toMatchObject({ status: 'expired', url: null })
  expect(await errorOf(stripe.checkout.sessions.expire(first.session.id))).toMatchObject({ statusCode: 400 })

  const second = await createCheckout(stripe)
  now += day * 1000
  const { html } = await pay(second.page)
  expect(html).toContain('expired')
  expect(await stripe.checkout.sessions.retrieve(second.session.id)).toMatchObject({ status: 'expired' })
  expect((await stripe.checkout.sessions.list({ status: 'open' })).data).toEqual([])
  const { data } = await stripe.events.list({ type: 'checkout.session.expired' })
  expect(data).toHaveLength(2)
})
