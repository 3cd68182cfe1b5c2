import { Interval, type Discount, type MinorUnits } from '@lightpress/billing-contract'
import { minorUnits, money } from '@lightpress/billing-contract/money'
import type { Stripe as Sdk } from 'stripe'
import { z } from 'zod'
import type { BillingContext } from '../context.ts'
import { planOfProduct, type PaidPlanId } from '../plans.ts'
import { ask, everyPage, fromSeconds, idOf } from './client.ts'

const Status = z
  .enum(['active', 'trialing', 'past_due', 'unpaid', 'incomplete', 'canceled', 'paused'])
  // Paused is a trial that ended without a card: like unpaid, it waits for money and gives nothing.
  .transform((status) => (status === 'paused' ? 'unpaid' : status))

export interface FoundSubscription {
  id: string
  planId: PaidPlanId
  status: z.output<typeof Status>
  interval: Interval | null
  seats: number
  minimumSeats: number
  unitAmount: MinorUnits | null
  currency: string
  currentPeriodStart: Date
  currentPeriodEnd: Date
  trialEnd: Date | null
  hasPaymentMethod: boolean
  cancelAtPeriodEnd: boolean
  /** The schedule that it follows; whoever changes it changes that. */
  stripeScheduleId: string | null
  scheduled: ScheduledPlan | null
  discount: Discount | null
  createdAt: Date
}

/** The plan that takes the place of another one when its period ends. */
export interface ScheduledPlan {
  planId: PaidPlanId
  interval: Interval
  seats: number
  at: Date
}

/** Every subscription to a plan of ours that a customer has or had, newest first. */
export async function readSubscriptions(customerId: string, ctx: BillingContext): Promise<FoundSubscription[]> {
  const all = await listSubscriptions(customerId, ctx)
  const found = await Promise.all(
    all.map((subscription) => toSubscription(subscription, (id) => readSchedule(id, ctx))),
  )
  return found.filter((subscription) => subscription !== undefined)
}

/** Whatever is subscribed to, ours or not, as `toSubscription` wants it. */
export function listSubscriptions(customerId: string, ctx: BillingContext): Promise<Sdk.Subscription[]> {
  const params: Sdk.SubscriptionListParams = {
    customer: customerId,
    status: 'all',
    limit: 100,
    expand: ['data.customer', 'data.discounts.source.coupon'],
  }
  return ask(ctx, (stripe) => stripe.subscriptions.list(params).autoPagingToArray(everyPage))
}

/** Of several items the first that is a plan's seats; `undefined` for what is not ours. */
export function seatItemOf({ items }: Sdk.Subscription): (Sdk.SubscriptionItem & { planId: PaidPlanId }) | undefined {
  for (const item of items.data) {
    const planId = planOfProduct(idOf(item.price.product))
    if (planId && item.price.recurring?.usage_type === 'licensed') return { ...item, planId }
  }
  return undefined
}

/**
 * Of one whose `customer` and `discounts.source.coupon` are expanded; `undefined` for what is not ours, and for one that
 * expired before its first payment came: it never was anybody's plan.
 */
export async function toSubscription(
  found: Sdk.Subscription,
  scheduleOf: (id: string) => Promise<Sdk.SubscriptionSchedule>,
): Promise<FoundSubscription | undefined> {
  const item = seatItemOf(found)
  if (!item || found.status === 'incomplete_expired') return undefined
  const { price, quantity, planId } = item
  return {
    id: found.id,
    planId,
    status: Status.parse(found.status),
    interval: Interval.safeParse(price.recurring?.interval).data ?? null,
    seats: quantity ?? 1,
    minimumSeats: minimumSeatsOf(found),
    unitAmount: price.unit_amount === null ? null : minorUnits(price.unit_amount),
    currency: price.currency,
    currentPeriodStart: fromSeconds(item.current_period_start),
    currentPeriodEnd: fromSeconds(item.current_period_end),
    trialEnd: found.trial_end === null ? null : fromSeconds(found.trial_end),
    hasPaymentMethod: hasPaymentMethod(found),
    // Stripe's portal sets the date instead of the flag on newer subscriptions.
    cancelAtPeriodEnd: found.cancel_at_period_end || found.cancel_at !== null,
    stripeScheduleId: found.schedule === null ? null : idOf(found.schedule),
    scheduled: found.schedule === null ? null : scheduledIn(await scheduleOf(idOf(found.schedule))),
    discount: discountOf(found),
    createdAt: fromSeconds(found.created),
  }
}

/** More than Stripe takes of anything. */
const MOST_SEATS = 1_000_000

/** What somebody wrote there by hand that is no number of seats is none. */
export function minimumSeatsOf({ metadata }: Pick<Sdk.Subscription, 'metadata'>): number {
  const minimum = Number(metadata.minimumSeats)
  return Number.isSafeInteger(minimum) && minimum >= 1 && minimum <= MOST_SEATS ? minimum : 1
}

function hasPaymentMethod({ default_payment_method: own, customer }: Sdk.Subscription): boolean {
  if (own !== null) return true
  if (typeof customer === 'string' || customer.deleted) return false
  return customer.invoice_settings.default_payment_method !== null
}

export function readSchedule(id: string, ctx: BillingContext): Promise<Sdk.SubscriptionSchedule> {
  const expand = ['phases.items.price']
  return ask(ctx, (stripe) => stripe.subscriptionSchedules.retrieve(id, { expand }))
}

/** What the phase after the one that runs puts in its place. */
function scheduledIn({ phases, current_phase: current }: Sdk.SubscriptionSchedule): ScheduledPlan | null {
  const next = current && phases.find(({ start_date: start }) => start >= current.end_date)
  for (const { price, quantity } of next?.items ?? []) {
    if (typeof price === 'string' || price.deleted || price.recurring?.usage_type !== 'licensed') continue
    const planId = planOfProduct(idOf(price.product))
    const interval = Interval.safeParse(price.recurring.interval).data
    if (next && planId && interval) return { planId, interval, seats: quantity ?? 1, at: fromSeconds(next.start_date) }
  }
  return null
}

function discountOf({ discounts }: Sdk.Subscription): Discount | null {
  for (const discount of discounts) {
    if (typeof discount === 'string') continue
    const { coupon } = discount.source
    if (coupon === null || typeof coupon === 'string') continue
    const { name, id, percent_off: percentOff, amount_off: amountOff, currency } = coupon
    return {
      name: name ?? id,
      percentOff,
      amountOff: amountOff === null || currency === null ? null : money(amountOff, currency),
      endsAt: discount.end === null ? null : fromSeconds(discount.end).toISOString(),
    }
  }
  return null
}
