import type { Period } from '../arithmetic/billing-period.ts'
import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { attemptPayment } from '../invoices/collection.ts'
import { draftInvoice } from '../invoices/draft.ts'
import { finalizeInvoice } from '../invoices/finalization.ts'
import type { NewLine } from '../invoices/new-invoice.ts'
import type { Invoice, Subscription } from '../state/state.ts'
import { applyChanges } from '../webhooks/events.ts'
import { rememberCharges } from './charges.ts'

type Reason = NonNullable<Invoice['billing_reason']>

export interface Bill {
  reason: Extract<Reason, 'subscription_create' | 'subscription_cycle' | 'subscription_update'>
  lines: NewLine[]
  period: Period
}

/** Drafts the invoice, which becomes the subscription's latest; `whileTelling` must tell of that. */
export function draftFor(subscription: Subscription, { reason, lines, period }: Bill, ctx: Context): Invoice {
  const invoice = draftInvoice(
    {
      customer: findCustomer(subscription.customer, ctx),
      subscription,
      currency: subscription.currency,
      reason,
      lines,
      pending: 'take',
      period,
      autoAdvance: advances(subscription, reason),
      collectionMethod: subscription.collection_method,
      daysUntilDue: subscription.days_until_due,
    },
    ctx,
  )
  subscription.latest_invoice = invoice.id
  rememberCharges(subscription.id, invoice, ctx)
  return invoice
}

/**
 * Finalises it and takes the money now, rather than an hour later; `confirm` leaves the payment to the customer. What is
 * sent, or waits while collection is paused, stays a draft for the hour, or until somebody sends it.
 * https://docs.stripe.com/billing/invoices/subscription
 */
export function collectNow(
  subscription: Subscription,
  invoice: Invoice,
  { payment, offSession }: { payment: 'attempt' | 'confirm'; offSession: boolean },
  ctx: Context,
): void {
  const { pause_collection: paused, collection_method: method, status } = subscription
  if (method === 'send_invoice' || paused || status === 'unpaid') return
  if (invoice.billing_reason === 'subscription_create' && isBilledLater(subscription)) return
  // It shall "await explicit confirmation of the invoice's payment intent", not be charged an hour later after all:
  // https://docs.stripe.com/api/subscriptions/update#update_subscription-payment_behavior
  if (payment === 'confirm') invoice.auto_advance = false
  finalizeInvoice(invoice, ctx)
  if (invoice.status === 'open' && payment === 'attempt') attemptPayment(invoice, { offSession }, ctx)
}

/** Sets what is given and tells what differs. */
export function updateSubscription(
  subscription: Subscription,
  changes: { [Key in keyof Subscription]?: Subscription[Key] | undefined },
  ctx: Context,
): Subscription {
  const previous = applyChanges(subscription, changes)
  if (previous) ctx.emit('customer.subscription.updated', subscription, previous)
  return subscription
}

/**
 * Whether its first invoice begins as a draft, so that nothing has to be paid for it to begin: one that is sent, or that
 * a schedule starts. https://docs.stripe.com/api/subscriptions/create
 */
export function isBilledLater({ collection_method: method, schedule }: Subscription): boolean {
  return method === 'send_invoice' || schedule !== null
}

/** A first payment is never tried again by itself, and what is unpaid or kept as a draft waits for somebody. */
function advances(subscription: Subscription, reason: Reason): boolean {
  if (subscription.pause_collection?.behavior === 'keep_as_draft' || subscription.status === 'unpaid') return false
  return reason !== 'subscription_create' || isBilledLater(subscription)
}
