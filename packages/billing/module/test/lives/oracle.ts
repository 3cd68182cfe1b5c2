import type Stripe from 'stripe'

/**
 * What the product has to know, read from Stripe's own objects by rules of its own: nothing here is the product's, so that
 * what the product has wrong is not wrong here as well. Times are ISO 8601, amounts minor units.
 */
export interface Truth {
  /** Seconds. */
  now: number
  subscriptions: Stripe.Subscription[]
  /** The one that counts. */
  current: Stripe.Subscription | undefined
  subscription: ExpectedSubscription | null
  invoices: ExpectedInvoice[]
  /** When the money of the subscription that counts did not come in for the first time, and still has not. Seconds. */
  failedSince: number | null
  /** Of each invoice of its that is still to be paid, the latest attempt to take the money: `in_… 2`. */
  failures: string[]
}

type Status = 'active' | 'trialing' | 'past_due' | 'unpaid' | 'incomplete' | 'canceled'

export interface ExpectedSubscription {
  stripeSubscriptionId: string
  planId: string
  status: Status
  interval: string
  seats: number
  minimumSeats: number
  unitAmount: number | null
  currency: string
  currentPeriodStart: string
  currentPeriodEnd: string
  trialEnd: string | null
  hasPaymentMethod: boolean
  cancelAtPeriodEnd: boolean
  scheduled: { planId: string; interval: string; seats: number; at: string } | null
  discount: { name: string; percentOff: number | null; amountOff: number | null; endsAt: string | null } | null
}

export interface ExpectedInvoice {
  stripeInvoiceId: string
  number: string | null
  status: string | null
  total: number
  amountDue: number
  refunded: number
  currency: string
  paidAt: string | null
  attempts: number
  hostedUrl: string | null
}

/** A subscription in one of these is paid for, or is to be. */
export const takesMoney = new Set(['active', 'trialing', 'past_due', 'unpaid', 'paused'])

const all = { limit: 10_000 }

export async function readTruth(stripe: Stripe, customerId: string, now: number): Promise<Truth> {
  const whose = { customer: customerId, limit: 100 }
  const [customer, begun, invoices, intents, refunds, events] = await Promise.all([
    stripe.customers.retrieve(customerId),
    stripe.subscriptions
      .list({ ...whose, status: 'all', expand: ['data.discounts.source.coupon'] })
      .autoPagingToArray(all),
    stripe.invoices.list(whose).autoPagingToArray(all),
    stripe.invoicePayments.list({ limit: 100 }).autoPagingToArray(all),
    stripe.refunds.list({ limit: 100 }).autoPagingToArray(all),
    stripe.events.list({ type: 'invoice.payment_failed', limit: 100 }).autoPagingToArray(all),
  ])
  // One that expired before it was paid for was nobody's plan.
  const subscriptions = begun.filter(({ status }) => status !== 'incomplete_expired')
  const current = currentOf(subscriptions)
  const refundedBy = sums(refunds, ({ payment_intent: intent, amount, status }) =>
    intent && status === 'succeeded' ? [idOf(intent), amount] : null,
  )
  const refundedOf = sums(intents, ({ invoice, payment }) =>
    payment.payment_intent ? [idOf(invoice), refundedBy.get(idOf(payment.payment_intent)) ?? 0] : null,
  )
  return {
    now,
    subscriptions,
    current,
    subscription: current ? await subscriptionOf(current, customer, stripe) : null,
    invoices: invoices.map((invoice) => invoiceOf(invoice, refundedOf.get(invoice.id) ?? 0)),
    failedSince: current ? failedSince(current, { invoices, events }) : null,
    failures: current ? failuresOf(current, invoices) : [],
  }
}

function sums<T>(items: readonly T[], of: (item: T) => [string, number] | null): Map<string, number> {
  const found = new Map<string, number>()
  for (const item of items) {
    const entry = of(item)
    if (entry) found.set(entry[0], (found.get(entry[0]) ?? 0) + entry[1])
  }
  return found
}

function currentOf(subscriptions: readonly Stripe.Subscription[]): Stripe.Subscription | undefined {
  const byRank: Status[] = ['active', 'trialing', 'past_due', 'unpaid', 'incomplete', 'canceled']
  // Stripe's list begins with the newest, so of equals the first.
  for (const rank of byRank) {
    const found = subscriptions.find(({ status }) => statusOf(status) === rank)
    if (found) return found
  }
  return undefined
}

function statusOf(status: string): Status {
  switch (status) {
    case 'active':
    case 'trialing':
    case 'past_due':
    case 'unpaid':
    case 'incomplete':
    case 'canceled':
      return status
    case 'paused':
      return 'unpaid'
    default:
      throw new Error(`Stripe has a status ${status}`)
  }
}

