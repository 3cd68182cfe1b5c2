import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { wholeList } from '../http/list.ts'
import { createInvoiceItem } from '../invoices/invoice-items.ts'
import type { Invoice, Subscription, SubscriptionItem } from '../state/state.ts'
import { collectNow, draftFor, updateSubscription } from './billing.ts'
import { currentPeriodEnd } from './cancellation.ts'
import { changeDiscounts } from './change-discounts.ts'
import { recordOf } from './charges.ts'
import { periodFrom } from './create-subscription.ts'
import { costsDiffer, startsAnew, stepsOf, type Step } from './item-steps.ts'
import { advanceLines, oneTimeLine, usageLines } from './lines.ts'
import type { SubscriptionChange } from './new-subscription.ts'
import { refuseIfUnpaid } from './payment-behavior.ts'
import { billUsage, creditUnused, debitRemaining, invoicePending, moveEnds, pendingOf } from './prorations.ts'
import { isFreeNow, isMetered } from './subscription-object.ts'
import { whileTelling } from './telling.ts'
import { tellShortTrial, tellTrialEnd } from './trial-notice.ts'
import { inFork, tryFirst } from './trying.ts'

/**
 * Changes a subscription, and prorates what differs. Another interval, a step from free to paid, a trial that begins or
 * ends, or a new anchor begins a new period, which is billed at once. https://docs.stripe.com/api/subscriptions/update
 */
export function changeSubscription(subscription: Subscription, change: SubscriptionChange, ctx: Context): Subscription {
  const attempt = (fork: Context) => carryOut(inFork(subscription, fork), change, fork)
  if (change.paymentBehavior === 'error_if_incomplete') refuseIfUnpaid(subscription.customer, attempt, ctx)
  else tryFirst(subscription.customer, attempt, ctx)
  return carryOut(subscription, change, ctx)
}

function carryOut(subscription: Subscription, change: SubscriptionChange, ctx: Context): Subscription {
  const invoice = whileTelling(subscription, ctx, (quiet) => apply(subscription, change, quiet))
  if (!invoice) return subscription
  const confirm = change.paymentBehavior === 'default_incomplete'
  const payment = { payment: confirm ? 'confirm' : 'attempt', offSession: change.offSession ?? false } as const
  collectNow(subscription, invoice, payment, ctx)
  if (confirm && invoice.status === 'open' && subscription.status === 'active') {
    updateSubscription(subscription, { status: 'past_due' }, ctx)
  }
  return subscription
}

/** Answers the invoice that the change asks to be paid now. */
function apply(subscription: Subscription, change: SubscriptionChange, ctx: Context): Invoice | null {
  const waiting = pendingOf(subscription, ctx).length
  const steps = stepsOf(subscription, change.items ?? [], ctx)
  const anew = startsAnew(subscription, steps, change)
  const endMoves = change.fields?.cancel_at !== undefined && change.fields.cancel_at !== subscription.cancel_at
  changeDiscounts(subscription, change.discounts, ctx)
  Object.assign(subscription, change.fields)
  addOnce(subscription, change, ctx)
  if (anew) return restart(subscription, steps, change, ctx)

  const prorated = change.prorationBehavior !== 'none' && !isFreeNow(subscription)
  if (endMoves && prorated) moveEnds(subscription, steps, ctx)
  keepAfter(subscription, steps)
  if (prorated) prorate(subscription, steps, change.prorationDate ?? ctx.now, ctx)
  billGoneUsage(subscription, steps, change, ctx)
  forgetGone(subscription, ctx)
  const more = pendingOf(subscription, ctx).length > waiting
  return more && change.prorationBehavior === 'always_invoice' ? invoicePending(subscription, ctx) : null
}

/** The unused time of what was, and the remaining time of what is, in the same period. */
function prorate(subscription: Subscription, steps: readonly Step[], at: number, ctx: Context): void {
  const different = steps.filter(costsDiffer)
  creditUnused(subscription, { at, items: different.flatMap(({ before }) => before ?? []) }, ctx)
  for (const { after } of different) {
    if (after) debitRemaining(subscription, after, { start: at, end: after.current_period_end }, ctx)
  }
}

