import { describe, expect, test } from 'vitest'
import { periodAt } from '../src/arithmetic/billing-period.ts'
import { cutAt, shareOf } from '../src/arithmetic/proration.ts'
import { errorOf } from './harness.ts'
import { day, idOf, itemOf, openShop, utc } from './subscriptions-harness.ts'

describe('arithmetic', () => {
  test('a share is counted by the second and rounded half away from zero', () => {
    expect(shareOf(1000, { start: 0, end: 15 * day }, { start: 0, end: 30 * day })).toBe(500)
    expect(shareOf(5, { start: 0, end: 1 }, { start: 0, end: 2 })).toBe(3)
    expect(shareOf(-5, { start: 0, end: 1 }, { start: 0, end: 2 })).toBe(-3)
    expect(shareOf(1000, { start: 9, end: 4 }, { start: 0, end: 10 })).toBe(0)
  })

  test('however often a charge is cut, what is given back and what remains add up', () => {
    let rest = { amount: 9999, start: 0, end: 2_678_400 }
    let credits = 0
    for (const at of [2_000_001, 1_333_337, 777_777, 1, 0]) {
      const cut = cutAt(rest, at)
      credits += cut.credit
      rest = cut.rest
      expect(credits + rest.amount).toBe(9999)
    }
    expect(rest.amount).toBe(0)
  })

  test('a charge for time that has passed gives nothing back', () => {
    expect(cutAt({ amount: 100, start: 0, end: 10 }, 10)).toMatchObject({ credit: 0, rest: { amount: 100, end: 10 } })
  })

  // https://docs.stripe.com/billing/subscriptions/billing-cycle
  test('an anchor of the 31st bills on the last day of shorter months', () => {
    const anchor = utc(2023, 0, 31)
    const starts = [1, 2, 3, 4].map(
      (month) => periodAt(anchor, { interval: 'month', interval_count: 1 }, utc(2023, month, 28)).start,
    )
    expect(starts).toEqual([utc(2023, 1, 28), utc(2023, 1, 28), utc(2023, 2, 31), utc(2023, 3, 30)])
  })

  test('periods are counted back from an anchor that lies ahead', () => {
    const june = utc(2026, 5, 1)
    expect(periodAt(june, { interval: 'month', interval_count: 1 }, utc(2026, 4, 15))).toEqual({
      start: utc(2026, 4, 1),
      end: june,
    })
    expect(periodAt(june, { interval: 'week', interval_count: 2 }, june - 1)).toEqual({
      start: june - 14 * day,
      end: june,
    })
  })
})

/** A monthly subscription from 1 May 2026, and a dearer price. May has 31 days: its half is the 16th at noon. */
async function inMay({ quantity = 1, amounts = [10_000, 20_000] } = {}) {
  const shop = await openShop(utc(2026, 4, 1))
  const customer = await shop.customer()
  const [cheap, dear] = [await shop.price(amounts[0] ?? 0), await shop.price(amounts[1] ?? 0)]
  const subscription = await shop.stripe.subscriptions.create({ customer, items: [{ price: cheap, quantity }] })
  const item = itemOf(subscription).id
  return { ...shop, customer, cheap, dear, subscription, id: subscription.id, item, half: utc(2026, 4, 16, 12) }
}

// https://docs.stripe.com/billing/subscriptions/prorations: from 10 to 20 USD halfway, 5 USD more.
test('an upgrade halfway is -5 for what is unused and +10 for what remains', async () => {
  const { stripe, id, item, dear, half, customer, travelTo, pending } = await inMay({ amounts: [1000, 2000] })
  await travelTo(half)
  await stripe.subscriptions.update(id, { items: [{ id: item, price: dear }] })
  expect(await pending(customer)).toEqual([
    [-500, 'Unused time on Pro after 16 May 2026'],
    [1000, 'Remaining time on Pro after 16 May 2026'],
  ])
})

