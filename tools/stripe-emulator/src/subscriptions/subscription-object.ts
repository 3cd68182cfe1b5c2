import type { Period } from '../arithmetic/billing-period.ts'
import type { Context } from '../context.ts'
import { wholeList } from '../http/list.ts'
import { newId } from '../ids.ts'
import type { Price, Subscription, SubscriptionItem } from '../state/state.ts'
import type { NewItem, NewSubscription } from './new-subscription.ts'

export const noCancellation: NonNullable<Subscription['cancellation_details']> = {
  comment: null,
  feedback: null,
  feedback_option: null,
  reason: null,
}

interface Beginning {
  id: string
  items: SubscriptionItem[]
  discounts: string[]
  anchor: number
  status: Subscription['status']
}

/** A subscription before anything is charged for it. */
export function subscriptionObject(given: NewSubscription, beginning: Beginning, ctx: Context): Subscription {
  const { id, items, discounts, anchor, status } = beginning
  return {
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
    collection_method: given.collectionMethod ?? 'charge_automatically',
    created: ctx.now,
    currency: given.items[0]?.price.currency ?? 'usd',
    customer: given.customer.id,
    customer_account: null,
    days_until_due: given.daysUntilDue ?? null,
    default_payment_method: given.defaultPaymentMethod,
    default_source: null,
    default_tax_rates: [],
    description: given.description,
    discounts,
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: wholeList(items, `/v1/subscription_items?subscription=${id}`),
    latest_invoice: null,
    livemode: false,
    managed_payments: null,
    metadata: given.metadata,
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: given.paymentMethodTypes ?? null,
      save_default_payment_method: given.saveDefaultPaymentMethod ?? 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: given.schedule ?? null,
    start_date: given.startDate ?? ctx.now,
    status,
    test_clock: given.customer.test_clock ?? null,
    transfer_data: null,
    trial_end: given.trialEnd,
    trial_settings: {
      end_behavior: {
        billing_cycle_anchor: null,
        missing_payment_method: given.missingPaymentMethod ?? 'create_invoice',
      },
    },
    trial_start: given.trialEnd === null ? null : ctx.now,
  }
}

export function itemObject(
  subscription: string,
  given: Pick<NewItem, 'price' | 'quantity' | 'metadata'>,
  period: Period,
  ctx: Context,
): SubscriptionItem {
  const { price, metadata = {} } = given
  return {
    id: newId('si'),
    object: 'subscription_item',
    billing_thresholds: null,
    created: ctx.now,
    current_period_end: period.end,
    current_period_start: period.start,
    current_trial: null,
    discounts: [],
    metadata,
    plan: planOf(price),
    price: structuredClone(price),
    ...(!isMetered(price) && { quantity: given.quantity ?? 1 }),
    subscription,
    tax_rates: [],
  }
}

/** The item with another price or quantity, in the same period. A metered price has no quantity. */
export function repriced(item: SubscriptionItem, price: Price, quantity: number): SubscriptionItem {
  const { quantity: _before, ...rest } = item
  return {
    ...rest,
    price: structuredClone(price),
    plan: planOf(price),
    ...(!isMetered(price) && { quantity }),
  }
}

export function recurringOf({ id, recurring }: Price): NonNullable<Price['recurring']> {
  if (!recurring) throw new Error(`price ${id} is not recurring`)
  return recurring
}

export function isMetered({ recurring }: Price): boolean {
  return recurring?.usage_type === 'metered'
}

/** In a trial nothing is charged, usage included; what is paused is charged when it is resumed. */
export function isFreeNow({ status }: Subscription): boolean {
  return status === 'trialing' || status === 'paused'
}

/** The older view of a price, which a subscription item still carries. */
function planOf(price: Price): SubscriptionItem['plan'] {
  const { interval, interval_count, meter, usage_type } = recurringOf(price)
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval,
    interval_count,
    livemode: false,
    metadata: price.metadata,
    meter,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: price.tiers_mode,
    transform_usage: price.transform_quantity,
    trial_period_days: null,
    usage_type,
  }
}
