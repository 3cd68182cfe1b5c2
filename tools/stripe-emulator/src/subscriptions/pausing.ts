import type { Context } from '../context.ts'
import { voidInvoice } from '../invoices/closing.ts'
import { finalizeInvoice } from '../invoices/finalization.ts'
import { attemptPayment } from '../invoices/collection.ts'
import type { NewLine } from '../invoices/new-invoice.ts'
import type { Invoice, Subscription } from '../state/state.ts'
import { draftFor } from './billing.ts'
import { recordOf } from './charges.ts'
import { periodFrom } from './create-subscription.ts'
import { advanceLines } from './lines.ts'
import type { ProrationBehavior } from './new-subscription.ts'
import { billUsage, creditUnused, debitRemaining, invoicePending } from './prorations.ts'
import { whileTelling } from './telling.ts'
import { inFork, tryFirst } from './trying.ts'

type PauseReason = NonNullable<Subscription['status_details']>['paused']['subscription']['type']

export interface Pause {
  /** Bills what metered items have used so far. */
  billUsage: boolean
  /** From when licensed items are credited; null for not at all. */
  creditFrom: 'now' | 'item_current_period_start' | null
  invoicing: 'invoice' | 'pending_invoice_item'
}

export interface Resumption {
  anchor: 'now' | 'unchanged'
  prorationBehavior: ProrationBehavior
  prorationDate?: number | undefined
  payment: 'resume_on_payment_attempt' | 'resume_on_payment_success'
}

/** It bills nothing and begins no period until it is resumed. https://docs.stripe.com/billing/subscriptions/pause */
export function pauseSubscription(subscription: Subscription, pause: Pause, ctx: Context): Subscription {
  const { data: items } = subscription.items
  for (const item of items) {
    if (pause.creditFrom === null) continue
    const at = pause.creditFrom === 'now' ? ctx.now : item.current_period_start
    creditUnused(subscription, { at, items: [item] }, ctx)
  }
  if (pause.billUsage) billUsage(subscription, { items, until: ctx.now }, ctx)
  whileTelling(subscription, ctx, (quiet) => {
    rest(subscription, 'pause_requested', ctx)
    if (pause.invoicing === 'invoice') invoicePending(subscription, quiet)
  })
  ctx.emit('customer.subscription.paused', subscription)
  return subscription
}

export function becomePaused(subscription: Subscription, reason: PauseReason, ctx: Context): void {
  whileTelling(subscription, ctx, () => rest(subscription, reason, ctx))
  ctx.emit('customer.subscription.paused', subscription)
}

/**
 * Goes on with a paused subscription: at once if there is nothing to pay, else with its payment.
 * https://docs.stripe.com/api/subscriptions/resume
 */
export function resumeSubscription(subscription: Subscription, resumption: Resumption, ctx: Context): Subscription {
  tryFirst(subscription.customer, (fork) => goOn(inFork(subscription, fork), resumption, fork), ctx)
  return goOn(subscription, resumption, ctx)
}

function goOn(subscription: Subscription, resumption: Resumption, ctx: Context): Subscription {
  const invoice = whileTelling(subscription, ctx, (quiet) => beginAgain(subscription, resumption, quiet))
  if (!invoice) {
    becomeResumed(subscription, 'active', ctx)
    return subscription
  }
  recordOf(subscription.id, ctx.state).resumption = invoice.id
  finalizeInvoice(invoice, ctx)
  if (invoice.status === 'open') attemptPayment(invoice, { offSession: false }, ctx)
  if (subscription.status === 'paused' && resumption.payment === 'resume_on_payment_attempt') {
    becomeResumed(subscription, 'past_due', ctx)
  }
  return subscription
}

export function becomeResumed(subscription: Subscription, status: 'active' | 'past_due', ctx: Context): void {
  recordOf(subscription.id, ctx.state).resumption = null
  whileTelling(subscription, ctx, () => {
    subscription.status = status
    delete subscription.status_details
  })
  ctx.emit('customer.subscription.resumed', subscription)
}

/** The invoice that would resume it was not paid in time: it is void, and the subscription stays paused. */
export function giveUpResumption(subscription: Subscription, ctx: Context): void {
  const record = recordOf(subscription.id, ctx.state)
  const invoice = ctx.state.invoices.get(record.resumption ?? '')
  record.resumption = null
  record.charges = []
  if (invoice?.status === 'open') voidInvoice(invoice, ctx)
}

function rest(subscription: Subscription, reason: PauseReason, { now }: Context): void {
  subscription.status = 'paused'
  subscription.status_details = {
    paused: { subscription: { type: reason }, transitioned_at: now, type: 'subscription' },
  }
}

/** The periods that begin, and the invoice that asks for them. */
function beginAgain(subscription: Subscription, resumption: Resumption, ctx: Context): Invoice | null {
  if (resumption.anchor === 'now') subscription.billing_cycle_anchor = ctx.now
  const { billing_cycle_anchor: anchor, cancel_at: until } = subscription
  const lines: NewLine[] = []
  for (const item of subscription.items.data) {
    const { end } = periodFrom(item.price, { anchor, from: ctx.now, until })
    const covered = item.current_period_end
    item.current_period_start = ctx.now
    item.current_period_end = end
    if (resumption.anchor === 'now') lines.push(...advanceLines(subscription, item, ctx))
    else if (resumption.prorationBehavior !== 'none') {
      const charged = recordOf(subscription.id, ctx.state).charges.some((charge) => charge.item === item.id)
      const start = Math.max(resumption.prorationDate ?? ctx.now, charged ? covered : 0)
      debitRemaining(subscription, item, { start, end }, ctx)
    }
  }
  const period = { start: ctx.now, end: ctx.now }
  if (lines.length > 0) return draftFor(subscription, { reason: 'subscription_update', lines, period }, ctx)
  return resumption.prorationBehavior === 'always_invoice' ? invoicePending(subscription, ctx) : null
}