// https://docs.stripe.com/api/subscriptions/update: 100 on May 1, to 200 on May 15, on June 1 250.
test('prorations wait for the renewal: 200 for June and 50 for half of May', async () => {
  const { stripe, id, item, dear, half, travelTo, linesOf } = await inMay()
  await travelTo(half)
  await stripe.subscriptions.update(id, { items: [{ id: item, price: dear }] })
  await travelTo(utc(2026, 5, 1, 2))
  const { latest_invoice: latest } = await stripe.subscriptions.retrieve(id)
  const invoice = await stripe.invoices.retrieve(idOf(latest))
  expect(invoice).toMatchObject({ status: 'paid', total: 25_000, billing_reason: 'subscription_cycle' })
  expect((await linesOf(latest)).map(([amount]) => amount).toSorted((a, b) => a - b)).toEqual([-5000, 10_000, 20_000])
})

// https://docs.stripe.com/api/subscriptions/update: with none, 100 on May 1 and 200 on June 1.
test('without proration the next period costs the new price, and no more', async () => {
  const { stripe, id, item, dear, half, customer, travelTo, pending } = await inMay()
  await travelTo(half)
  await stripe.subscriptions.update(id, { items: [{ id: item, price: dear }], proration_behavior: 'none' })
  expect(await pending(customer)).toEqual([])
  await travelTo(utc(2026, 5, 1, 2))
  const [latest] = (await stripe.invoices.list({ customer })).data
  expect(latest).toMatchObject({ total: 20_000, status: 'paid' })
})

test('always_invoice asks for the difference at once', async () => {
  const { stripe, id, item, dear, half, customer, travelTo, pending } = await inMay()
  await travelTo(half)
  const changed = await stripe.subscriptions.update(id, {
    items: [{ id: item, price: dear }],
    proration_behavior: 'always_invoice',
    expand: ['latest_invoice'],
  })
  expect(changed.latest_invoice).toMatchObject({ billing_reason: 'subscription_update', status: 'paid', total: 5000 })
  expect(changed.items.data).toMatchObject([{ current_period_end: utc(2026, 5, 1) }])
  expect(await pending(customer)).toEqual([])
})

test('a downgrade that is invoiced at once becomes credit, which pays the next invoice', async () => {
  const { stripe, id, item, half, customer, cheap, travelTo } = await inMay({ quantity: 3 })
  await travelTo(half)
  await stripe.subscriptions.update(id, {
    items: [{ id: item, price: cheap, quantity: 1 }],
    proration_behavior: 'always_invoice',
  })
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -10_000 })
  await travelTo(utc(2026, 5, 1, 2))
  const [renewal] = (await stripe.invoices.list({ customer })).data
  expect(renewal).toMatchObject({ total: 10_000, amount_due: 0, starting_balance: -10_000, status: 'paid' })
})

test('a quantity is prorated, and the line says of how many', async () => {
  const { stripe, id, item, half, customer, travelTo, pending } = await inMay({ quantity: 2 })
  await travelTo(half)
  await stripe.subscriptions.update(id, { items: [{ id: item, quantity: 5 }] })
  expect(await pending(customer)).toEqual([
    [-10_000, 'Unused time on 2 × Pro after 16 May 2026'],
    [25_000, 'Remaining time on 5 × Pro after 16 May 2026'],
  ])
})

test('proration_date counts from that moment, so that a preview holds; outside the period it is refused', async () => {
  const { stripe, id, item, dear, half, customer, travelTo, pending } = await inMay()
  await travelTo(half + 5 * day)
  const refused = await errorOf(
    stripe.subscriptions.update(id, { items: [{ id: item, price: dear }], proration_date: utc(2026, 3, 1) }),
  )
  expect(refused).toMatchObject({ statusCode: 400, param: 'proration_date' })
  await stripe.subscriptions.update(id, { items: [{ id: item, price: dear }], proration_date: half })
  expect((await pending(customer)).map(([amount]) => amount)).toEqual([-5000, 10_000])
})

