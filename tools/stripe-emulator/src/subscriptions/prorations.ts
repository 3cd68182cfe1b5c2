import { amountOf } from '../arithmetic/amounts.ts'
import { periodAt, type Period } from '../arithmetic/billing-period.ts'
import { discountAmounts, type DiscountAmount, type DiscountTerms } from '../arithmetic/discounts.ts'
import { cutAt, shareOf } from '../arithmetic/proration.ts'
import { isActive, termsOf } from '../catalogue/discounts.ts'
import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { createInvoiceItem, includedIn, pendingItems } from '../invoices/invoice-items.ts'
import type { Discount, Invoice, InvoiceItem, ItemCharge, Subscription, SubscriptionItem } from '../state/state.ts'
import { draftFor } from './billing.ts'
import { creditedBy, recordOf, rememberPending } from './charges.ts'
import { periodFrom } from './create-subscription.ts'
import type { Step } from './item-steps.ts'
import { date, nameOf, plainLine, times, usageLines } from './lines.ts'
import { isMetered, recurringOf } from './subscription-object.ts'

/**
 * Credits what these items were charged for the time from `at` on: one pending invoice item for each charge, of what was
 * really charged. https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations
 */
export function creditUnused(
  subscription: Subscription,
  { at, items }: { at: number; items: readonly SubscriptionItem[] },
  ctx: Context,
): void {
  const record = recordOf(subscription.id, ctx.state)
  record.charges = record.charges.flatMap((charge) => {
    const item = items.find(({ id }) => id === charge.item)
    if (!item || charge.end <= at) return [charge]
    const { credit, rest, unused } = cutAt(charge, at)
    const included = givenBack(charge, unused, ctx)
    if (credit > 0 || included.length > 0) createCredit(subscription, { item, charge, credit, unused, included }, ctx)
    return rest.end > rest.start ? [rest] : []
  })
}

/**
 * Charges an item for the rest of a period, net of the discounts that hold now. The item says what they took off, for the
 * invoice that takes it up uses up with it those that are for one invoice.
 */
export function debitRemaining(subscription: Subscription, item: SubscriptionItem, period: Period, ctx: Context): void {
  if (isMetered(item.price) || period.end <= period.start) return
  const whole = periodAt(subscription.billing_cycle_anchor, recurringOf(item.price), period.start)
  const cost = costOf(subscription, item, ctx)
  const amount = shareOf(cost.net, period, whole)
  const shares = cost.off.map(({ amount: off, discount }) => ({ amount: shareOf(off, period, whole), discount }))
  const included = shares.filter((share) => share.amount > 0)
  if (amount === 0 && included.length === 0) return
  const quantity = item.quantity ?? 1
  const pending = createInvoiceItem(
    {
      ...prorationLine(subscription, item, period),
      customer: findCustomer(subscription.customer, ctx),
      amount,
      description: `Remaining time on ${times(quantity, nameOf(item.price, ctx.state))} after ${date(period.start)}`,
      quantity,
      included,
    },
    ctx,
  )
  rememberPending(subscription.id, item.id, pending, ctx)
}

/**
 * Fits the periods to the moment at which the subscription will end: a period that becomes shorter is credited, one that
 * becomes longer again is charged. https://docs.stripe.com/api/subscriptions/update#update_subscription-cancel_at
 */
export function moveEnds(subscription: Subscription, steps: readonly Step[], ctx: Context): void {
  const { billing_cycle_anchor: anchor, cancel_at: until } = subscription
  for (const { before, after } of steps) {
    if (!before || !after) continue
    const { start, end } = { start: before.current_period_start, end: before.current_period_end }
    const target = periodFrom(before.price, { anchor, from: start, until }).end
    if (target < end) creditUnused(subscription, { at: target, items: [before] }, ctx)
    if (target > end) debitRemaining(subscription, before, { start: end, end: target }, ctx)
    after.current_period_end = target
  }
}