async function subscriptionOf(
  found: Stripe.Subscription,
  customer: Stripe.Customer | Stripe.DeletedCustomer,
  stripe: Stripe,
): Promise<ExpectedSubscription> {
  const item = seatItem(found)
  const minimum = Number(found.metadata.minimumSeats)
  const [discount] = found.discounts
  const card = customer.deleted ? null : customer.invoice_settings.default_payment_method
  return {
    stripeSubscriptionId: found.id,
    planId: planOf(item.price.product),
    status: statusOf(found.status),
    interval: String(item.price.recurring?.interval),
    seats: item.quantity ?? 1,
    minimumSeats: Number.isInteger(minimum) && minimum > 0 ? minimum : 1,
    unitAmount: item.price.unit_amount,
    currency: item.price.currency,
    currentPeriodStart: iso(item.current_period_start),
    currentPeriodEnd: iso(item.current_period_end),
    trialEnd: found.trial_end === null ? null : iso(found.trial_end),
    hasPaymentMethod: (found.default_payment_method ?? card) !== null,
    cancelAtPeriodEnd: found.cancel_at_period_end || found.cancel_at !== null,
    scheduled: found.schedule === null ? null : await nextPhase(found, item, stripe),
    discount: discount === undefined || typeof discount === 'string' ? null : discountOf(discount),
  }
}

/** The item of the seats: of what is metered there is no quantity. */
export function seatItem({ items }: Stripe.Subscription): Stripe.SubscriptionItem {
  const item = items.data.find(({ price }) => price.recurring?.usage_type === 'licensed')
  if (!item) throw new Error('A subscription without seats')
  return item
}

async function nextPhase(found: Stripe.Subscription, item: Stripe.SubscriptionItem, stripe: Stripe) {
  const { phases, status } = await stripe.subscriptionSchedules.retrieve(idOf(found.schedule ?? ''))
  // It ends with its subscription: what it had planned never comes.
  if (status !== 'active') return null
  const phase = phases.find(({ start_date: start }) => start >= item.current_period_end)
  if (!phase) return null
  for (const { price: reference, quantity } of phase.items) {
    const price = await stripe.prices.retrieve(idOf(reference))
    if (price.recurring?.usage_type !== 'licensed') continue
    return {
      planId: planOf(price.product),
      interval: price.recurring.interval,
      seats: quantity ?? 1,
      at: iso(phase.start_date),
    }
  }
  return null
}

function discountOf({ source, end }: Stripe.Discount): ExpectedSubscription['discount'] {
  const { coupon } = source
  if (coupon === null || typeof coupon === 'string') return null
  return {
    name: coupon.name ?? coupon.id,
    percentOff: coupon.percent_off,
    amountOff: coupon.amount_off,
    endsAt: end === null ? null : iso(end),
  }
}

function invoiceOf(invoice: Stripe.Invoice, refunded: number): ExpectedInvoice {
  const { paid_at: paidAt } = invoice.status_transitions
  return {
    stripeInvoiceId: invoice.id,
    number: invoice.number,
    status: invoice.status,
    total: invoice.total,
    amountDue: invoice.status === 'void' ? 0 : invoice.amount_remaining,
    refunded,
    currency: invoice.currency,
    paidAt: paidAt === null ? null : iso(paidAt),
    attempts: invoice.attempt_count,
    hostedUrl: invoice.hosted_invoice_url ?? null,
  }
}

/** By the events, which say when it was: an invoice itself only says how often. */
function failedSince(
  subscription: Stripe.Subscription,
  { invoices, events }: { invoices: readonly Stripe.Invoice[]; events: readonly Stripe.Event[] },
): number | null {
  const open = new Set(openOf(subscription, invoices).map(({ id }) => id))
  const failures = events.filter(({ data }) => open.has((data.object as { id: string }).id))
  return failures.length === 0 ? null : Math.min(...failures.map(({ created }) => created))
}

function failuresOf(subscription: Stripe.Subscription, invoices: readonly Stripe.Invoice[]): string[] {
  return openOf(subscription, invoices)
    .filter(({ attempt_count: attempts }) => attempts > 0)
    .map(({ id, attempt_count: attempts }) => `${id} ${attempts}`)
}

/** What somebody who does not pay has to pay. */
function openOf({ id, status }: Stripe.Subscription, invoices: readonly Stripe.Invoice[]): Stripe.Invoice[] {
  if (status !== 'past_due' && status !== 'unpaid') return []
  return invoices.filter(
    ({ status, parent }) => status === 'open' && idOf(parent?.subscription_details?.subscription ?? '') === id,
  )
}

function planOf(product: string | { id: string }): string {
  return idOf(product).replace('lightpress_', '')
}

function idOf(reference: string | { id: string }): string {
  return typeof reference === 'string' ? reference : reference.id
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}