// https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations: a credit is of what was really debited.
describe('credits give back what was debited', () => {
  test('a rise without proration was never charged, so nothing of it comes back', async () => {
    const { stripe, id, item, dear, cheap, half, customer, travelTo, pending } = await inMay()
    await stripe.subscriptions.update(id, { items: [{ id: item, price: dear }], proration_behavior: 'none' })
    await travelTo(half)
    await stripe.subscriptions.update(id, { items: [{ id: item, price: cheap }] })
    expect((await pending(customer)).map(([amount]) => amount)).toEqual([-5000, 5000])
  })

  test('what was charged in two parts is credited in two, each naming the line it takes back', async () => {
    const { stripe, id, item, half, customer, dear, travelTo } = await inMay()
    await stripe.subscriptions.update(id, { cancel_at: half })
    await stripe.subscriptions.update(id, { cancel_at: '', proration_behavior: 'always_invoice' })
    await travelTo(utc(2026, 4, 10))
    await stripe.subscriptions.update(id, { items: [{ id: item, price: dear }] })
    const { data } = await stripe.invoiceItems.list({ customer, pending: true })
    const credits = data.filter(({ amount }) => amount < 0).toReversed()
    expect(credits.map(({ amount }) => amount)).toEqual([-2097, -5000])
    for (const { proration_details: details } of credits) {
      const credited = details?.credited_items?.invoice_line_item_details
      const { lines } = await stripe.invoices.retrieve(credited?.invoice ?? '')
      const taken = lines.data.filter((line) => credited?.invoice_line_items.includes(line.id))
      expect(taken.map(({ amount }) => amount > 0)).toEqual([true])
    }
  })

  test('a discount that was taken off is not given back', async () => {
    const { stripe, customer, cheap, dear, half, travelTo, pending } = await inMay()
    const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'once' })
    const other = await stripe.subscriptions.create({
      customer,
      items: [{ price: cheap }],
      discounts: [{ coupon: coupon.id }],
    })
    await travelTo(half)
    await stripe.subscriptions.update(other.id, { items: [{ id: itemOf(other).id, price: dear }] })
    expect((await pending(customer)).map(([amount]) => amount)).toEqual([-2500, 10_000])
  })

  test('a discount that goes on is in the debit too, and no further one applies to it', async () => {
    const { stripe, customer, cheap, dear, half, travelTo } = await inMay()
    const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'forever' })
    const other = await stripe.subscriptions.create({
      customer,
      items: [{ price: cheap }],
      discounts: [{ coupon: coupon.id }],
    })
    await travelTo(half)
    const changed = await stripe.subscriptions.update(other.id, {
      items: [{ id: itemOf(other).id, price: dear }],
      proration_behavior: 'always_invoice',
    })
    const invoice = await stripe.invoices.retrieve(idOf(changed.latest_invoice))
    expect(invoice.total).toBe(2500)
    expect(invoice.lines.data).toMatchObject([
      { amount: 5000, discountable: false, discount_amounts: [] },
      { amount: -2500, discountable: false, discount_amounts: [] },
    ])
  })
})

describe('what begins a new period at once', () => {
  // https://docs.stripe.com/api/subscriptions/update: "The billing interval is changed".
  test('another interval: credit for the month, a whole year charged, and the anchor is now', async () => {
    const { stripe, id, item, half, price, travelTo, linesOf } = await inMay()
    const yearly = await price(100_000, { recurring: { interval: 'year' }, product_data: { name: 'Pro yearly' } })
    await travelTo(half)
    const changed = await stripe.subscriptions.update(id, { items: [{ id: item, price: yearly }] })
    expect(changed).toMatchObject({ billing_cycle_anchor: half, status: 'active' })
    expect(itemOf(changed)).toMatchObject({ current_period_start: half, current_period_end: utc(2027, 4, 16, 12) })
    expect(await linesOf(changed.latest_invoice)).toEqual([
      [-5000, 'Unused time on Pro after 16 May 2026'],
      [100_000, '1 × Pro yearly (at $1,000.00 / year)'],
    ])
  })

  test('another interval without proration: no credit, and still charged at once', async () => {
    const { stripe, id, item, half, price, travelTo, linesOf } = await inMay()
    const yearly = await price(100_000, { recurring: { interval: 'year' } })
    await travelTo(half)
    const changed = await stripe.subscriptions.update(id, {
      items: [{ id: item, price: yearly }],
      proration_behavior: 'none',
    })
    expect((await linesOf(changed.latest_invoice)).map(([amount]) => amount)).toEqual([100_000])
  })

  // https://docs.stripe.com/api/subscriptions/update: "The subscription moves from free to paid".
  test('from free to paid the billing date moves; from paid to free it stays', async () => {
    const { stripe, id, item, half, dear, cheap, customer, travelTo, pending } = await inMay({ amounts: [0, 20_000] })
    await travelTo(half)
    const paid = await stripe.subscriptions.update(id, {
      items: [{ id: item, price: dear }],
      expand: ['latest_invoice'],
    })
    expect(paid).toMatchObject({ billing_cycle_anchor: half, latest_invoice: { total: 20_000, status: 'paid' } })
    await travelTo(half + day)
    const free = await stripe.subscriptions.update(id, { items: [{ id: item, price: cheap }] })
    expect(free.billing_cycle_anchor).toBe(half)
    expect((await pending(customer)).map(([amount]) => amount)).toEqual([-19_355])
  })

  // https://docs.stripe.com/billing/subscriptions/billing-cycle: reset the anchor to the current time.
  test('billing_cycle_anchor now', async () => {
    const { stripe, id, half, travelTo, linesOf } = await inMay()
    await travelTo(half)
    const changed = await stripe.subscriptions.update(id, { billing_cycle_anchor: { type: 'now' } })
    expect(changed.billing_cycle_anchor).toBe(half)
    expect((await linesOf(changed.latest_invoice)).map(([amount]) => amount)).toEqual([-5000, 10_000])
  })
})