/** Bills what metered items that go have used, with the next invoice. */
export function billUsage(
  subscription: Subscription,
  { items, until }: { items: readonly SubscriptionItem[]; until: number },
  ctx: Context,
): void {
  for (const item of items) {
    for (const line of usageLines(subscription, item, { start: item.current_period_start, end: until }, ctx)) {
      if (line.amount === 0) continue
      createInvoiceItem({ ...line, customer: findCustomer(subscription.customer, ctx) }, ctx)
    }
  }
}

/** Bills what waits for the next invoice now, if anything does. */
export function invoicePending(subscription: Subscription, ctx: Context): Invoice | null {
  if (pendingOf(subscription, ctx).length === 0) return null
  const period = { start: ctx.now, end: ctx.now }
  return draftFor(subscription, { reason: 'subscription_update', lines: [], period }, ctx)
}

export function pendingOf(subscription: Subscription, ctx: Context): InvoiceItem[] {
  const customer = findCustomer(subscription.customer, ctx)
  return pendingItems({ customer, subscription, currency: subscription.currency }, ctx.state)
}

function createCredit(
  subscription: Subscription,
  given: { item: SubscriptionItem; charge: ItemCharge; credit: number; unused: Period; included: DiscountAmount[] },
  ctx: Context,
): void {
  const { item, charge, credit, unused, included } = given
  const price = ctx.state.prices.get(charge.price) ?? item.price
  createInvoiceItem(
    {
      ...prorationLine(subscription, item, unused),
      customer: findCustomer(subscription.customer, ctx),
      price,
      // Of nothing, where all of it was taken off: not -0.
      amount: 0 - credit,
      description: `Unused time on ${times(charge.quantity, nameOf(price, ctx.state))} after ${date(unused.start)}`,
      quantity: charge.quantity,
      credits: creditedBy(charge, ctx.state),
      included,
    },
    ctx,
  )
}

/**
 * What discounts took off the unused time of a charge that still waits, negative: a discount for one invoice has it for
 * that invoice again. Reckoned from the charge's beginning, so that all of its parts add up to the whole.
 */
function givenBack({ invoiceItem }: ItemCharge, unused: Period, { state }: Context): DiscountAmount[] {
  const waiting = state.invoiceItems.get(invoiceItem ?? '')
  if (waiting?.invoice !== null) return []
  const { period, proration_details: details } = waiting
  const until = (amount: number, end: number) => shareOf(amount, { start: period.start, end }, period)
  return (details?.discount_amounts ?? []).flatMap(({ amount, discount }) => {
    const back = until(amount, unused.end) - until(amount, unused.start)
    return back > 0 ? { amount: -back, discount } : []
  })
}

/** Its discounts are in its amount already: https://docs.stripe.com/billing/subscriptions/prorations */
function prorationLine(subscription: Subscription, item: SubscriptionItem, period: Period) {
  return {
    ...plainLine(subscription, item, period),
    proration: true,
    discountable: false,
    discounts: [],
  }
}

/** What an item costs for a whole period, less its part of the discounts, which all items share in proportion. */
function costOf(subscription: Subscription, item: SubscriptionItem, ctx: Context) {
  const included = includedIn(pendingOf(subscription, ctx))
  const items = subscription.items.data.filter(({ price }) => !isMetered(price))
  const lines = items.map(({ price, quantity = 1, discounts }) => ({
    amount: amountOf(price, quantity),
    product: price.product,
    discountable: true,
    discounts: termsOfAll(discounts, included, ctx),
  }))
  const off = discountAmounts(lines, termsOfAll(subscription.discounts, included, ctx))
  const at = items.findIndex(({ id }) => id === item.id)
  const own = off[at] ?? []
  return { net: (lines[at]?.amount ?? 0) - own.reduce((sum, { amount }) => sum + amount, 0), off: own }
}

function termsOfAll(ids: readonly string[], included: readonly DiscountAmount[], ctx: Context): DiscountTerms[] {
  return activeOf(ids, ctx).map((discount) => termsOf(discount, ctx.state, included))
}

function activeOf(ids: readonly string[], { state, now }: Context): Discount[] {
  return ids.flatMap((id) => {
    const discount = state.discounts.get(id)
    return discount && isActive(discount, now) ? [discount] : []
  })
}
