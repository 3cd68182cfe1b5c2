import type { Due } from '../clocks/agenda.ts'
import type { Context } from '../context.ts'
import type { Invoice, PaymentIntent, State } from '../state/state.ts'
import { invoiceSettled } from '../subscriptions/invoice-settled.ts'
import { markUncollectible, voidInvoice } from './closing.ts'
import { afterFailure, attemptPayment, intentOf, methodOf, setDelinquent } from './collection.ts'
import { changeInvoice, customerOf, billedSubscription } from './draft.ts'
import { finalizeInvoice, sendInvoice } from './finalization.ts'

/** What time does to invoices: it finalises drafts, tries payments again, and notices what is overdue. */
export function* invoiceDues(state: State): Generator<Due> {
  for (const invoice of state.invoices.values()) {
    const due = dueOf(invoice, state)
    if (due && customerOf(invoice, state)) yield { customer: invoice.customer, ...due }
  }
}

function dueOf(invoice: Invoice, { invoiceRecords }: State): Omit<Due, 'customer'> | null {
  const { id, number, status, automatically_finalizes_at: finalizes, next_payment_attempt: attempt, due_date } = invoice
  if (status === 'draft' && finalizes !== null) {
    return { at: finalizes, what: `Invoice ${id} is finalised`, act: (ctx) => advance(invoice, ctx) }
  }
  if (status !== 'open') return null
  if (attempt !== null) {
    return { at: attempt, what: `Payment of ${number ?? id} is tried`, act: (ctx) => retry(invoice, ctx) }
  }
  if (due_date !== null && !invoiceRecords.get(id)?.toldOverdue) {
    return { at: due_date, what: `Invoice ${number ?? id} is due`, act: (ctx) => noticeOverdue(invoice, ctx) }
  }
  return null
}

/** https://docs.stripe.com/invoicing/integration/automatic-advancement-collection */
function advance(invoice: Invoice, ctx: Context): void {
  const pause = billedSubscription(invoice, ctx.state)?.pause_collection?.behavior
  finalizeInvoice(invoice, ctx)
  if (invoice.status !== 'open') return
  // https://docs.stripe.com/billing/subscriptions/pause-payment
  if (pause === 'void') voidInvoice(invoice, ctx)
  else if (pause === 'mark_uncollectible') markUncollectible(invoice, ctx)
  else if (invoice.collection_method === 'send_invoice') sendInvoice(invoice, ctx)
  else attemptPayment(invoice, { offSession: true }, ctx)
}

/**
 * An attempt of the schedule. Without a payment method, or while the bank has said for good that this one will not do,
 * it is counted but nothing is charged. https://docs.stripe.com/billing/revenue-recovery/smart-retries
 */
function retry(invoice: Invoice, ctx: Context): void {
  const method = methodOf(invoice, ctx.state)
  const scheduled = invoice.attempt_count > 0
  const hopeless = !method || isRefusedForGood(method.id, intentOf(invoice, ctx.state))
  if (!scheduled || !hopeless) {
    attemptPayment(invoice, { offSession: true, scheduled }, ctx)
    return
  }
  const { changes, exhausted } = afterFailure(invoice, true, ctx)
  changeInvoice(invoice, changes, ctx)
  if (exhausted) invoiceSettled(invoice, 'retries_exhausted', ctx)
}

/** https://docs.stripe.com/billing/revenue-recovery/smart-retries#non-retryable-decline-codes */
const hardDeclines = new Set([
  'authentication_required',
  'highest_risk_level',
  'incorrect_number',
  'lost_card',
  'pickup_card',
  'revocation_of_all_authorizations',
  'revocation_of_authorization',
  'stolen_card',
  'transaction_not_allowed',
])

/** Whether the bank has said that this payment method will never do. */
export function isRefusedForGood(method: string, intent: PaymentIntent | null): boolean {
  const error = intent?.last_payment_error
  return error?.payment_method?.id === method && hardDeclines.has(error.decline_code ?? '')
}

/** The moment for which an invoice that was sent asked for its payment has passed. */
function noticeOverdue(invoice: Invoice, ctx: Context): void {
  ctx.state.invoiceRecords.set(invoice.id, { customer: invoice.customer, toldOverdue: true })
  ctx.emit('invoice.overdue', invoice)
  setDelinquent(invoice, true, ctx)
  invoiceSettled(invoice, 'failed', ctx)
}
