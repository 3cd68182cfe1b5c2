import { expect, test } from 'vitest'
import { errorOf, startEmulator, submit, subscribe } from './harness.ts'

test('a quantity changes without proration, and only the change is told', async () => {
  const { stripe } = await startEmulator()
  const { subscription: id } = await subscribe(stripe)
  const { items } = await stripe.subscriptions.retrieve(id)
  const item = items.data[0]?.id ?? ''
  const changed = await stripe.subscriptions.update(id, {
    items: [{ id: item, quantity: 5 }],
    proration_behavior: 'none',
    metadata: { seats: '5' },
  })
  expect(changed.items.data).toMatchObject([{ id: item, quantity: 5 }])
  const { data } = await stripe.events.list({ type: 'customer.subscription.updated', limit: 1 })
  expect(data[0]?.data).toMatchObject({
    object: { metadata: { seats: '5' } },
    previous_attributes: { metadata: {}, items: { data: [{ quantity: 2 }] } },
  })
  expect(Object.keys(data[0]?.data.previous_attributes ?? {}).sort()).toEqual(['items', 'metadata'])
})

test('a cancellation at the end of the period is set and lifted', async () => {
  const now = Date.UTC(2026, 2, 15) / 1000
  const { stripe } = await startEmulator({ now: () => now * 1000 })
  const { subscription: id } = await subscribe(stripe)
  const ending = await stripe.subscriptions.update(id, {
    cancel_at_period_end: true,
    cancellation_details: { feedback: 'too_expensive', comment: 'Too dear' },
  })
  expect(ending).toMatchObject({
    status: 'active',
    cancel_at_period_end: true,
    cancel_at: Date.UTC(2026, 3, 15) / 1000,
    canceled_at: now,
    cancellation_details: { reason: 'cancellation_requested', feedback: 'too_expensive', comment: 'Too dear' },
  })
  const resumed = await stripe.subscriptions.update(id, { cancel_at_period_end: false })
  expect(resumed).toMatchObject({
    cancel_at_period_end: false,
    cancel_at: null,
    canceled_at: null,
    cancellation_details: { reason: null },
  })
})

test('an update that changes nothing tells nothing', async () => {
  const { stripe } = await startEmulator()
  const { subscription: id } = await subscribe(stripe)
  const before = (await stripe.events.list({ limit: 1 })).data[0]?.id
  await stripe.subscriptions.update(id, { cancel_at_period_end: false, metadata: {} })
  expect((await stripe.events.list({ limit: 1 })).data[0]?.id).toBe(before)
})

test('a cancelled subscription has ended, is listed only when asked for, and cannot change', async () => {
  const { stripe } = await startEmulator()
  const { subscription: id, customer, price } = await subscribe(stripe)
  const other = await subscribe(stripe)
  expect(await stripe.subscriptions.cancel(id, { cancellation_details: { comment: 'bye' } })).toMatchObject({
    status: 'canceled',
    cancellation_details: { comment: 'bye', reason: 'cancellation_requested' },
  })
  expect((await stripe.subscriptions.retrieve(id)).ended_at).toBeTypeOf('number')
  const ids = async (params: Parameters<typeof stripe.subscriptions.list>[0]) =>
    (await stripe.subscriptions.list(params)).data.map((subscription) => subscription.id)
  expect(await ids({})).toEqual([other.subscription])
  expect(await ids({ status: 'all' })).toEqual([other.subscription, id])
  expect(await ids({ status: 'canceled', customer })).toEqual([id])
  expect(await ids({ status: 'ended', price: price.id })).toEqual([id])
  // https://docs.stripe.com/api/subscriptions/cancel: "You can still update its metadata and cancellation_details."
  expect(await errorOf(stripe.subscriptions.update(id, { description: 'x' }))).toMatchObject({ statusCode: 400 })
  expect(await stripe.subscriptions.update(id, { metadata: { a: '1' } })).toMatchObject({ metadata: { a: '1' } })
  expect(await errorOf(stripe.subscriptions.cancel(id))).toMatchObject({ statusCode: 404 })
  expect((await stripe.events.list({ type: 'customer.subscription.deleted' })).data).toHaveLength(1)
})

test('deleting a customer ends the subscriptions', async () => {
  const { stripe } = await startEmulator()
  const { subscription, customer } = await subscribe(stripe)
  await stripe.customers.del(customer)
  expect(await stripe.subscriptions.retrieve(subscription)).toMatchObject({ status: 'canceled' })
  const types = (await stripe.events.list({ limit: 2 })).data.map(({ type }) => type)
  expect(types).toEqual(['customer.deleted', 'customer.subscription.deleted'])
})

test('invoices are listed by customer, subscription and status, with their lines and their page', async () => {
  const { stripe } = await startEmulator()
  const { subscription, customer } = await subscribe(stripe)
  await subscribe(stripe)
  const { data } = await stripe.invoices.list({ customer, subscription, status: 'paid' })
  expect(data).toMatchObject([{ customer, total: 2400, status: 'paid' }])
  expect((await stripe.invoices.list({ status: 'open' })).data).toEqual([])
  const invoice = await stripe.invoices.retrieve(data[0]?.id ?? '')
  expect((await stripe.invoices.listLineItems(invoice.id)).data).toMatchObject([
    { amount: 2400, parent: { subscription_item_details: { subscription } } },
  ])
  const page = await (await fetch(invoice.hosted_invoice_url ?? '')).text()
  for (const shown of [invoice.number, 'Paid', '$24.00', 'Ada Lovelace']) expect(page).toContain(shown)
})

test('the customer takes stock in the portal, cancels and resumes', async () => {
  const { stripe, url } = await startEmulator({ now: () => Date.UTC(2026, 2, 15) })
  const { subscription, customer } = await subscribe(stripe)
  const session = await stripe.billingPortal.sessions.create({ customer, return_url: 'http://shop.test/billing' })
  expect(session.url).toBe(`${url}/p/session/${session.id}`)
  const page = await (await fetch(session.url)).text()
  for (const shown of [
    'Pro',
    '$12.00 per month, quantity 2',
    'Cancel plan',
    'Visa ending in 4242',
    'http://shop.test/billing',
    '-0001',
  ]) {
    expect(page).toContain(shown)
  }

  const { status, location } = await submit(`${session.url}/cancel`, { subscription })
  expect({ status, location }).toEqual({ status: 303, location: `/p/session/${session.id}` })
  expect(await stripe.subscriptions.retrieve(subscription)).toMatchObject({ cancel_at_period_end: true })
  expect(await (await fetch(session.url)).text()).toMatch(/Ends on[^]*15 Apr 2026[^]*Resume plan/)
  await submit(`${session.url}/resume`, { subscription })
  expect(await stripe.subscriptions.retrieve(subscription)).toMatchObject({ cancel_at_period_end: false })
})

test('a portal link shows only its own customer and ends after an hour', async () => {
  let now = Date.UTC(2026, 2, 15)
  const { stripe } = await startEmulator({ now: () => now })
  const mine = await subscribe(stripe)
  const other = await subscribe(stripe)
  const session = await stripe.billingPortal.sessions.create({ customer: mine.customer })
  expect((await submit(`${session.url}/cancel`, { subscription: other.subscription })).status).toBe(400)
  expect(await stripe.subscriptions.retrieve(other.subscription)).toMatchObject({ cancel_at_period_end: false })
  now += 3600 * 1000
  expect((await fetch(session.url)).status).toBe(404)
})
