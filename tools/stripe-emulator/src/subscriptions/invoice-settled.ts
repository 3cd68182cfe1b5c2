import type { Context } from '../context.ts'
import { intentOf } from '../invoices/collection.ts'
import { ownedBy } from '../state/owners.ts'
import { settingsOf } from '../state/settings.ts'
import type { Invoice, Subscription } from '../state/state.ts'
import { updateSubscription } from './billing.ts'
import { cancelSubscription, expireSubscription } from './cancellation.ts'
import { recordOf } from './charges.ts'
import { becomeResumed, giveUpResumption } from './pausing.ts'

export type Settlement = 'paid' | 'failed' | 'requires_action' | 'retries_exhausted' | 'voided' | 'uncollectible'

/**
 * What becomes of a subscription when one of its invoices is paid, fails or is given up. Only the latest one that was
 * finalised counts, but for the end of retries: what was owed before is owed, whatever was paid since, until nothing of
 * it is.
 * https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses
 */
export function invoiceSettled(invoice: Invoice, outcome: Settlement, ctx: Context): void {
  const subscription = ctx.state.subscriptions.get(invoice.parent?.subscription_details?.subscription ?? '')
  if (!subscription || hasEnded(subscription)) return
  if (outcome === 'paid') keepMethod(subscription, invoice, ctx)
  if (subscription.status === 'incomplete') settleFirst(subscription, outcome, ctx)
  else if (subscription.status === 'paused') resumeOnPayment(subscription, invoice, outcome, ctx)
  else if (outcome === 'retries_exhausted') giveUp(subscription, ctx)
  else if (isLatest(subscription, invoice, ctx) || isPaidUp(subscription, ctx)) follow(subscription, outcome, ctx)
}

export function hasEnded({ status }: Subscription): boolean {
  return status === 'canceled' || status === 'incomplete_expired'
}

function settleFirst(subscription: Subscription, outcome: Settlement, ctx: Context): void {
  if (outcome === 'paid') updateSubscription(subscription, { status: whenPaid(subscription, ctx) }, ctx)
  if (outcome === 'voided') expireSubscription(subscription, ctx)
}

/** A trial that has begun goes on when what it asked for beside is paid. */
function whenPaid({ trial_end: trialEnd }: Subscription, { now }: Context): Subscription['status'] {
  return trialEnd !== null && trialEnd > now ? 'trialing' : 'active'
}

function resumeOnPayment(subscription: Subscription, invoice: Invoice, outcome: Settlement, ctx: Context): void {
  const resumes = recordOf(subscription.id, ctx.state).resumption === invoice.id
  if (resumes && (outcome === 'paid' || outcome === 'uncollectible')) becomeResumed(subscription, 'active', ctx)
  if (resumes && outcome === 'voided') giveUpResumption(subscription, ctx)
}

function follow(subscription: Subscription, outcome: Exclude<Settlement, 'retries_exhausted'>, ctx: Context): void {
  switch (outcome) {
    case 'paid':
    case 'voided':
    case 'uncollectible':
      if (subscription.status === 'trialing') return
      updateSubscription(subscription, { status: 'active' }, ctx)
      return
    case 'failed':
    case 'requires_action':
      if (subscription.status === 'active') updateSubscription(subscription, { status: 'past_due' }, ctx)
  }
}

/** https://docs.stripe.com/billing/revenue-recovery/smart-retries: the account says what follows the last attempt. */
function giveUp(subscription: Subscription, ctx: Context): void {
  switch (settingsOf(ctx.state).retries.then) {
    case 'cancel':
      cancelSubscription(subscription, { reason: 'payment_failed' }, ctx)
      return
    case 'mark_unpaid':
      updateSubscription(subscription, { status: 'unpaid' }, ctx)
      return
    case 'leave_past_due':
  }
}

/** Whether no later invoice of the subscription was finalised. */
function isLatest(
  { id, customer, latest_invoice: latest }: Subscription,
  invoice: Invoice,
  { state }: Context,
): boolean {
  if (latest === invoice.id) return true
  for (const other of ownedBy('invoices', customer, state).reverse()) {
    if (other.id === invoice.id) return true
    const own = other.parent?.subscription_details?.subscription === id
    if (own && other.status !== 'draft') return false
  }
  return false
}

/** Whether one that is unpaid owes nothing any more of what was tried to be charged. */
function isPaidUp({ id, customer, status }: Subscription, { state }: Context): boolean {
  if (status !== 'unpaid') return false
  const owed = ownedBy('invoices', customer, state).filter((invoice) => invoice.status === 'open' && invoice.attempted)
  return owed.every(({ parent }) => parent?.subscription_details?.subscription !== id)
}

/** https://docs.stripe.com/api/subscriptions/create#create_subscription-payment_settings-save_default_payment_method */
function keepMethod(subscription: Subscription, invoice: Invoice, ctx: Context): void {
  if (subscription.payment_settings?.save_default_payment_method !== 'on_subscription') return
  const method = intentOf(invoice, ctx.state)?.payment_method
  if (typeof method === 'string') updateSubscription(subscription, { default_payment_method: method }, ctx)
}
