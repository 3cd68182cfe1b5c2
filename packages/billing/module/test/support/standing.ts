import type { Interval } from '@lightpress/billing-contract'
import { eq } from 'drizzle-orm'
import type Stripe from 'stripe'
import type { BillingContext } from '../../src/context.ts'
import { convergeNow } from '../../src/converge.ts'
import { ensureCustomer } from '../../src/customers.ts'
import type { PaidPlanId } from '../../src/plans.ts'
import { customer as customerTable } from '../../src/schema.ts'
import { itemsOf } from '../../src/stripe/catalogue.ts'
import { newOrganization, type Organization, type World } from './world.ts'

export interface Beginning {
  planId: PaidPlanId
  interval: Interval
  seats?: number
  card?: string
  coupon?: Stripe.CouponCreateParams
  /** Minor units that stand to the customer's credit. */
  credit?: number
  trialDays?: number
}

/** An organisation that has a subscription, and what it is at Stripe. */
export interface Standing extends Organization {
  customerId: string
  subscriptionId: string
}

export function contextOf({ app }: World): BillingContext {
  return app.contextFor('billing') as unknown as BillingContext
}

/** Subscribed as by a checkout, with more freedom. */
export async function begin(world: World, { planId, interval, ...wanted }: Beginning): Promise<Standing> {
  const organization = newOrganization(world)
  const { stripe } = world
  const { seats = 1, card = 'pm_card_visa', coupon, credit = 0, trialDays } = wanted
  const ctx = contextOf(world)
  const customerId = await ensureCustomer(organization.id, ctx)
  const { id: method } = await stripe.paymentMethods.attach(card, { customer: customerId })
  await stripe.customers.update(customerId, { invoice_settings: { default_payment_method: method } })
  const items = await itemsOf({ planId, interval }, ctx)
  const { id: subscriptionId } = await stripe.subscriptions.create({
    customer: customerId,
    items: items.map(({ priceId, meterId }) => ({ price: priceId, ...(meterId === null && { quantity: seats }) })),
    metadata: { organizationId: organization.id, minimumSeats: String(seats) },
    ...(coupon && { discounts: [{ coupon: (await stripe.coupons.create(coupon)).id }] }),
    ...(trialDays && { trial_period_days: trialDays }),
  })
  if (credit > 0) await stripe.customers.update(customerId, { balance: -credit })
  await convergeNow(organization.id, ctx)
  return { ...organization, customerId, subscriptionId }
}

/** Every card of theirs makes place for this one. */
export async function useCard({ stripe }: World, { customerId }: Standing, card: string): Promise<void> {
  const { id } = await stripe.paymentMethods.attach(card, { customer: customerId })
  await stripe.customers.update(customerId, { invoice_settings: { default_payment_method: id } })
}

/** Says what time it is for them, as a webhook would. */
export async function setClock(world: World, { id }: Organization, clockAt: Date): Promise<void> {
  await contextOf(world).db.update(customerTable).set({ clockAt }).where(eq(customerTable.organizationId, id))
}

/** Newest first. */
export async function invoicesOf({ stripe }: World, { customerId }: Standing): Promise<Stripe.Invoice[]> {
  return (await stripe.invoices.list({ customer: customerId, limit: 100 })).data
}

/** What was taken from cards, in minor units. */
export async function chargedTo({ stripe }: World, { customerId }: Standing): Promise<number[]> {
  const { data } = await stripe.charges.list({ customer: customerId, limit: 100 })
  return data.filter(({ paid }) => paid).map(({ amount }) => amount)
}

/** What is subscribed to: `pro_month × 3`, `business_tasks_year`. */
export async function itemsAt({ stripe }: World, { subscriptionId }: Standing): Promise<string[]> {
  const { items } = await stripe.subscriptions.retrieve(subscriptionId)
  return items.data.map(({ price, quantity }) =>
    [price.lookup_key, quantity].filter((part) => part != null).join(' × '),
  )
}
