import type Stripe from 'stripe'
import { until } from './harness.ts'

export const day = 86_400
/** 1 January 2026, midnight. */
export const newYear = Date.UTC(2026, 0, 1) / 1000

/** The first second of a day in 2026; months count from 1. */
export function on(month: number, date: number): number {
  return Date.UTC(2026, month - 1, date) / 1000
}

/** A test clock with a customer whose card pays. */
export async function customerOnClock(stripe: Stripe, { from = newYear, card = 'pm_card_visa' } = {}) {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: from })
  return { clock, customer: await payer(stripe, { test_clock: clock.id }, card) }
}

/** A customer with a default payment method. */
export async function payer(stripe: Stripe, params: Stripe.CustomerCreateParams = {}, card = 'pm_card_visa') {
  const customer = await stripe.customers.create(params)
  const method = await stripe.paymentMethods.attach(card, { customer: customer.id })
  return await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } })
}

/** Moves a test clock, by steps that Stripe allows, and waits until it is there. */
export async function advance(stripe: Stripe, clock: string, to: number, step = Infinity): Promise<void> {
  for (;;) {
    const { frozen_time: from } = await stripe.testHelpers.testClocks.retrieve(clock)
    if (from >= to) return
    await stripe.testHelpers.testClocks.advance(clock, { frozen_time: Math.min(to, from + step) })
    await until(async () => (await stripe.testHelpers.testClocks.retrieve(clock)).status !== 'advancing')
  }
}
