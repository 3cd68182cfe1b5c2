import type Stripe from 'stripe'
import { until } from '../harness.ts'

export const day = 86_400
export const newYear = Date.UTC(2026, 0, 1) / 1000

/** A customer whose card pays. */
export async function payer(stripe: Stripe, params: Stripe.CustomerCreateParams = {}) {
  return await stripe.customers.create({
    email: 'ada@example.com',
    payment_method: 'pm_card_visa',
    ...params,
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
}

export async function monthly(stripe: Stripe, amount = 1000): Promise<Stripe.Price> {
  return await stripe.prices.create({
    currency: 'usd',
    unit_amount: amount,
    recurring: { interval: 'month' },
    product_data: { name: 'Pro' },
  })
}

/** A subscription that is paid, of one item. */
export async function subscribed(stripe: Stripe, params: Partial<Stripe.SubscriptionCreateParams> = {}) {
  const customer = params.customer ?? (await payer(stripe)).id
  const price = await monthly(stripe)
  return await stripe.subscriptions.create({ ...params, customer, items: [{ price: price.id, quantity: 2 }] })
}

/** A one-off invoice of 30 dollars, still a draft. */
export async function draft(stripe: Stripe, params: Partial<Stripe.InvoiceCreateParams> = {}) {
  const customer = params.customer ?? (await payer(stripe)).id
  const invoice = await stripe.invoices.create({ auto_advance: false, ...params, customer })
  await stripe.invoiceItems.create({ customer, invoice: invoice.id, amount: 3000, currency: 'usd' })
  return await stripe.invoices.retrieve(invoice.id)
}

export async function advance(stripe: Stripe, clock: string, to: number): Promise<void> {
  await stripe.testHelpers.testClocks.advance(clock, { frozen_time: to })
  await until(async () => (await stripe.testHelpers.testClocks.retrieve(clock)).status === 'ready')
}

export function idsOf(page: { data: { id: string }[] }): string[] {
  return page.data.map(({ id }) => id)
}

export function idOf(field: string | { id: string } | null | undefined): string {
  if (field === null || field === undefined) throw new Error('the field is empty')
  return typeof field === 'string' ? field : field.id
}
