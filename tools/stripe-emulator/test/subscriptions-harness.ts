import type Stripe from 'stripe'
import { startEmulator } from './harness.ts'

export const hour = 3600
export const day = 24 * hour

/** Seconds. Months count from 0, as in `Date`. */
export function utc(year: number, month: number, date: number, hour = 0): number {
  return Date.UTC(year, month, date, hour) / 1000
}

/** A shop on a clock that the test moves, and what its tests do all the time. */
export async function openShop(start = utc(2026, 0, 1)) {
  let now = start
  const { stripe, url } = await startEmulator({ now: () => now * 1000 })

  /** Everything due until then happens by the next request. */
  async function travelTo(moment: number): Promise<void> {
    now = moment
    await stripe.events.list({ limit: 1 })
  }

  async function customer(card: string | null = 'pm_card_visa', params: Stripe.CustomerCreateParams = {}) {
    const created = await stripe.customers.create({ email: 'ada@example.com', ...params })
    if (card !== null) await useCard(created.id, card)
    return created.id
  }

  /** Attaches the card and makes it what pays. */
  async function useCard(customerId: string, card: string): Promise<string> {
    const method = await stripe.paymentMethods.attach(card, { customer: customerId })
    await stripe.customers.update(customerId, { invoice_settings: { default_payment_method: method.id } })
    return method.id
  }

  async function price(unitAmount: number, params: Partial<Stripe.PriceCreateParams> = {}): Promise<string> {
    const created = await stripe.prices.create({
      currency: 'usd',
      unit_amount: unitAmount,
      recurring: { interval: 'month' },
      product_data: { name: 'Pro' },
      ...params,
    })
    return created.id
  }

  /** The lines of an invoice as amount and description. */
  async function linesOf(invoice: string | Stripe.Invoice | null): Promise<[number, string][]> {
    const { lines } = await stripe.invoices.retrieve(idOf(invoice))
    return lines.data.map(({ amount, description }) => [amount, description ?? ''])
  }

  /** What waits for the next invoice, the oldest first. */
  async function pending(customerId: string): Promise<[number, string][]> {
    const { data } = await stripe.invoiceItems.list({ customer: customerId, pending: true, limit: 100 })
    return data.toReversed().map(({ amount, description }) => [amount, description ?? ''])
  }

  /** The types of all events since the start, the oldest first. */
  async function types(): Promise<string[]> {
    const all = await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 })
    return all.toReversed().map(({ type }) => type)
  }

  return { stripe, url, now: () => now, travelTo, customer, useCard, price, linesOf, pending, types }
}

export function idOf(reference: string | { id?: string } | null | undefined): string {
  return typeof reference === 'string' ? reference : (reference?.id ?? '')
}

/** The one item of a subscription that has one. */
export function itemOf({ items }: Stripe.Subscription): Stripe.SubscriptionItem {
  const [item] = items.data
  if (!item) throw new Error('the subscription has no item')
  return item
}
