import { amountOf } from '../arithmetic/amounts.ts'
import { periodAt, type Period } from '../arithmetic/billing-period.ts'
import { redeemAll } from '../catalogue/discounts.ts'
import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { settleWith } from '../invoices/finalization.ts'
import { createInvoiceItem } from '../invoices/invoice-items.ts'
import type { NewLine } from '../invoices/new-invoice.ts'
import { newId } from '../ids.ts'
import { defaultMethodOf } from '../payments/payment-methods.ts'
import { createSetupIntent } from '../payments/setup-intents.ts'
import type { Price, Subscription, SubscriptionItem } from '../state/state.ts'
import { collectNow, draftFor, isBilledLater } from './billing.ts'
import { recordOf } from './charges.ts'
import { cancellationAt, cancellationAtPeriodEnd } from './cancellation.ts'
import { advanceLines, oneTimeLine, trialLines } from './lines.ts'
import type { NewSubscription } from './new-subscription.ts'
import { refuseIfUnpaid, refuseWithoutMethod } from './payment-behavior.ts'
import { quietly } from './telling.ts'
import { tellShortTrial } from './trial-notice.ts'
import { tryFirst } from './trying.ts'
import { isMetered, itemObject, recurringOf, subscriptionObject } from './subscription-object.ts'

/**
 * Starts a subscription: in its trial if it has one, else active once its first invoice is paid.
 * https://docs.stripe.com/billing/subscriptions/overview
 */
export function createSubscription(given: NewSubscription, ctx: Context): Subscription {
  const { id } = given.customer
  const attempt = (fork: Context) => start({ ...given, customer: findCustomer(id, fork) }, fork)
  refuseWithoutMethod(given, ctx)
  if (given.paymentBehavior === 'error_if_incomplete') refuseIfUnpaid(id, attempt, ctx)
  else tryFirst(id, attempt, ctx)
  return start(given, ctx)
}

function start(given: NewSubscription, ctx: Context): Subscription {
  const subscription = begin(given, ctx)
  const lines = firstLines(subscription, given, ctx)
  const once = (given.addInvoiceItems ?? []).map((item) => oneTimeLine(subscription, item, ctx))
  const charged = [...lines, ...once].some(({ amount }) => amount > 0)
  if (!isBilledLater(subscription) && charged) subscription.status = 'incomplete'
  ctx.state.subscriptions.set(subscription.id, subscription)
  recordOf(subscription.id, ctx.state)
  if (given.cancelAtPeriodEnd) Object.assign(subscription, cancellationAtPeriodEnd(subscription, true, ctx))
  if (given.cancelAt !== undefined) Object.assign(subscription, cancellationAt(subscription, given.cancelAt, ctx))
  subscription.pending_setup_intent = setupFor(subscription, given, ctx)
  const bill = { reason: 'subscription_create', lines, period: { start: ctx.now, end: ctx.now } } as const
  for (const line of once) createInvoiceItem({ ...line, customer: given.customer }, ctx)
  const { quiet, tellRest } = quietly(subscription, ctx)
  const invoice = lines.length + once.length > 0 ? draftFor(subscription, bill, quiet) : null
  ctx.emit('customer.subscription.created', subscription)
  tellRest()
  tellShortTrial(subscription, ctx)
  if (invoice && given.paidBy) settleWith(invoice, given.paidBy, ctx)
  else if (invoice) {
    const payment = given.paymentBehavior === 'default_incomplete' ? 'confirm' : 'attempt'
    collectNow(subscription, invoice, { payment, offSession: given.offSession ?? false }, ctx)
  }
  return subscription
}

/** The period from `from` to the next moment that the anchor marks, or to the end of the subscription before it. */
export function periodFrom(
  price: Price,
  { anchor, from, until }: { anchor: number; from: number; until: number | null },
): Period {
  const { end } = periodAt(anchor, recurringOf(price), from)
  return { start: from, end: until !== null && until > from ? Math.min(until, end) : end }
}

function begin(given: NewSubscription, ctx: Context): Subscription {
  const id = newId('sub')
  const { trialEnd, cancelAt: until } = given
  const anchor = given.billingCycleAnchor ?? trialEnd ?? ctx.now
  const holder = { customer: given.customer.id, subscription: id, currency: given.items[0]?.price.currency }
  const purchase = { ...holder, amount: regularAmount(given), firstTime: given.firstTime }
  const discounts = redeemAll(given.discounts ?? [], purchase, ctx).map((discount) => discount.id)
  const items = given.items.map((wanted) => {
    const period =
      trialEnd === null
        ? periodFrom(wanted.price, {
            anchor,
            from: beginningOf(wanted.price, anchor, given, ctx),
            until: until ?? null,
          })
        : { start: ctx.now, end: trialEnd }
    const item = itemObject(id, wanted, period, ctx)
    const own = redeemAll(wanted.discounts ?? [], { ...holder, subscriptionItem: item.id }, ctx)
    return { ...item, discounts: own.map((discount) => discount.id) }
  })
  return subscriptionObject(
    given,
    { id, items, discounts, anchor, status: trialEnd === null ? 'active' : 'trialing' },
    ctx,
  )
}

/** A subscription that is backdated is in the middle of a period; any other begins one now. */
function beginningOf(price: Price, anchor: number, { startDate }: NewSubscription, { now }: Context): number {
  if (startDate === undefined) return now
  return Math.max(startDate, periodAt(anchor, recurringOf(price), now).start)
}

/** What is bought, before discounts and without regard to a trial: what a promotion code may ask a least amount of. */
function regularAmount({ items, addInvoiceItems = [] }: NewSubscription): number {
  const licensed = items.filter(({ price }) => !isMetered(price))
  return [...licensed, ...addInvoiceItems].reduce((sum, { price, quantity }) => sum + amountOf(price, quantity ?? 1), 0)
}

/** Until its anchor a subscription that is not prorated is free, and there is no invoice that says so. */
function firstLines(subscription: Subscription, given: NewSubscription, ctx: Context): NewLine[] {
  return subscription.items.data.flatMap((item) => {
    if (subscription.trial_end !== null) return trialLines(subscription, item, ctx)
    const lines = advanceLines(subscription, item, ctx)
    if (given.prorationBehavior === 'none') return lines.filter(({ proration }) => !proration)
    return [...elapsedLines(subscription, item, ctx), ...lines]
  })
}

/**
 * One line for each period that has passed since a backdated start:
 * https://docs.stripe.com/billing/subscriptions/backdating
 */
function elapsedLines(subscription: Subscription, item: SubscriptionItem, ctx: Context): NewLine[] {
  const { billing_cycle_anchor: anchor, start_date: start } = subscription
  const lines: NewLine[] = []
  for (let from = start; from < item.current_period_start;) {
    const { end } = periodFrom(item.price, { anchor, from, until: null })
    lines.push(...advanceLines(subscription, { ...item, current_period_start: from, current_period_end: end }, ctx))
    from = end
  }
  return lines
}

/** A trial asks for nothing today, so whoever has no card yet is asked for one meanwhile. */
function setupFor(subscription: Subscription, { customer }: NewSubscription, ctx: Context): string | null {
  if (subscription.status !== 'trialing' || subscription.collection_method === 'send_invoice') return null
  if (defaultMethodOf(customer, subscription, ctx.state)) return null
  return createSetupIntent({ customer: customer.id, usage: 'off_session' }, ctx).id
}
