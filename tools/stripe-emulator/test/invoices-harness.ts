import type Stripe from 'stripe'
import type { StripeEmulatorOptions } from '../src/index.ts'
import { startEmulator } from './harness.ts'
import { customerWith } from './payments-harness.ts'

export const day = 86_400
/** 15 January 2026, noon. */
export const start = Date.UTC(2026, 0, 15, 12) / 1000

/** A stand-in whose account clock the test holds. */
export async function startBilling(options: StripeEmulatorOptions = {}) {
  let now = start
  const emulator = await startEmulator({ now: () => now * 1000, ...options })
  const { stripe } = emulator
  return {
    ...emulator,
    now: () => now,
    /** Lets so many seconds pass; what came due is done with the next request. */
    async pass(seconds: number) {
      now += seconds
      await stripe.events.list({ limit: 1 })
    },
    /** The types of the events that were emitted by `act`, oldest first. */
    async eventsOf(act: () => Promise<unknown>) {
      const before = (await stripe.events.list({ limit: 1 })).data[0]?.id
      await act()
      const after = await stripe.events.list({ limit: 100, ...(before && { ending_before: before }) })
      return after.data.map(({ type }) => type).reverse()
    },
  }
}

/** A customer whose invoices are charged to this test card. */
export async function payer(stripe: Stripe, card = 'pm_card_visa'): Promise<string> {
  return (await customerWith(stripe, card)).customer
}

/** A draft with one line. */
export async function draft(
  stripe: Stripe,
  customer: string,
  { amount = 1000, ...params }: Partial<Stripe.InvoiceCreateParams> & { amount?: number } = {},
) {
  await stripe.invoiceItems.create({ customer, amount, currency: 'usd', description: 'Work' })
  return await stripe.invoices.create({ customer, pending_invoice_items_behavior: 'include', ...params })
}

export async function refusal(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  return await call.then(
    () => Promise.reject(new Error('the call succeeded')),
    (error: Stripe.errors.StripeError) => error,
  )
}
