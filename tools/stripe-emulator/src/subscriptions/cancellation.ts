import type { Context } from '../context.ts'
import { stopCollection, voidInvoice } from '../invoices/closing.ts'
import { dropPendingItems } from '../invoices/invoice-items.ts'
import { endScheduleOf } from '../schedules/scheduled-subscription.ts'
import type { Invoice, Subscription } from '../state/state.ts'
import { applyChanges } from '../webhooks/events.ts'
import { draftFor, collectNow } from './billing.ts'
import { recordOf } from './charges.ts'
import { usageLines } from './lines.ts'
import { creditUnused, pendingOf } from './prorations.ts'
import { isFreeNow, noCancellation } from './subscription-object.ts'
import { quietly } from './telling.ts'

export type CancellationReason = NonNullable<NonNullable<Subscription['cancellation_details']>['reason']>

export interface Ending {
  reason?: CancellationReason | undefined
  /** Bills the usage that was not billed yet, and what waits for the next invoice. */
  invoiceNow?: boolean | undefined
  /** Credits the time that was paid for and will not be used. */
  prorate?: boolean | undefined
  details?: Pick<NonNullable<Subscription['cancellation_details']>, 'comment' | 'feedback'> | undefined
}

/** Ends it now, for good. https://docs.stripe.com/api/subscriptions/cancel */
export function cancelSubscription(
  subscription: Subscription,
  { reason = 'cancellation_requested', invoiceNow = false, prorate = false, details }: Ending,
  ctx: Context,
): Subscription {
  if (subscription.status === 'incomplete') return expireSubscription(subscription, ctx, details)
  if (prorate) creditUnused(subscription, { at: ctx.now, items: subscription.items.data }, ctx)
  // What billing changes in it, `deleted` tells of.
  const { quiet, tellRest } = quietly(subscription, ctx)
  const last = invoiceNow ? billFinally(subscription, quiet) : null
  if (!invoiceNow && !prorate) dropPendingItems(subscription, ctx)
  stopCollection(subscription, last, ctx)
  recordOf(subscription.id, ctx.state).charges = []
  Object.assign(subscription, {
    status: 'canceled',
    canceled_at: subscription.canceled_at ?? ctx.now,
    ended_at: ctx.now,
    cancel_at_period_end: hasReachedEnd(subscription, ctx),
    cancellation_details: { ...(subscription.cancellation_details ?? noCancellation), ...details, reason },
  } satisfies Partial<Subscription>)
  ctx.emit('customer.subscription.deleted', subscription)
  tellRest()
  endScheduleOf(subscription, reason === 'payment_failed' ? 'delinquent' : 'canceled', ctx)
  return subscription
}

/** The first invoice was not paid in time, or not wanted: it is void, and nothing has begun. */
export function expireSubscription(
  subscription: Subscription,
  ctx: Context,
  details?: Ending['details'],
): Subscription {
  const previous = applyChanges(subscription, {
    status: 'incomplete_expired',
    ended_at: ctx.now,
    cancellation_details: details && { ...(subscription.cancellation_details ?? noCancellation), ...details },
  })
  if (previous) ctx.emit('customer.subscription.updated', subscription, previous)
  const first = ctx.state.invoices.get(subscription.latest_invoice ?? '')
  if (first?.status === 'open') voidInvoice(first, ctx)
  endScheduleOf(subscription, 'delinquent', ctx)
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
    ...cancellationAt(subscription, cancel ? currentPeriodEnd(subscription) : null, ctx),
    cancel_at_period_end: cancel,
  }
}

/** What sets, moves or lifts the cancellation at some moment. */
export function cancellationAt(subscription: Subscription, at: number | null, ctx: Context): Partial<Subscription> {
  return {
    cancel_at: at,
    cancel_at_period_end: false,
    canceled_at: at === null ? null : ctx.now,
    cancellation_details: {
      ...(subscription.cancellation_details ?? noCancellation),
      reason: at === null ? null : 'cancellation_requested',
    },
  }
}

/** Whether it ends as was planned with its period, and not before. */
function hasReachedEnd({ cancel_at: at, cancel_at_period_end: planned }: Subscription, { now }: Context): boolean {
  return planned && at !== null && at <= now
}

export function currentPeriodEnd({ items }: Subscription): number {
  return Math.min(...items.data.map((item) => item.current_period_end))
}

/**
 * A last invoice, if there is anything to bill. One that ends with its period is a draft for an hour, in which usage of
 * the period can still be reported; it is answered, to be left to time.
 * https://docs.stripe.com/billing/subscriptions/usage-based/configure-grace-period
 */
function billFinally(subscription: Subscription, ctx: Context): Invoice | null {
  const used = isFreeNow(subscription) ? [] : subscription.items.data
  const lines = used.flatMap((item) =>
    usageLines(subscription, item, { start: item.current_period_start, end: ctx.now }, ctx),
  )
  const waits = ctx.byTime && lines.length > 0
  if (!waits && pendingOf(subscription, ctx).length === 0 && lines.every(({ amount }) => amount === 0)) return null
  const start = Math.min(...subscription.items.data.map((item) => item.current_period_start))
  const bill = { reason: 'subscription_update', lines, period: { start, end: ctx.now } } as const
  const invoice = draftFor(subscription, bill, ctx)
  if (waits) return invoice
  collectNow(subscription, invoice, { payment: 'attempt', offSession: true }, ctx)
  return null
}
