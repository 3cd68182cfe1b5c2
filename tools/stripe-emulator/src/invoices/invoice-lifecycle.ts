import type { Context } from '../context.ts'
import { wholeList } from '../http/list.ts'
import { newId } from '../ids.ts'
import { links } from '../links.ts'
import { formatMoney } from '../arithmetic/money.ts'
import type {
  Customer,
  Invoice,
  InvoiceLine,
  InvoicePayment,
  PaymentIntent,
  Subscription,
  SubscriptionItem,
} from '../state/state.ts'
import { recurringOf } from '../subscriptions/subscription-object.ts'

/** The draft of the first invoice of a subscription. Its trial costs nothing, and the invoice says so. */
export function createFirstInvoice(
  { id, subscription, customer }: { id: string; subscription: Subscription; customer: Customer },
  ctx: Context,
): Invoice {
  const lines = subscription.items.data.map((item) => lineOf(item, { invoice: id, subscription }, ctx))
  const total = lines.reduce((sum, line) => sum + line.amount, 0)
  const invoice: Invoice = {
    id,
    object: 'invoice',
    account_country: 'US',
    account_name: 'Stripe stand-in',
    account_tax_ids: null,
    amount_due: total,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: total,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: false,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: null,
    billing_reason: 'subscription_create',
    collection_method: 'charge_automatically',
    created: ctx.now,
    currency: subscription.currency,
    custom_fields: null,
    customer: customer.id,
    customer_account: null,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: null,
    customer_tax_exempt: 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: wholeList(lines, `/v1/invoices/${id}/lines`),
    livemode: false,
    metadata: {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: {
      quote_details: null,
      subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
      type: 'subscription_details',
    },
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: ctx.now,
    period_start: ctx.now,
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
    subtotal: total,
    subtotal_excluding_tax: total,
    test_clock: null,
    total,
    total_discount_amounts: [],
    total_excluding_tax: total,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
  }
  ctx.state.invoices.set(id, invoice)
  ctx.emit('invoice.created', invoice)
  return invoice
}

/** Gives the invoice its number and its page; from here on nothing in it changes but its payment. */
export function finalizeInvoice(invoice: Invoice, customer: Customer, ctx: Context): void {
  const sequence = customer.next_invoice_sequence ?? 1
  customer.next_invoice_sequence = sequence + 1
  invoice.number = `${customer.invoice_prefix ?? 'INV'}-${String(sequence).padStart(4, '0')}`
  invoice.status = 'open'
  invoice.effective_at = ctx.now
  invoice.ending_balance = 0
  invoice.hosted_invoice_url = ctx.url(links.invoice(invoice.id))
  invoice.status_transitions.finalized_at = ctx.now
  ctx.emit('invoice.finalized', invoice)
}

/** Marks it paid, by a payment that has succeeded or, when nothing is due, by none. */
export function markPaid(invoice: Invoice, intent: PaymentIntent | null, ctx: Context): void {
  if (intent) recordPayment(invoice, intent, ctx)
  invoice.status = 'paid'
  invoice.attempted = true
  invoice.attempt_count = intent ? 1 : 0
  invoice.amount_paid = invoice.amount_due
  invoice.amount_remaining = 0
  invoice.status_transitions.paid_at = ctx.now
  ctx.emit('invoice.paid', invoice)
  ctx.emit('invoice.payment_succeeded', invoice)
}

function recordPayment(invoice: Invoice, intent: PaymentIntent, ctx: Context): void {
  const payment: InvoicePayment = {
    id: newId('inpay'),
    object: 'invoice_payment',
    amount_paid: intent.amount_received,
    amount_requested: intent.amount,
    created: ctx.now,
    currency: intent.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: intent.id, type: 'payment_intent' },
    status: 'paid',
    status_transitions: { canceled_at: null, paid_at: ctx.now },
  }
  ctx.state.invoicePayments.set(payment.id, payment)
  ctx.emit('invoice_payment.paid', payment)
}

function lineOf(
  item: SubscriptionItem,
  { invoice, subscription }: { invoice: string; subscription: Subscription },
  ctx: Context,
): InvoiceLine {
  const { price, quantity = 1 } = item
  const trial = subscription.status === 'trialing'
  const amount = trial ? 0 : (price.unit_amount ?? 0) * quantity
  const name = ctx.state.products.get(price.product)?.name ?? price.product
  return {
    id: newId('il'),
    object: 'line_item',
    amount,
    currency: price.currency,
    description: trial ? `Trial period for ${name}` : `${quantity} × ${name} (at ${rate(item)})`,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice,
    livemode: false,
    metadata: subscription.metadata,
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: { credited_items: null },
        subscription: subscription.id,
        subscription_item: item.id,
      },
      type: 'subscription_item_details',
    },
    period: { end: item.current_period_end, start: item.current_period_start },
    pretax_credit_amounts: [],
    pricing: {
      price_details: { price: price.id, product: price.product },
      type: 'price_details',
      unit_amount_decimal: trial ? '0' : price.unit_amount_decimal,
    },
    quantity,
    quantity_decimal: String(quantity),
    subscription: subscription.id,
    subtotal: amount,
    taxes: [],
  }
}

function rate({ price }: SubscriptionItem): string {
  const { interval, interval_count: count } = recurringOf(price)
  const every = count === 1 ? `/ ${interval}` : `every ${count} ${interval}s`
  return `${formatMoney(price.unit_amount ?? 0, price.currency)} ${every}`
}
