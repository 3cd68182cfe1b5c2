import { periodEnd } from '../arithmetic/billing-period.ts'
import type { Context } from '../context.ts'
import { applyChanges } from '../webhooks/events.ts'
import { wholeList } from '../http/list.ts'
import { newId } from '../ids.ts'
import type { Price, Subscription, SubscriptionItem } from '../state/state.ts'

export const noCancellation: NonNullable<Subscription['cancellation_details']> = {
  comment: null,
  feedback: null,
  feedback_option: null,
  reason: null,
}

export interface NewSubscription {
  customer: string
  paymentMethod: string
  latestInvoice: string
  items: { price: Price; quantity: number }[]
  metadata: Record<string, string>
  description: string | null
  trialDays: number | null
}

/** Starts a subscription: in its trial if it has one, else incomplete until its first invoice is paid. */
export function createSubscription(given: NewSubscription, ctx: Context): Subscription {
  const id = newId('sub')
  const trialEnd = given.trialDays === null ? null : ctx.now + given.trialDays * 86_400
  const anchor = trialEnd ?? ctx.now
  const items = given.items.map((item) => createItem(id, item, { start: ctx.now, trialEnd }))
  const subscription: Subscription = {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: anchor,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: noCancellation,
    collection_method: 'charge_automatically',
    created: ctx.now,
    currency: given.items[0]?.price.currency ?? 'usd',
    customer: given.customer,
    customer_account: null,
    days_until_due: null,
    default_payment_method: given.paymentMethod,
    default_source: null,
    default_tax_rates: [],
    description: given.description,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: wholeList(items, `/v1/subscription_items?subscription=${id}`),
    latest_invoice: given.latestInvoice,
    livemode: false,
    managed_payments: null,
    metadata: given.metadata,
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: ctx.now,
    status: trialEnd === null ? 'incomplete' : 'trialing',
    test_clock: null,
    transfer_data: null,
    trial_end: trialEnd,
    trial_settings: { end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' } },
    trial_start: trialEnd === null ? null : ctx.now,
  }
  ctx.state.subscriptions.set(id, subscription)
  ctx.emit('customer.subscription.created', subscription)
  return subscription
}

export function updateSubscription(
  subscription: Subscription,
  changes: { [Key in keyof Subscription]?: Subscription[Key] | undefined },
  ctx: Context,
): Subscription {
  const previous = applyChanges(subscription, changes)
  if (previous) ctx.emit('customer.subscription.updated', subscription, previous)
  return subscription
}

/** What sets or lifts the cancellation at the end of the period. */
export function cancellationAtPeriodEnd(
  subscription: Subscription,
  cancel: boolean,
  ctx: Context,
): Partial<Subscription> {
  if (cancel === subscription.cancel_at_period_end) return {}
  return {
    cancel_at_period_end: cancel,
    cancel_at: cancel ? currentPeriodEnd(subscription) : null,
    canceled_at: cancel ? ctx.now : null,
    cancellation_details: { ...noCancellation, reason: cancel ? 'cancellation_requested' : null },
  }
}

/** Ends it now, for good. */
export function endSubscription(subscription: Subscription, ctx: Context): Subscription {
  Object.assign(subscription, {
    status: 'canceled',
    canceled_at: subscription.canceled_at ?? ctx.now,
    ended_at: ctx.now,
    cancel_at_period_end: false,
    cancellation_details: {
      ...(subscription.cancellation_details ?? noCancellation),
      reason: 'cancellation_requested',
    },
  } satisfies Partial<Subscription>)
  ctx.emit('customer.subscription.deleted', subscription)
  return subscription
}

export function currentPeriodEnd({ items }: Subscription): number {
  return Math.min(...items.data.map((item) => item.current_period_end))
}

/** The item with another price or quantity, in the same period. */
export function repriced(item: SubscriptionItem, price: Price, quantity: number): SubscriptionItem {
  return { ...item, price: structuredClone(price), plan: planOf(price), quantity }
}

function createItem(
  subscription: string,
  { price, quantity }: { price: Price; quantity: number },
  { start, trialEnd }: { start: number; trialEnd: number | null },
): SubscriptionItem {
  return {
    id: newId('si'),
    object: 'subscription_item',
    billing_thresholds: null,
    created: start,
    current_period_end: trialEnd ?? periodEnd(start, recurringOf(price), start),
    current_period_start: start,
    current_trial: null,
    discounts: [],
    metadata: {},
    plan: planOf(price),
    price: structuredClone(price),
    quantity,
    subscription,
    tax_rates: [],
  }
}

export function recurringOf({ id, recurring }: Price): NonNullable<Price['recurring']> {
  if (!recurring) throw new Error(`price ${id} is not recurring`)
  return recurring
}

/** The older view of a price, which a subscription item still carries. */
function planOf(price: Price): SubscriptionItem['plan'] {
  const { interval, interval_count } = recurringOf(price)
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: 'per_unit',
    created: price.created,
    currency: price.currency,
    interval,
    interval_count,
    livemode: false,
    metadata: price.metadata,
    meter: null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: 'licensed',
  }
}
