import { isActive, useUp } from '../catalogue/discounts.ts'
import type { Context } from '../context.ts'
import { updateCustomer } from '../customers/customers.ts'
import { wholeList } from '../http/list.ts'
import { newId } from '../ids.ts'
import { copyOf } from '../state/copy.ts'
import type { Customer, Invoice, State, Subscription } from '../state/state.ts'
import { applyChanges } from '../webhooks/events.ts'
import { pendingItems, subscriptionOfItem } from './invoice-items.ts'
import { lineOf, lineOfItem } from './invoice-lines.ts'
import { reckon } from './invoice-totals.ts'
import type { NewInvoice } from './new-invoice.ts'

const hour = 3600

/** Makes an invoice that can still be changed, of the lines that are given and of what waits for the next invoice. */
export function draftInvoice(given: NewInvoice, ctx: Context): Invoice {
  const { customer, subscription } = given
  const id = given.id ?? newId('in')
  const currency = given.currency ?? subscription?.currency ?? given.lines[0]?.currency ?? customer.currency ?? 'usd'
  const waiting = given.pending === 'leave' ? [] : pendingItems({ customer, subscription, currency }, ctx.state)
  const pending = given.pending === 'own' ? waiting.filter((item) => subscriptionOfItem(item) !== null) : waiting
  const lines = [...pending.map((item) => lineOfItem(item, ctx)), ...given.lines].map((line) => lineOf(line, id))
  const invoice: Invoice = {
    id,
    object: 'invoice',
    account_country: 'US',
    account_name: 'Stripe stand-in',
    account_tax_ids: null,
    amount_due: 0,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: given.autoAdvance,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: given.autoAdvance ? (given.finalizesAt ?? ctx.now + hour) : null,
    billing_reason: given.reason,
    collection_method: given.collectionMethod,
    created: ctx.now,
    currency,
    custom_fields: null,
    customer: customer.id,
    customer_account: null,
    ...detailsOf(customer),
    customer_tax_ids: [],
    default_payment_method: given.defaultPaymentMethod ?? null,
    default_source: null,
    default_tax_rates: [],
    description: given.description ?? null,
    discounts: given.discounts ?? inheritedDiscounts(subscription, customer, ctx),
    due_date: dueDate(given, ctx),
    effective_at: null,
    ending_balance: null,
    footer: given.footer ?? null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: wholeList(lines, `/v1/invoices/${id}/lines`),
    livemode: false,
    metadata: { ...given.metadata },
    next_payment_attempt: null,
    number: given.number ?? null,
    on_behalf_of: null,
    parent: subscription && {
      quote_details: null,
      subscription_details: { metadata: { ...subscription.metadata }, subscription: subscription.id },
      type: 'subscription_details',
    },
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: given.period.end,
    period_start: given.period.start,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal: 0,
    subtotal_excluding_tax: 0,
    test_clock: customer.test_clock ?? null,
    total: 0,
    total_discount_amounts: [],
    total_excluding_tax: 0,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
  }
  if (invoice.collection_method === 'charge_automatically') {
    invoice.next_payment_attempt = invoice.automatically_finalizes_at
  }
  reckon(invoice, customer, ctx.state)
  ctx.state.invoices.set(id, invoice)
  for (const item of pending) item.invoice = id
  if (customer.currency === null) updateCustomer(customer, { currency }, ctx)
  ctx.emit('invoice.created', invoice)
  useUp(reducing(invoice, ctx.state), ctx)
  return invoice
}

/** Sets what is given and tells what differs. */
export function changeInvoice(
  invoice: Invoice,
  changes: { [Key in keyof Invoice]?: Invoice[Key] | undefined },
  ctx: Context,
): void {
  const previous = applyChanges(invoice, changes)
  if (previous) ctx.emit('invoice.updated', invoice, previous)
}

/** Gives a draft other lines, or anything else that its sums depend on, and tells what differs. */
export function recompose(invoice: Invoice, change: (invoice: Invoice) => void, ctx: Context): void {
  const before = copyOf(invoice)
  change(invoice)
  const customer = customerOf(invoice, ctx.state)
  if (customer) reckon(invoice, customer, ctx.state)
  const previous = applyChanges(before, invoice)
  if (previous) ctx.emit('invoice.updated', invoice, previous)
}

/** What an invoice says of its customer, which follows them until it is finalised. */
export function detailsOf(customer: Customer) {
  return {
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: customer.shipping,
    customer_tax_exempt: 'none',
  } satisfies Partial<Invoice>
}

export function billedSubscription({ parent }: Invoice, state: State): Subscription | null {
  return state.subscriptions.get(parent?.subscription_details?.subscription ?? '') ?? null
}

export function customerOf(invoice: Invoice, { customers }: State): Customer | null {
  const customer = customers.get(invoice.customer ?? '')
  return customer && customer.deleted !== true ? customer : null
}

/** https://docs.stripe.com/billing/subscriptions/coupons: a subscription's own discounts replace the customer's. */
function inheritedDiscounts(subscription: Subscription | null, customer: Customer, { state, now }: Context): string[] {
  const own = (subscription?.discounts ?? []).filter((id) => {
    const discount = state.discounts.get(id)
    return discount !== undefined && isActive(discount, now)
  })
  if (own.length > 0) return own
  return customer.discount && isActive(customer.discount, now) ? [customer.discount.id] : []
}

function dueDate({ collectionMethod, daysUntilDue, dueDate: given }: NewInvoice, { now }: Context): number | null {
  if (collectionMethod === 'charge_automatically') return null
  return given ?? now + (daysUntilDue ?? 0) * 24 * hour
}

/** The discounts of others that take something off it: a trial that costs nothing uses none up. */
function reducing({ total_discount_amounts: amounts }: Invoice, { discounts }: State): string[] {
  const taken = (amounts ?? []).filter(({ amount }) => amount > 0).map(({ discount }) => discount)
  return taken.filter((id) => discounts.get(id)?.invoice === null)
}