describe('an end in the midst of a period', () => {
  test('setting cancel_at credits the time after it, lifting it charges that time again', async () => {
    const { stripe, id, half, customer, travelTo, pending } = await inMay()
    const ending = await stripe.subscriptions.update(id, { cancel_at: half })
    expect(ending).toMatchObject({ cancel_at: half, cancel_at_period_end: false, status: 'active' })
    expect(itemOf(ending).current_period_end).toBe(half)
    expect(await pending(customer)).toEqual([[-5000, 'Unused time on Pro after 16 May 2026']])
    await travelTo(utc(2026, 4, 10))
    const going = await stripe.subscriptions.update(id, { cancel_at: '' })
    expect(itemOf(going).current_period_end).toBe(utc(2026, 5, 1))
    expect((await pending(customer)).map(([amount]) => amount)).toEqual([-5000, 5000])
  })

  test('without proration the time is paid for and not used', async () => {
    const { stripe, id, half, customer, travelTo, pending } = await inMay()
    await stripe.subscriptions.update(id, { cancel_at: half, proration_behavior: 'none' })
    await travelTo(half)
    expect(await pending(customer)).toEqual([])
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'canceled', ended_at: half })
  })

  // https://docs.stripe.com/api/subscriptions/update#update_subscription-cancel_at: a future period is always prorated.
  test('the last period is billed only as far as it goes', async () => {
    const { stripe, id, travelTo, linesOf } = await inMay()
    await stripe.subscriptions.update(id, { cancel_at: utc(2026, 5, 16) })
    await travelTo(utc(2026, 5, 1, 2))
    const { latest_invoice: latest } = await stripe.subscriptions.retrieve(id)
    expect(await linesOf(latest)).toEqual([[5000, 'Time on Pro from 01 Jun 2026 until 16 Jun 2026']])
    await travelTo(utc(2026, 5, 16))
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'canceled' })
  })
})

test('tiers are prorated as a whole', async () => {
  const { stripe, travelTo, pending } = await inMay()
  const tiered = await stripe.prices.create({
    currency: 'usd',
    billing_scheme: 'tiered',
    tiers_mode: 'graduated',
    tiers: [
      { up_to: 5, unit_amount: 1000 },
      { up_to: 'inf', unit_amount: 500 },
    ],
    recurring: { interval: 'month' },
    product_data: { name: 'Seats' },
  })
  const customer = (await stripe.customers.create({ email: 'b@example.com' })).id
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer })
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: tiered.id, quantity: 7 }],
    default_payment_method: method.id,
  })
  await travelTo(utc(2026, 4, 16, 12))
  await stripe.subscriptions.update(subscription.id, { items: [{ id: itemOf(subscription).id, quantity: 9 }] })
  expect((await pending(customer)).reduce((sum, [amount]) => sum + amount, 0)).toBe((7000 - 6000) / 2)
})
