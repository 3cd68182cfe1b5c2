import { amountOf } from '../arithmetic/amounts.ts'
import type { Context } from '../context.ts'
import { createCustomer, findCustomer } from '../customers/customers.ts'
import { forkFor } from '../state/fork.ts'
import type {
  CheckoutOrder,
  CheckoutSession,
  Coupon,
  Customer,
  Invoice,
  InvoiceLine,
  LineItem,
  Subscription,
} from '../state/state.ts'
import { createSubscription } from '../subscriptions/create-subscription.ts'
import type { NewSubscription } from '../subscriptions/new-subscription.ts'
import {
  checkDiscounts,
  couponOf,
  discountsOf,
  isFirstOrder,
  quotedCustomer,
  reductions,
} from './checkout-discounts.ts'
import { isMetered, priceOf } from './line-items.ts'

/** What an order comes to, in minor units. */
export interface Quote {
  items: LineItem[]
  subtotal: number
  discount: number
  total: number
  /** What is taken now: the total less what the customer has in credit. */
  due: number
}

/**
 * What the order comes to if it is completed now. A subscription is not reckoned but tried in a world of its own, so
 * that the session says what its first invoice will say; what cannot be completed is refused there.
 */
export function quote(session: CheckoutSession, order: CheckoutOrder, ctx: Context): Quote {
  checkDiscounts(session, order, ctx)
  if (session.mode !== 'subscription') return quoteItems(session, order, ctx)
  const id = quotedCustomer(session, order)
  const fork = forkFor(id ?? '', ctx)
  const customer = id === null ? createCustomer({}, fork) : findCustomer(id, fork)
  const subscription = createSubscription(
    { ...subscriptionFor(session, order, { customer, method: null }, fork), paymentBehavior: 'default_incomplete' },
    fork,
  )
  const invoice = fork.state.invoices.get(subscription.latest_invoice ?? '') ?? null
  const lines = linesByItem(order, subscription, invoice)
  return {
    items: order.lineItems.map((item, at) => pricedBy(item, lines[at] ?? [])),
    subtotal: invoice?.subtotal ?? 0,
    discount: sum(invoice?.total_discount_amounts ?? []),
    total: invoice?.total ?? 0,
    due: invoice?.amount_due ?? 0,
  }
}

/** Writes into the session what it comes to now. */
export function applyQuote(session: CheckoutSession, order: CheckoutOrder, { items, ...amounts }: Quote): void {
  order.lineItems = items
  session.amount_subtotal = amounts.subtotal
  session.amount_total = amounts.total
  session.total_details = { amount_discount: amounts.discount, amount_shipping: 0, amount_tax: 0 }
}

/**
 * Whether it takes a card to complete the session. "When set to `if_required`, Checkout will not collect a payment
 * method when the total due for the session is 0": https://docs.stripe.com/payments/checkout/free-trials
 */
export function needsMethod({
  mode,
  amount_total: total,
  payment_method_collection: collection,
}: CheckoutSession): boolean {
  return mode === 'setup' || (total ?? 0) > 0 || (mode === 'subscription' && collection === 'always')
}

/** The subscription that completing the order makes. */
export function subscriptionFor(
  session: CheckoutSession,
  order: CheckoutOrder,
  { customer, method }: { customer: Customer; method: string | null },
  { now, state }: Context,
): NewSubscription {
  const { lineItems, subscription: given } = order
  const ordered = lineItems.map((item) => ({ price: priceOf(item), quantity: item.quantity ?? 1 }))
  const anchor =
    given.billingCycleAnchor !== null && given.billingCycleAnchor > now ? given.billingCycleAnchor : undefined
  return {
    customer,
    items: ordered
      .filter(({ price }) => price.recurring)
      .map(({ price, quantity }) => ({ price, quantity: isMetered(price) ? undefined : quantity })),
    addInvoiceItems: ordered.filter(({ price }) => !price.recurring),
    metadata: given.metadata,
    description: given.description,
    defaultPaymentMethod: method,
    trialEnd: trialEndOf(given, now),
    missingPaymentMethod: given.missingPaymentMethod ?? undefined,
    // "If a customer attempts payment after it has passed, Checkout displays and charges for the full period"
    // https://docs.stripe.com/payments/checkout/billing-cycle
    billingCycleAnchor: anchor ?? given.billingCycleAnchor ?? undefined,
    prorationBehavior: anchor === undefined ? undefined : given.prorationBehavior,
    firstTime: isFirstOrder(session, order, state),
    discounts: discountsOf(session),
  }
}

/** Seconds; null without a trial. */
export function trialEndOf({ trialDays, trialEnd }: CheckoutOrder['subscription'], now: number): number | null {
  return trialDays === null ? trialEnd : now + trialDays * 86_400
}

/** What the recurring items cost for a whole period, once by themselves and once with a discount that lasts. */
export function regularAmounts(
  session: CheckoutSession,
  { lineItems }: CheckoutOrder,
  { state }: Context,
): { full: number; discounted: number; coupon: Coupon | null } {
  const recurring = lineItems.filter((item) => priceOf(item).recurring && !isMetered(priceOf(item)))
  const full = sum(recurring.map((item) => ({ amount: amountOf(priceOf(item), item.quantity ?? 1) })))
  const coupon = couponOf(session, state)
  const lasting = coupon?.duration === 'once' ? null : coupon
  return { full, discounted: full - sum(reductions(recurring, lasting).flat()), coupon }
}

function quoteItems(session: CheckoutSession, { lineItems }: CheckoutOrder, { state }: Context): Quote {
  const taken = reductions(lineItems, couponOf(session, state)).map(sum)
  const items = lineItems.map((item, at) => priced(item, amountOf(priceOf(item), item.quantity ?? 1), taken[at] ?? 0))
  const [subtotal, discount] = [
    sum(items.map(({ amount_subtotal: amount }) => ({ amount }))),
    taken.reduce((total, amount) => total + amount, 0),
  ]
  return { items, subtotal, discount, total: subtotal - discount, due: subtotal - discount }
}

/**
 * The lines of the first invoice that each line item becomes: a recurring one those of its subscription item, one that
 * is charged once one of the last, which follow what has waited for an invoice.
 */
function linesByItem(
  { lineItems }: CheckoutOrder,
  subscription: Subscription,
  invoice: Invoice | null,
): InvoiceLine[][] {
  const lines = invoice?.lines.data ?? []
  const recurring = subscription.items.data.map(({ id }) => lines.filter((line) => itemOf(line) === id))
  const once = lines.filter((line) => itemOf(line) === null).slice(-countOnce(lineItems))
  return lineItems.map((item) => (priceOf(item).recurring ? recurring.shift() : once.splice(0, 1)) ?? [])
}

function countOnce(items: readonly LineItem[]): number {
  return items.filter((item) => !priceOf(item).recurring).length
}

function priced(item: LineItem, subtotal: number, discount: number): LineItem {
  return { ...item, amount_discount: discount, amount_subtotal: subtotal, amount_total: subtotal - discount }
}

function pricedBy(item: LineItem, lines: readonly InvoiceLine[]): LineItem {
  return priced(item, sum(lines), sum(lines.flatMap((line) => line.discount_amounts ?? [])))
}

function itemOf({ parent }: InvoiceLine): string | null {
  return parent?.subscription_item_details?.subscription_item ?? null
}

function sum(amounts: readonly { amount: number }[]): number {
  return amounts.reduce((total, { amount }) => total + amount, 0)
}
