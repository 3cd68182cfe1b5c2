import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { errorOf } from './harness.ts'
import { payer, start, startBilling } from './invoices-harness.ts'

test('pending items wait for the next invoice, which lists the newest first', async () => {
  const { stripe } = await startBilling()
  const customer = await payer(stripe)
  const { id: product } = await stripe.products.create({ name: 'Setup' })
  const { id: price } = await stripe.prices.create({ product, currency: 'usd', unit_amount: 250 })
  const items = [
    await stripe.invoiceItems.create({ customer, amount: 700, currency: 'usd', description: 'First' }),
    await stripe.invoiceItems.create({ customer, pricing: { price }, quantity: 3 }),
    await stripe.invoiceItems.create({
      customer,
      unit_amount_decimal: Stripe.Decimal.from('0.5'),
      quantity: 25,
      currency: 'usd',
    }),
    await stripe.invoiceItems.create({ customer, amount: -100, currency: 'usd' }),
  ]
  expect(items.map(({ amount }) => amount)).toEqual([700, 750, 13, -100])
  expect(items[1]).toMatchObject({
    date: start,
    description: 'Setup',
    pricing: { price_details: { price, product } },
    quantity: 3,
  })
  expect(String(items[1]?.pricing?.unit_amount_decimal)).toBe('250')
  expect((await stripe.invoiceItems.list({ customer, pending: true })).data).toHaveLength(4)
  const invoice = await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include' })
  expect(invoice.lines.data.map(({ amount }) => amount)).toEqual([-100, 13, 750, 700])
  expect(invoice.total).toBe(1363)
  expect(invoice.lines.data[2]?.parent?.invoice_item_details).toMatchObject({ invoice_item: items[1]?.id })
  expect((await stripe.invoiceItems.list({ customer, pending: true })).data).toEqual([])
  expect((await stripe.invoiceItems.list({ invoice: invoice.id })).data).toHaveLength(4)
})

test('items of another currency, or of another subscription’s customer, are left alone', async () => {
  const { stripe } = await startBilling()
  const customer = await payer(stripe)
  await stripe.invoiceItems.create({ customer, amount: 700, currency: 'eur' })
  await stripe.invoiceItems.create({ customer: await payer(stripe), amount: 700, currency: 'usd' })
  const invoice = await stripe.invoices.create({
    customer,
    currency: 'usd',
    pending_invoice_items_behavior: 'include',
  })
  expect(invoice.lines.data).toEqual([])
})

test('an item is put on a draft, changed there and taken away, and the sums follow', async () => {
  const { stripe } = await startBilling()
  const customer = await payer(stripe)
  const { id: invoice } = await stripe.invoices.create({ customer, currency: 'usd' })
  const total = async () => (await stripe.invoices.retrieve(invoice)).total
  const { id: product } = await stripe.products.create({ name: 'Hours' })
  const hours = await stripe.invoiceItems.create({
    customer,
    invoice,
    price_data: { currency: 'usd', product, unit_amount: 400 },
    quantity: 2,
  })
  const other = await stripe.invoiceItems.create({ customer, invoice, amount: 100, currency: 'usd' })
  expect(await total()).toBe(900)
  expect(await stripe.invoiceItems.update(hours.id, { quantity: 5 })).toMatchObject({
    amount: 2000,
    pricing: { price_details: { product } },
    quantity: 5,
  })
  expect(await total()).toBe(2100)
  const { lines } = await stripe.invoices.retrieve(invoice)
  await stripe.invoiceItems.update(hours.id, { description: 'Late hours', metadata: { a: 'b' } })
  const renamed = (await stripe.invoices.retrieve(invoice)).lines.data[0]
  expect(renamed).toMatchObject({ id: lines.data[0]?.id, amount: 2000, description: 'Late hours' })
  expect(await stripe.invoiceItems.del(other.id)).toMatchObject({ deleted: true })
  expect(await total()).toBe(2000)
  await stripe.invoices.finalizeInvoice(invoice)
  for (const call of [
    stripe.invoiceItems.del(hours.id),
    stripe.invoiceItems.update(hours.id, { amount: 1 }),
    stripe.invoiceItems.create({ customer, invoice, amount: 100, currency: 'usd' }),
  ]) {
    expect(await errorOf(call)).toMatchObject({ code: 'invoice_not_editable' })
  }
})

test('a cost is said in one way', async () => {
  const { stripe } = await startBilling()
  const customer = await payer(stripe)
  const { id: product } = await stripe.products.create({ name: 'Plan' })
  const monthly = await stripe.prices.create({
    product,
    currency: 'usd',
    unit_amount: 100,
    recurring: { interval: 'month' },
  })
  const wrong = [
    [{ currency: 'usd' }, 'amount'],
    [{ amount: 100 }, 'currency'],
    [{ amount: 100, unit_amount_decimal: '3', currency: 'usd' }, 'unit_amount_decimal'],
    [{ amount: 100, quantity: 2, currency: 'usd' }, 'quantity'],
    [{ pricing: { price: monthly.id } }, 'pricing[price]'],
    [{ pricing: { price: 'price_none' } }, 'pricing[price]'],
    [{ amount: 100, currency: 'usd', subscription: 'sub_none' }, 'subscription'],
    [{ amount: 100, currency: 'usd', discounts: [{ coupon: 'none' }] }, 'discounts[0][coupon]'],
  ] as const
  for (const [params, param] of wrong) {
    const call = stripe.invoiceItems.create({ customer, ...params } as Parameters<typeof stripe.invoiceItems.create>[0])
    expect(await errorOf(call)).toMatchObject({ param, statusCode: 400 })
  }
  expect((await stripe.invoiceItems.list()).data).toEqual([])
})

test('a discount that is refused leaves no inline price behind', async () => {
  const { stripe } = await startBilling()
  const customer = await payer(stripe)
  const { id: product } = await stripe.products.create({ name: 'Setup' })
  const item = await stripe.invoiceItems.create({ customer, amount: 100, currency: 'usd' })
  const given = {
    price_data: { currency: 'usd', product, unit_amount: 250 },
    discounts: [{ coupon: 'none' }],
  }
  for (const call of [
    () => stripe.invoiceItems.create({ customer, ...given }),
    () => stripe.invoiceItems.update(item.id, given),
  ]) {
    expect(await errorOf(call())).toMatchObject({ statusCode: 400, param: 'discounts[0][coupon]' })
  }
  expect((await stripe.prices.list({ product })).data).toEqual([])
  expect((await stripe.invoiceItems.list({ customer })).data).toEqual([item])
})
