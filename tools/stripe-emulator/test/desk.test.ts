import { expect, test } from 'vitest'
import Stripe from 'stripe'
import { createControl } from '../src/index.ts'
import { secret, startEmulator, startReceiver, submit, subscribe, until } from './harness.ts'

/** A page as the desk shows it, and the same without its markup. */
async function look(url: string, path: string) {
  const response = await fetch(url + path, { redirect: 'manual' })
  const html = await response.text()
  const text = html.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ')
  return { status: response.status, location: response.headers.get('location'), headers: response.headers, html, text }
}

/** A paid subscription, and somewhere that its webhooks go. */
async function startDesk() {
  const receiver = await startReceiver()
  const emulator = await startEmulator({ webhooks: [{ url: receiver.url, secret }] })
  const paid = await subscribe(emulator.stripe)
  await createControl(emulator.url).deliveries.settled()
  return { ...emulator, ...paid, receiver, desk: (path: string) => look(emulator.url, path) }
}

async function invoiceOf(stripe: Stripe, customer: string): Promise<Stripe.Invoice> {
  const [invoice] = (await stripe.invoices.list({ customer })).data
  if (!invoice) throw new Error('no invoice')
  return invoice
}

test('every page stands, without a script or style of its own', async () => {
  const { stripe, desk, customer, subscription, price } = await startDesk()
  const invoice = await invoiceOf(stripe, customer)
  const [event] = (await stripe.events.list()).data
  const [endpoint] = (await stripe.webhookEndpoints.list()).data
  const paths = {
    '/': 'Overview',
    '/customers': '1 customer',
    '/subscriptions': '1 subscription',
    '/invoices': '1 invoice',
    '/checkouts': '1 checkout session',
    '/catalogue': 'Pro',
    '/events': 'checkout.session.completed',
    '/webhooks': 'delivered',
    '/clocks': '+1 month',
    '/chaos': 'Everything goes as it should',
    '/reset': 'Forget everything?',
    [`/customers/${customer}`]: 'ada@example.com',
    [`/subscriptions/${subscription}`]: 'Pro × 2',
    [`/invoices/${invoice.id}`]: invoice.number ?? '',
    [`/events/${event?.id ?? ''}`]: event?.type ?? '',
    [`/endpoints/${endpoint?.id ?? ''}`]: endpoint?.url ?? '',
    [`/objects/${price.id}`]: 'Price',
  }
  for (const [path, shown] of Object.entries(paths)) {
    const { status, html, text, headers } = await desk(path)
    expect([path, status]).toEqual([path, 200])
    expect(text).toContain(shown)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(html.match(/<script(?! src=)|<style| style=| on[a-z]+="/g)).toBeNull()
  }
  expect((await desk('/desk.css')).headers.get('content-type')).toContain('text/css')
})

test('what somebody wrote is text and nothing else', async () => {
  const { stripe, url } = await startEmulator()
  const { id } = await stripe.customers.create({ name: '<script>alert(1)</script>', metadata: { '"><b>': '<i>' } })
  const { html } = await look(url, `/customers/${id}`)
  expect(html).not.toMatch(/<script>|<b>|<i>/)
  expect(html).toContain('&#60;script&#62;')
})

test('lists go on over pages, forth and back', async () => {
  const { stripe, url } = await startEmulator()
  for (let number = 1; number <= 30; number += 1) await stripe.customers.create({ email: `p${number}@example.com` })
  const people = (html: string) =>
    [...html.matchAll(/<a href="\/customers\/cus_\w+">(.*?)<\/a>/g)].map(([link]) => link)
  const link = (html: string, label: string) =>
    new RegExp(`href="([^"]*)"[^>]*>${label}<`).exec(html)?.[1]?.replaceAll('&#38;', '&')

  const first = await look(url, '/customers?q=example')
  expect(first.text).toContain('30 customers')
  expect(people(first.html)).toHaveLength(25)
  expect(link(first.html, 'Newer')).toBeUndefined()
  const second = await look(url, link(first.html, 'Older') ?? '')
  expect(people(second.html)).toHaveLength(5)
  expect(link(second.html, 'Older')).toBeUndefined()
  const back = await look(url, link(second.html, 'Newer') ?? '')
  expect(people(back.html)).toEqual(people(first.html))
})

test('lists show what is asked for', async () => {
  const { stripe, desk, customer, subscription } = await startDesk()
  await stripe.customers.create({ email: 'grace@example.com' })
  expect((await desk('/customers?q=GRACE')).text).toContain('1 customer ')
  expect((await desk('/subscriptions?status=active')).html).toContain(subscription)
  expect((await desk('/subscriptions?status=canceled')).html).not.toContain(subscription)
  expect((await desk(`/invoices?customer=${customer}&status=paid`)).text).toContain('1 invoice ')
  expect((await desk('/invoices?customer=cus_other')).text).toContain('0 invoices')
  expect((await desk('/events?type=product.*')).text).toContain('1 event ')
  expect((await desk(`/events?about=${subscription}&type=customer.subscription.created`)).text).toContain('1 event ')
})

test('a customer is shown with what is theirs', async () => {
  const { stripe, desk, customer, subscription } = await startDesk()
  await stripe.customers.createBalanceTransaction(customer, { amount: -250, currency: 'usd' })
  const invoice = await invoiceOf(stripe, customer)
  const { html, text } = await desk(`/customers/${customer}`)
  expect(html).toContain(`/subscriptions/${subscription}`)
  expect(html).toContain(`/invoices/${invoice.id}`)
  expect(text).toContain('$2.50 credit')
  expect(text).toContain('Visa …4242')
  expect(text).toMatch(/Renewal of sub_\w+/)
  expect(text).toContain('checkout.session.completed')
})

test('a subscription is shown with its items, its schedule and what happened to it', async () => {
  const { stripe, desk, subscription } = await startDesk()
  const schedule = await stripe.subscriptionSchedules.create({ from_subscription: subscription })
  const { html, text } = await desk(`/subscriptions/${subscription}`)
  expect(text).toContain('$12.00 per month')
  expect(html).toContain(`/objects/${schedule.id}`)
  expect(text).toContain('customer.subscription.created')
  expect(text).toContain(`Renewal of ${subscription}`)
  expect(text).toContain(`End of ${schedule.id}`)
})

test('the catalogue says what each price is', async () => {
  const { stripe, url } = await startEmulator()
  const monthly = { currency: 'usd', recurring: { interval: 'month' } } as const
  await stripe.prices.create({
    ...monthly,
    unit_amount_decimal: Stripe.Decimal.from('0.2'),
    product_data: { name: 'Calls' },
  })
  await stripe.prices.create({
    ...monthly,
    billing_scheme: 'tiered',
    tiers_mode: 'graduated',
    tiers: [
      { up_to: 5, unit_amount: 700 },
      { up_to: 'inf', unit_amount: 650 },
    ],
    product_data: { name: 'Seats' },
  })
  await stripe.prices.create({
    ...monthly,
    unit_amount: 500,
    transform_quantity: { divide_by: 1000, round: 'up' },
    product_data: { name: 'Packs' },
  })
  await stripe.prices.create({ currency: 'usd', unit_amount: 9900, product_data: { name: 'Setup' } })
  const { text } = await look(url, '/catalogue')
  for (const shown of [
    'Calls$0.002 per month',
    'Seatsgraduated tiers per month',
    'Packs$5.00 for every 1000 per month',
    'Setup$99.00 ',
  ]) {
    expect(text).toContain(shown)
  }
})

test('an event is shown with what it changed, and every id leads to its object', async () => {
  const { stripe, desk, customer } = await startDesk()
  await stripe.customers.update(customer, { name: 'Augusta Ada King' })
  const [event] = (await stripe.events.list({ type: 'customer.updated' })).data
  const { html, text } = await desk(`/events/${event?.id ?? ''}`)
  expect(text).toMatch(/name\s*&#34;Ada Lovelace&#34;\s*&#34;Augusta Ada King&#34;/)
  expect(html).toContain(`&#34;<a href="/customers/${customer}">${customer}</a>&#34;`)
})

test('an id leads to its page from anywhere', async () => {
  const { stripe, url, desk, customer, price } = await startDesk()
  expect(await desk(`/find?id=%20${customer}%20`)).toMatchObject({ status: 303, location: `/customers/${customer}` })
  expect((await desk(`/find?id=${price.id}`)).location).toBe(`/objects/${price.id}`)
  const nothing = await desk('/find?id=cus_nobody')
  expect(nothing.status).toBe(404)
  expect(nothing.text).toContain('Nothing has the id cus_nobody')
  await stripe.customers.del(customer)
  expect((await desk(`/customers/${customer}`)).location).toBe(`/objects/${customer}`)
  expect((await look(url, `/objects/${customer}`)).text).toContain('&#34;deleted&#34;: true')
})

test('the log of webhooks is filtered, and sends one again', async () => {
  const { stripe, url, desk, receiver } = await startDesk()
  const [endpoint] = (await stripe.webhookEndpoints.list()).data
  const filtered = `/webhooks?type=invoice.paid&status=delivered&endpoint=${endpoint?.id ?? ''}`
  const { html, text } = await desk(filtered)
  expect(text).toContain('1 delivery')
  expect((await desk('/webhooks?status=failed')).text).toContain('0 deliveries')
  expect((await desk('/webhooks?endpoint=we_other')).text).toContain('0 deliveries')

  const paid = () => receiver.received.filter(({ event }) => event.type === 'invoice.paid')
  const [delivery = ''] = /\/webhooks\/\w+\/redeliver/.exec(html) ?? []
  expect(await submit(url + delivery, { back: filtered })).toMatchObject({ status: 303, location: filtered })
  await until(() => paid().length === 2)
  expect(paid()[1]?.event.id).toBe(paid()[0]?.event.id)
})

test.each(['//evil.test', '/\\evil.test', 'https://evil.test', ''])('a form does not lead back to %j', async (back) => {
  const { url, desk } = await startDesk()
  const [delivery = ''] = /\/webhooks\/\w+\/redeliver/.exec((await desk('/webhooks')).html) ?? []
  expect((await submit(url + delivery, { back })).location).toBe('/webhooks')
})

test('a secret is shown on demand, and rolled', async () => {
  const { stripe, url, desk } = await startDesk()
  const [endpoint] = (await stripe.webhookEndpoints.list()).data
  const path = `/endpoints/${endpoint?.id ?? ''}`
  const shown = async () => /<details>.*?<code>(whsec_\w+)<\/code>.*?<\/details>/s.exec((await desk(path)).html)?.[1]
  expect(await shown()).toBe(secret)
  expect(await submit(`${url}${path}/roll`, { overlap: '0' })).toMatchObject({ status: 303, location: path })
  expect(await shown()).toMatch(/^whsec_/)
  expect(await shown()).not.toBe(secret)
  expect((await submit(`${url}${path}/roll`, { overlap: '7' })).status).toBe(400)
})

test.each([
  ['3600', true],
  ['0', false],
] as const)('after a roll with an overlap of %s seconds the old secret verifies: %s', async (overlap, verifies) => {
  const { stripe, url, desk, receiver } = await startDesk()
  const [endpoint] = (await stripe.webhookEndpoints.list()).data
  const path = `/endpoints/${endpoint?.id ?? ''}`
  const before = receiver.received.length
  await submit(`${url}${path}/roll`, { overlap })
  expect((await desk(path)).text.includes('An older one signs as well until')).toBe(verifies)
  // The receiver knows the old secret only.
  await stripe.customers.create()
  await until(() => receiver.received.length + receiver.problems.length > before)
  expect(receiver.received.length > before).toBe(verifies)
})

test('the account’s clock goes on by a step, to what is next, and to a time', async () => {
  const { stripe, url, desk, subscription } = await startDesk()
  const go = (fields: Record<string, string>) => submit(`${url}/clocks/account`, fields)
  const periodEnd = async () => (await stripe.subscriptions.retrieve(subscription)).items.data[0]?.current_period_end
  const first = (await periodEnd()) ?? 0

  // What is next is said beside its button: first a notice, then the renewal.
  expect((await desk('/clocks')).text).toMatch(/To what is next\s+Notice of the next invoice of sub_/)
  await go({ by: 'due' })
  expect((await desk('/clocks')).text).toMatch(/To what is next\s+Renewal of sub_/)
  expect(await periodEnd()).toBe(first)
  const moved = await go({ by: 'due' })
  expect(await periodEnd()).toBeGreaterThan(first)
  expect((await desk(moved.location ?? '')).text).toContain('Moved from')

  await go({ by: 'month' })
  const { data: invoices } = await stripe.invoices.list({ subscription })
  expect(invoices).toHaveLength(3)
  const to = new Date(Date.now() + 400 * 86_400_000).toISOString().slice(0, 19)
  // The time itself runs on, so it is the page's word for where it went.
  const arrived = await go({ to })
  expect((await desk(arrived.location ?? '')).html).toMatch(new RegExp(`Moved from .* to <time datetime="${to}`))
})

test.each([
  [{ to: '2001-01-01T00:00' }, 'A clock only goes forward'],
  [{ to: 'soon' }, 'Say to which time'],
  [{}, 'Say to which time'],
])('a clock does not go by %j', async (fields, message) => {
  const { url } = await startEmulator()
  const { status, html } = await submit(`${url}/clocks/account`, fields)
  expect(status).toBe(400)
  expect(html).toContain(message)
  expect(html).toContain('aria-label="Desk"')
})

test('a test clock goes on by itself, and not further than Stripe lets it', async () => {
  const { stripe, url } = await startEmulator()
  const frozen = Date.UTC(2027, 0, 31) / 1000
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: frozen, name: 'The 31st' })
  await stripe.customers.create({ test_clock: clock.id, email: 'clock@example.com' })
  const page = await look(url, '/clocks')
  expect(page.text).toContain('The 31st')
  expect(page.text).toContain('clock@example.com')

  const { location } = await submit(`${url}/clocks/${clock.id}`, { by: 'month' })
  expect(location).toContain(`#${clock.id}`)
  await until(async () => (await stripe.testHelpers.testClocks.retrieve(clock.id)).status === 'ready')
  const { frozen_time: time } = await stripe.testHelpers.testClocks.retrieve(clock.id)
  expect(new Date(time * 1000).toISOString()).toBe('2027-02-28T00:00:00.000Z')

  const tooFar = await submit(`${url}/clocks/${clock.id}`, { to: '2035-01-01T00:00' })
  expect(tooFar.status).toBe(400)
  expect(tooFar.html).toMatch(/until 2029-02-28, 00:00:00 UTC/)
  expect(tooFar.html).toContain('href="/clocks">Back')
  expect((await submit(`${url}/clocks/clock_none`, { by: 'day' })).status).toBe(404)
})

test('chaos is made, turned off and on, and cleared', async () => {
  const { url, stripe } = await startEmulator()
  const rules = async () => (await look(url, '/chaos')).text
  await submit(`${url}/chaos`, { mishap: 'error' })
  const [rule = ''] = /\/chaos\/chaos_\w+/.exec((await look(url, '/chaos')).html) ?? []
  await submit(url + rule, { on: 'false' })
  expect(await rules()).toContain('Turn on')
  await stripe.customers.create()
  await submit(url + rule, { on: 'true' })
  await expect(stripe.customers.create()).rejects.toMatchObject({ statusCode: 500 })
  expect(await rules()).toContain('used up')

  await submit(url + rule, { on: 'never' })
  expect(await rules()).toContain('Everything goes as it should')
  for (const mishap of ['duplicate', 'reorder', 'delay', 'drop', 'limit', 'slow', 'lose']) {
    expect((await submit(`${url}/chaos`, { mishap })).status).toBe(303)
  }
  for (const shown of ['duplicate', 'reorder', 'delay', 'drop', 'error', 'slow', 'lose answer']) {
    expect(await rules()).toContain(shown)
  }
  await submit(`${url}/chaos/clear`, {})
  expect(await rules()).toContain('Everything goes as it should')
  expect((await submit(`${url}/chaos`, { mishap: 'war' })).status).toBe(400)
  expect((await submit(`${url}/chaos`, { mishap: 'constructor' })).status).toBe(400)
})

test('everything is forgotten only by whoever is sure', async () => {
  const { stripe, url, desk } = await startDesk()
  expect((await submit(`${url}/reset`, {})).location).toBe('/reset?missing=sure')
  expect((await desk('/reset?missing=sure')).text).toContain('Tick the box')
  expect((await stripe.customers.list()).data).toHaveLength(1)

  expect((await submit(`${url}/reset`, { sure: 'yes' })).location).toBe('/')
  expect((await stripe.customers.list()).data).toEqual([])
  expect((await desk('/')).text).toContain('Nothing has happened yet')
  expect((await stripe.webhookEndpoints.list()).data).toHaveLength(1)
})

test('the buttons cannot be pressed from another site', async () => {
  const { stripe, url } = await startEmulator()
  await stripe.customers.create()
  const foreign = { origin: 'https://evil.test' }
  for (const path of ['/reset', '/chaos', '/clocks/account']) {
    expect((await submit(url + path, { sure: 'yes', mishap: 'drop', by: 'day' }, foreign)).status).toBe(403)
  }
  expect((await stripe.customers.list()).data).toHaveLength(1)
})