/** A new period for every item, billed at once together with what the old one leaves to credit and to charge. */
function restart(
  subscription: Subscription,
  steps: readonly Step[],
  change: SubscriptionChange,
  ctx: Context,
): Invoice | null {
  const inTrial = subscription.status === 'trialing'
  const items = steps.flatMap(({ before }) => before ?? [])
  if (change.prorationBehavior !== 'none') {
    creditUnused(subscription, { at: change.prorationDate ?? ctx.now, items }, ctx)
  }
  recordOf(subscription.id, ctx.state).charges = []
  const used = steps.filter((step) => !isGone(step) || billsUsage(step, change, ctx))
  const metered = inTrial ? [] : used.flatMap(({ before }) => before ?? [])
  const usage = metered.flatMap((item) =>
    usageLines(subscription, item, { start: item.current_period_start, end: ctx.now }, ctx),
  )
  keepAfter(subscription, steps)
  anchorAnew(subscription, change, ctx)
  const trialing = subscription.status === 'trialing'
  const advance = trialing ? [] : subscription.items.data.flatMap((item) => advanceLines(subscription, item, ctx))
  const lines = [...usage, ...advance]
  if (lines.length > 0) {
    return draftFor(
      subscription,
      { reason: 'subscription_update', lines, period: { start: ctx.now, end: ctx.now } },
      ctx,
    )
  }
  return change.prorationBehavior === 'always_invoice' ? invoicePending(subscription, ctx) : null
}

/** https://docs.stripe.com/billing/subscriptions/billing-cycle: a trial's end is the new anchor, else it is now. */
function anchorAnew(subscription: Subscription, { trialEnd }: SubscriptionChange, ctx: Context): void {
  const trial = typeof trialEnd === 'number' && trialEnd > ctx.now ? trialEnd : null
  const wasTrialing = subscription.status === 'trialing'
  if (trial !== null) {
    if (!wasTrialing) subscription.trial_start = ctx.now
    subscription.trial_end = trial
    subscription.status = 'trialing'
  } else if (wasTrialing) {
    subscription.trial_end = ctx.now
    subscription.status = 'active'
    tellTrialEnd(subscription, ctx)
  }
  subscription.billing_cycle_anchor = trial ?? ctx.now
  for (const item of subscription.items.data) {
    const until = subscription.cancel_at_period_end ? null : subscription.cancel_at
    const period = periodFrom(item.price, { anchor: subscription.billing_cycle_anchor, from: ctx.now, until })
    item.current_period_start = ctx.now
    item.current_period_end = trial ?? period.end
  }
  if (subscription.cancel_at_period_end) subscription.cancel_at = currentPeriodEnd(subscription)
  tellShortTrial(subscription, ctx)
}

function keepAfter(subscription: Subscription, steps: readonly Step[]): void {
  const items = steps.flatMap(({ after }) => after ?? [])
  subscription.items = wholeList(items, subscription.items.url)
}

function billGoneUsage(
  subscription: Subscription,
  steps: readonly Step[],
  change: SubscriptionChange,
  ctx: Context,
): void {
  if (isFreeNow(subscription)) return
  const billed = steps.filter((step) => isGone(step) && billsUsage(step, change, ctx))
  const items = billed.flatMap(({ before }) => (before && isMetered(before.price) ? before : []))
  billUsage(subscription, { items, until: ctx.now }, ctx)
}

function isGone({ before, after }: Step): boolean {
  return before?.price.id !== after?.price.id
}

/**
 * Without proration the usage of a price that goes is not billed, unless its period ends now anyway.
 * https://docs.stripe.com/billing/subscriptions/usage-based/manage-billing-setup
 */
function billsUsage(
  { before, clearUsage }: Step,
  { prorationBehavior }: SubscriptionChange,
  { now }: Context,
): boolean {
  if (clearUsage || !before) return false
  return prorationBehavior !== 'none' || before.current_period_end <= now
}

function addOnce(subscription: Subscription, { addInvoiceItems = [] }: SubscriptionChange, ctx: Context): void {
  const customer = findCustomer(subscription.customer, ctx)
  for (const item of addInvoiceItems) createInvoiceItem({ ...oneTimeLine(subscription, item, ctx), customer }, ctx)
}

/** What was charged for an item that is gone is never credited later. */
function forgetGone(subscription: Subscription, ctx: Context): void {
  const record = recordOf(subscription.id, ctx.state)
  const isThere = (id: string) => subscription.items.data.some((item: SubscriptionItem) => item.id === id)
  record.charges = record.charges.filter(({ item }) => isThere(item))
}
