import type Stripe from 'stripe'
import { createPlan, until } from './harness.ts'
import { piecesOf, readState } from '../src/state/file.ts'
import type { State } from '../src/state/state.ts'
import { writeWhole } from '../src/state/whole-file.ts'
import type { Random } from './random.ts'

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

const cards = ['pm_card_visa', 'pm_card_visa', 'pm_card_chargeCustomerFail', 'pm_card_authenticationRequired']

/** Three customers with subscriptions and schedules of every kind. */
export async function begin(stripe: Stripe, random: Random, test_clock: string | undefined): Promise<void> {
  const plans = [await createPlan(stripe, { amount: 1000 }), await createPlan(stripe, { amount: 2599 })]
  const coupon = await stripe.coupons.create({
    id: `QUARTER-${test_clock ?? 'account'}`,
    percent_off: 25,
    duration: 'repeating',
    duration_in_months: 2,
  })
  const planned = () => ({ price: random.pick(plans).id, quantity: 1 + random.below(5) })
  for (let count = 0; count < 3; count += 1) {
    const { id: customer } = await payer(stripe, test_clock === undefined ? {} : { test_clock }, random.pick(cards))
    const discounts = random.chance(0.3) ? [{ coupon: coupon.id }] : undefined
    await stripe.subscriptions.create({
      customer,
      items: [planned()],
      off_session: true,
      ...(discounts && { discounts }),
      ...(random.chance(0.4) && { trial_period_days: 1 + random.below(40) }),
      ...(random.chance(0.3) && { cancel_at_period_end: true }),
    })
    await stripe.subscriptionSchedules.create({
      customer,
      start_date: random.chance(0.5) ? 'now' : newYear + random.below(30 * day),
      end_behavior: random.pick(['cancel', 'release']),
      phases: Array.from({ length: 1 + random.below(3) }, () => ({
        items: [planned()],
        duration: { interval: random.pick(['day', 'week', 'month']), interval_count: 1 + random.below(5) },
        proration_behavior: random.pick(['create_prorations', 'always_invoice', 'none']),
        billing_cycle_anchor: random.pick(['automatic', 'phase_start']),
        ...(discounts && { discounts }),
      })),
    })
  }
}

/** Changes what no request can, in the file of a stand-in that was closed. */
export async function changeFile(dataFile: string, change: (state: State) => void): Promise<void> {
  const state = await readState(dataFile)
  change(state)
  await writeWhole(dataFile, [...piecesOf(state)])
}
