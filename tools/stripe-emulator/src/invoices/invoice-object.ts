import type { Context } from '../context.ts'
import { wholeList } from '../http/list.ts'
import type { Customer, Invoice, InvoiceLine } from '../state/state.ts'
import type { NewInvoice } from './new-invoice.ts'

const hour = 3600

/** A draft whose sums nobody has reckoned yet. */
export function invoiceObject(
  given: NewInvoice,
  { id, currency, lines, discounts }: { id: string; currency: string; lines: InvoiceLine[]; discounts: string[] },
  ctx: Context,
): Invoice {
  const { customer, subscription } = given
  const finalizesAt = given.autoAdvance ? (given.finalizesAt ?? ctx.now + hour) : null
  return {
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
    automatically_finalizes_at: finalizesAt,
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
    discounts,
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
    next_payment_attempt: given.collectionMethod === 'charge_automatically' ? finalizesAt : null,
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

function dueDate({ collectionMethod, daysUntilDue, dueDate: given }: NewInvoice, { now }: Context): number | null {
  if (collectionMethod === 'charge_automatically') return null
  return given ?? now + (daysUntilDue ?? 0) * 24 * hour
}
