import { formatMoney } from '../arithmetic/money.ts'
import { largestCharge } from '../arithmetic/smallest-charge.ts'
import { useUp } from '../catalogue/discounts.ts'
import type { Context } from '../context.ts'
import { creditBalance } from '../customers/balance.ts'
import { invalidRequest, type ApiError } from '../http/errors.ts'
import { links } from '../links.ts'
import { copyOf } from '../state/copy.ts'
import type { Customer, Invoice, PaymentIntent } from '../state/state.ts'
import { correctCharges } from '../subscriptions/charges.ts'
import { invoiceSettled } from '../subscriptions/invoice-settled.ts'
import { markPaid, requestPayment, takePayment } from './collection.ts'
import { billedSubscription, changeInvoice, customerOf, reducing } from './draft.ts'
import { detailsOf } from './invoice-object.ts'
import { reckon, settlementOf } from './invoice-totals.ts'
import { updateUsage } from './usage-lines.ts'

/** Stripe waits an hour before it charges an invoice that was finalised by hand. */
const hour = 3600

/**
 * Gives the invoice its number, its page and what the balance leaves of it; from here on nothing in it changes but its
 * payment. What asks for nothing is paid. https://docs.stripe.com/invoicing/integration/workflow-transitions
 */
export function finalizeInvoice(invoice: Invoice, ctx: Context): void {
  reckonFinally(invoice, ctx)
  if (invoice.amount_due > largestCharge) return failFinalization(invoice, ctx)
  conclude(invoice, ctx)
  if (invoice.amount_due > 0) {
    requestPayment(invoice, ctx)
    ctx.emit('invoice.finalized', invoice)
  } else {
    settleWithout(invoice, ctx)
  }
}

/** Pays it with what was taken already, as a checkout does; one that is a draft still is finalised by that. */
export function settleWith(invoice: Invoice, intent: PaymentIntent, ctx: Context): void {
  if (invoice.status === 'draft') {
    reckonFinally(invoice, ctx)
    conclude(invoice, ctx)
    ctx.emit('invoice.finalized', invoice)
  }
  takePayment(invoice, intent, ctx)
}

/** Sends it to the customer, which needs it to be final. Nothing is mailed: the event is all there is. */
export function sendInvoice(invoice: Invoice, ctx: Context): void {
  if (invoice.status === 'draft') finalizeInvoice(invoice, ctx)
  if (invoice.status !== 'draft') ctx.emit('invoice.sent', invoice)
}

/** What would be due if the draft were finalised now. */
export function dueIfFinal(draft: Invoice, ctx: Context): number {
  const copy = copyOf(draft)
  reckonAnew(copy, ctx)
  return copy.amount_due
}

/** What kept it from being finalised, as an error to whoever asked for that. */
export function refusalToFinalize({ last_finalization_error: error }: Invoice): ApiError {
  return invalidRequest(error?.message ?? 'The invoice could not be finalized.', {
    ...(error?.code && { code: error.code }),
  })
}

/** The last look at what is used, taken off and owed. */
function reckonFinally(invoice: Invoice, ctx: Context): void {
  reckonAnew(invoice, ctx)
  useUp(reducing(invoice, ctx.state), ctx)
  const subscription = billedSubscription(invoice, ctx.state)
  if (subscription) correctCharges(subscription.id, invoice, ctx)
}

function reckonAnew(invoice: Invoice, ctx: Context): void {
  updateUsage(invoice, ctx)
  reckon(invoice, payerOf(invoice, ctx), ctx.state)
}

/** It stays a draft, to be mended and finalised by hand. https://docs.stripe.com/invoicing/integration/workflow-transitions */
function failFinalization(invoice: Invoice, ctx: Context): void {
  const most = formatMoney(largestCharge, invoice.currency)
  const message = `Amount must be no more than ${most} ${invoice.currency}`
  const changes = {
    automatically_finalizes_at: null,
    last_finalization_error: { code: 'amount_too_large', message, type: 'invalid_request_error' },
    next_payment_attempt: null,
  } as const
  changeInvoice(invoice, changes, ctx)
  ctx.emit('invoice.finalization_failed', invoice)
}

function conclude(invoice: Invoice, ctx: Context): void {
  const customer = payerOf(invoice, ctx)
  const sequence = customer.next_invoice_sequence ?? 1
  customer.next_invoice_sequence = sequence + 1
  Object.assign(invoice, {
    ...detailsOf(customer),
    automatically_finalizes_at: null,
    effective_at: invoice.effective_at ?? ctx.now,
    hosted_invoice_url: ctx.url(links.invoice(invoice.id)),
    invoice_pdf: ctx.url(links.invoicePdf(invoice.id)),
    last_finalization_error: null,
    number: invoice.number ?? `${customer.invoice_prefix ?? 'INV'}-${String(sequence).padStart(4, '0')}`,
    status: 'open',
    status_transitions: { ...invoice.status_transitions, finalized_at: ctx.now },
  } satisfies Partial<Invoice>)
  const charged = invoice.collection_method === 'charge_automatically' && invoice.auto_advance === true
  invoice.next_payment_attempt = charged && invoice.amount_due > 0 ? ctx.now + hour : null
  applyBalance(invoice, customer, ctx)
}

function payerOf(invoice: Invoice, { state }: Context): Customer {
  const customer = customerOf(invoice, state)
  if (!customer) throw new Error(`the customer of ${invoice.id} is gone`)
  return customer
}

/** https://docs.stripe.com/billing/customer/balance: a credit pays, a debit is paid with it, what is too small waits. */
function applyBalance(invoice: Invoice, customer: Customer, ctx: Context): void {
  const { balance, tooSmall } = settlementOf(invoice.total, customer.balance, invoice.currency)
  const about = { currency: invoice.currency, invoice: invoice.id }
  const applied = (tooSmall ? 0 : balance) - customer.balance
  if (applied !== 0) creditBalance(customer, { ...about, amount: applied, type: 'applied_to_invoice' }, ctx)
  if (tooSmall) creditBalance(customer, { ...about, amount: balance, type: 'invoice_too_small' }, ctx)
  invoice.ending_balance = balance
}

function settleWithout(invoice: Invoice, ctx: Context): void {
  ctx.emit('invoice.finalized', invoice)
  invoice.attempted = true
  markPaid(invoice, ctx)
  invoiceSettled(invoice, 'paid', ctx)
}
