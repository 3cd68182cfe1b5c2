import { onClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { newId } from '../ids.ts'
import type { Customer, Subscription, SubscriptionSchedule } from '../state/state.ts'
import { currentPeriodEnd } from '../subscriptions/cancellation.ts'
import { applyChanges } from '../webhooks/events.ts'
import { invoiceSettings, layOut, refuseForeignMethod, refusePast, seconds, type Phase } from './phases.ts'
import { beginSchedule } from './schedule-lifecycle.ts'
import type { GivenDefaults, GivenPhase } from './schedule-params.ts'

type DefaultSettings = SubscriptionSchedule['default_settings']

export interface NewSchedule {
  customer: Customer
  phases: GivenPhase[]
  start?: number | 'now' | undefined
  default_settings?: GivenDefaults | undefined
  end_behavior?: 'cancel' | 'release' | undefined
  metadata?: Record<string, string> | null | undefined
}

/** Plans a subscription, and starts it if it is to start now. */
export function createSchedule(given: NewSchedule, ctx: Context): SubscriptionSchedule {
  const { customer } = given
  const start = seconds(given.start ?? 'now', ctx)
  const phases = layOut(given.phases, { customer, start }, ctx)
  refusePast(phases, ctx)
  const schedule = scheduleObject(
    {
      customer,
      phases,
      defaults: withDefaults(noDefaults, given.default_settings, customer, ctx),
      endBehavior: given.end_behavior ?? 'release',
      metadata: mergeMetadata({}, given.metadata),
    },
    ctx,
  )
  if (start <= ctx.now) beginSchedule(schedule, ctx)
  ctx.state.schedules.set(schedule.id, schedule)
  ctx.emit('subscription_schedule.created', schedule)
  return schedule
}

/** Takes on a subscription as it is: one phase, until its period or itself ends. */
export function scheduleFrom(id: string, requestCtx: Context): SubscriptionSchedule {
  const subscription = requestCtx.state.subscriptions.get(id)
  if (!subscription) throw noSuch('subscription', id, 'from_subscription')
  refuseUnfit(subscription)
  const ctx = onClockOf(subscription.customer, requestCtx)
  const schedule = scheduleObject(
    {
      customer: findCustomer(subscription.customer, ctx),
      phases: [phaseOf(subscription)],
      defaults: {
        ...noDefaults,
        collection_method: subscription.collection_method,
        default_payment_method: subscription.default_payment_method,
        description: subscription.description,
        invoice_settings: { ...noDefaults.invoice_settings, days_until_due: subscription.days_until_due },
      },
      endBehavior: subscription.cancel_at === null ? 'release' : 'cancel',
      metadata: {},
    },
    ctx,
  )
  const { start_date, end_date } = phaseOf(subscription)
  Object.assign(schedule, { status: 'active', subscription: id, current_phase: { end_date, start_date } })
  ctx.state.schedules.set(schedule.id, schedule)
  const previous = applyChanges(subscription, { schedule: schedule.id, cancel_at_period_end: false })
  ctx.emit('subscription_schedule.created', schedule)
  if (previous) ctx.emit('customer.subscription.updated', subscription, previous)
  return schedule
}

export function withDefaults(
  current: DefaultSettings,
  given: GivenDefaults | undefined,
  customer: Customer,
  ctx: Context,
): DefaultSettings {
  if (!given) return current
  const { invoice_settings: settings, default_payment_method: method, ...rest } = given
  refuseForeignMethod(method, customer, ctx, 'default_settings[default_payment_method]')
  return {
    ...current,
    ...definedOf(rest),
    ...(method !== undefined && { default_payment_method: method }),
    invoice_settings: {
      ...current.invoice_settings,
      ...(settings?.days_until_due !== undefined && { days_until_due: settings.days_until_due }),
    },
  }
}

const noDefaults: DefaultSettings = {
  application_fee_percent: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_cycle_anchor: 'automatic',
  billing_thresholds: null,
  collection_method: 'charge_automatically',
  default_payment_method: null,
  description: null,
  invoice_settings: {
    account_tax_ids: null,
    custom_fields: null,
    days_until_due: null,
    description: null,
    footer: null,
    issuer: { type: 'self' },
  },
  on_behalf_of: null,
  transfer_data: null,
}

interface Plan {
  customer: Customer
  phases: Phase[]
  defaults: DefaultSettings
  endBehavior: 'cancel' | 'release'
  metadata: Record<string, string>
}

function scheduleObject(plan: Plan, { now }: Context): SubscriptionSchedule {
  return {
    id: newId('sub_sched'),
    object: 'subscription_schedule',
    application: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
    canceled_at: null,
    completed_at: null,
    created: now,
    current_phase: null,
    customer: plan.customer.id,
    customer_account: null,
    default_settings: plan.defaults,
    end_behavior: plan.endBehavior,
    livemode: false,
    metadata: plan.metadata,
    pause_schedules: [],
    phases: plan.phases,
    released_at: null,
    released_subscription: null,
    status: 'not_started',
    subscription: null,
    test_clock: plan.customer.test_clock ?? null,
  }
}

function refuseUnfit({ id, schedule, status }: Subscription): void {
  const param = 'from_subscription'
  if (schedule !== null) {
    throw invalidRequest(`You cannot migrate a subscription that is already attached to a schedule: \`${schedule}\`.`, {
      param,
    })
  }
  if (['canceled', 'incomplete', 'incomplete_expired'].includes(status)) {
    throw invalidRequest(`You cannot migrate the subscription ${id} in the \`${status}\` status.`, { param })
  }
}

/** The period that runs; a trial is its own phase. */
function phaseOf(subscription: Subscription): Phase {
  const { items, discounts, trial_end: trialEnd } = subscription
  const inTrial = subscription.status === 'trialing'
  const starts = items.data.map((item) => item.current_period_start)
  return {
    add_invoice_items: [],
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: null,
    billing_thresholds: null,
    collection_method: null,
    currency: subscription.currency,
    default_payment_method: null,
    default_tax_rates: [],
    description: null,
    discounts: discounts.map((discount) => ({ coupon: null, discount, promotion_code: null })),
    end_date: subscription.cancel_at ?? currentPeriodEnd(subscription),
    invoice_settings: invoiceSettings(undefined),
    items: items.data.map((item) => ({
      billing_thresholds: null,
      discounts: item.discounts.map((discount) => ({ coupon: null, discount, promotion_code: null })),
      metadata: item.metadata,
      plan: item.price.id,
      price: item.price.id,
      ...(item.quantity !== undefined && { quantity: item.quantity }),
      tax_rates: [],
    })),
    metadata: subscription.metadata,
    on_behalf_of: null,
    proration_behavior: 'create_prorations',
    start_date: Math.min(...starts),
    transfer_data: null,
    ...(inTrial && { trial: true }),
    trial_end: inTrial ? trialEnd : null,
  }
}

function definedOf<T extends object>(given: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [Key in keyof T]?: Exclude<T[Key], undefined> }
}
