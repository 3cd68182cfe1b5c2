import { isDeepStrictEqual } from 'node:util'
import { redeemable } from '../catalogue/discounts.ts'
import { findPrice } from '../catalogue/prices.ts'
import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { ApiError } from '../http/errors.ts'
import { withMetadata } from '../http/metadata.ts'
import type { Subscription, SubscriptionSchedule } from '../state/state.ts'
import type {
  ItemChange,
  NewDiscount,
  NewSubscription,
  ProrationBehavior,
  SubscriptionChange,
} from '../subscriptions/new-subscription.ts'
import type { Phase } from './phases.ts'

/** The subscription with which a schedule begins. */
export function subscriptionFor(schedule: SubscriptionSchedule, phase: Phase, ctx: Context): NewSubscription {
  const { collection_method: collectionMethod, days_until_due: due, ...settings } = settingsIn(schedule, phase)
  const discounts = (given: Phase['discounts']) => stillRedeemable(given, { schedule, phase }, ctx)
  return {
    customer: findCustomer(schedule.customer, ctx),
    items: phase.items.map((item) => ({
      price: findPrice(item.price, ctx),
      quantity: item.quantity,
      metadata: withMetadata({}, item.metadata),
      discounts: discounts(item.discounts),
    })),
    addInvoiceItems: onceIn(phase, ctx),
    metadata: withMetadata({}, phase.metadata),
    description: settings.description,
    defaultPaymentMethod: settings.default_payment_method,
    trialEnd: phase.trial_end !== null && phase.trial_end > ctx.now ? phase.trial_end : null,
    prorationBehavior: phase.proration_behavior,
    ...backdated(schedule, phase, ctx),
    discounts: discounts(phase.discounts),
    cancelAt: cancelAt(schedule) ?? undefined,
    collectionMethod,
    ...(due !== null && { daysUntilDue: due }),
    paymentBehavior: 'allow_incomplete',
    offSession: true,
    schedule: schedule.id,
  }
}

/** https://docs.stripe.com/billing/subscriptions/backdating: the cycle begins now, unless it is to begin with the phase. */
function backdated(schedule: SubscriptionSchedule, phase: Phase, { now }: Context): Partial<NewSubscription> {
  const { start_date: start, billing_cycle_anchor: anchor } = phase
  if (start >= now) return {}
  const withPhase = (anchor ?? schedule.default_settings.billing_cycle_anchor) === 'phase_start'
  return { startDate: start, ...(withPhase && { billingCycleAnchor: start }) }
}

export interface Transition {
  schedule: SubscriptionSchedule
  /** The phase before; the phase itself as it was, when it is changed on the way. */
  from: Phase
  to: Phase
  prorationBehavior: ProrationBehavior
}

/** What becomes of the subscription when a phase begins, or is changed while it lasts. */
export function changeFor(subscription: Subscription, transition: Transition, ctx: Context): SubscriptionChange {
  const { schedule, from, to } = transition
  const begins = to.start_date === ctx.now && to.start_date !== from.start_date
  const periodEnds = subscription.items.data.every(({ current_period_end: end }) => end <= ctx.now)
  const anchor = to.billing_cycle_anchor ?? schedule.default_settings.billing_cycle_anchor
  return {
    items: itemChanges(subscription, transition, ctx),
    addInvoiceItems: begins ? onceIn(to, ctx) : undefined,
    // At the end of a period nothing of it is left to prorate.
    prorationBehavior: periodEnds ? 'none' : transition.prorationBehavior,
    billingCycleAnchor: begins && anchor === 'phase_start' ? 'now' : undefined,
    trialEnd: trialEnd(subscription, to, ctx),
    discounts: isDeepStrictEqual(from.discounts, to.discounts)
      ? undefined
      : stillRedeemable(to.discounts, { schedule, phase: to }, ctx),
    paymentBehavior: 'allow_incomplete',
    offSession: true,
    fields: {
      ...settingsIn(schedule, to),
      ...(cancelAt(schedule) !== subscription.cancel_at && { cancel_at: cancelAt(schedule) }),
      metadata: withMetadata(subscription.metadata, to.metadata),
    },
  }
}

/** When the subscription is to end with its schedule. */
export function cancelAt({ end_behavior: behavior, phases }: SubscriptionSchedule): number | null {
  return behavior === 'cancel' ? (phases.at(-1)?.end_date ?? null) : null
}

/** An item keeps its place if its price stays; what is left over on both sides is paired in order. */
function itemChanges(subscription: Subscription, { schedule, from, to }: Transition, ctx: Context): ItemChange[] {
  const left = [...subscription.items.data]
  const same = to.items.map(({ price }) => {
    const at = left.findIndex((item) => item.price.id === price)
    return at < 0 ? undefined : left.splice(at, 1)[0]
  })
  const changes = to.items.map((wanted, at): ItemChange => {
    const item = same[at] ?? left.shift()
    const before = from.items.find(({ price }) => price === wanted.price)
    return {
      id: item?.id,
      price: item?.price.id === wanted.price ? undefined : findPrice(wanted.price, ctx),
      quantity: wanted.quantity,
      metadata: withMetadata(item?.metadata ?? {}, wanted.metadata),
      discounts:
        before && isDeepStrictEqual(before.discounts, wanted.discounts)
          ? undefined
          : stillRedeemable(wanted.discounts, { schedule, phase: to }, ctx),
    }
  })
  return [...changes, ...left.map(({ id }) => ({ id, deleted: true }))]
}

/** A trial that ends at this very second is left to end by itself, with what the new phase has. */
function trialEnd({ trial_end: current }: Subscription, to: Phase, { now }: Context): number | 'now' | undefined {
  if (to.trial_end !== null && to.trial_end > now) return to.trial_end === current ? undefined : to.trial_end
  return current !== null && current > now ? 'now' : undefined
}

/** What a phase does not say itself, the schedule's default settings say. */
function settingsIn({ default_settings: defaults }: SubscriptionSchedule, phase: Phase) {
  const method = phase.collection_method ?? defaults.collection_method ?? 'charge_automatically'
  const due = phase.invoice_settings?.days_until_due ?? defaults.invoice_settings.days_until_due
  return {
    collection_method: method,
    days_until_due: method === 'send_invoice' ? due : null,
    default_payment_method: phase.default_payment_method ?? defaults.default_payment_method,
    description: phase.description ?? defaults.description,
  }
}

function onceIn({ add_invoice_items: items }: Phase, ctx: Context) {
  return items.map(({ price, quantity }) => ({ price: findPrice(price, ctx), quantity: quantity ?? 1 }))
}

/** A coupon may have expired since the phase was planned; the phase begins all the same, without it. */
function stillRedeemable(
  discounts: Phase['discounts'],
  { schedule, phase }: { schedule: SubscriptionSchedule; phase: Phase },
  ctx: Context,
): NewDiscount[] {
  return discounts.flatMap(({ coupon, discount, promotion_code: code }) => {
    if (discount !== null) return ctx.state.discounts.has(discount) ? [{ discount }] : []
    const given: NewDiscount = coupon === null ? { promotion_code: code ?? '' } : { coupon }
    try {
      redeemable(given, { customer: schedule.customer, currency: phase.currency }, ctx)
      return [given]
    } catch (error) {
      if (error instanceof ApiError) return []
      throw error
    }
  })
}
