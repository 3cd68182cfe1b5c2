import type { Context } from '../context.ts'
import { creditBalance } from '../customers/balance.ts'
import { cancelPaymentIntent } from '../payments/payment-intents.ts'
import { ownedBy } from '../state/owners.ts'
import type { Invoice, Subscription } from '../state/state.ts'
import { invoiceSettled } from '../subscriptions/invoice-settled.ts'
import { intentOf, markPaid, paymentOf, setDelinquent } from './collection.ts'
import { changeInvoice, customerOf } from './draft.ts'

/** Ends an invoice as if it had never been; the balance that it took goes back to the customer. */
export function voidInvoice(invoice: Invoice, ctx: Context): void {
  changeInvoice(
    invoice,
    {
      ...atRest,
      status: 'void',
      status_transitions: { ...invoice.status_transitions, voided_at: ctx.now },
    },
    ctx,
  )
  cancelPayment(invoice, ctx)
  ctx.emit('invoice.voided', invoice)
  returnBalance(invoice, ctx)
  invoiceSettled(invoice, 'voided', ctx)
}

/** Writes it off; it can still be paid. */
export function markUncollectible(invoice: Invoice, ctx: Context): void {
  changeInvoice(
    invoice,
    {
      ...atRest,
      status: 'uncollectible',
      status_transitions: { ...invoice.status_transitions, marked_uncollectible_at: ctx.now },
    },
    ctx,
  )
  ctx.emit('invoice.marked_uncollectible', invoice)
  setDelinquent(invoice, false, ctx)
  invoiceSettled(invoice, 'uncollectible', ctx)
}

/** The money came some other way: nothing is charged. */
export function payOutOfBand(invoice: Invoice, ctx: Context): void {
  cancelPayment(invoice, ctx)
  invoice.amount_paid_off_stripe = invoice.amount_remaining
  invoice.attempted = true
  markPaid(invoice, ctx)
  invoiceSettled(invoice, 'paid', ctx)
}

/**
 * Leaves what a subscription still owes to be paid by whoever wants to: it is neither finalised nor charged by itself.
 * But for the last invoice, if that is still to come.
 */
export function stopCollection(subscription: Subscription, last: Invoice | null, ctx: Context): void {
  for (const invoice of ownedBy('invoices', subscription.customer, ctx.state)) {
    if (invoice === last || invoice.parent?.subscription_details?.subscription !== subscription.id) continue
    if (invoice.status === 'draft' || invoice.status === 'open') changeInvoice(invoice, atRest, ctx)
  }
}

const atRest = {
  auto_advance: false,
  automatically_finalizes_at: null,
  next_payment_attempt: null,
} satisfies Partial<Invoice>

function cancelPayment(invoice: Invoice, ctx: Context): void {
  const payment = paymentOf(invoice, ctx.state)
  const intent = intentOf(invoice, ctx.state)
  if (!payment) return
  payment.status = 'canceled'
  payment.status_transitions.canceled_at = ctx.now
  if (intent && intent.status !== 'canceled') cancelPaymentIntent(intent, 'void_invoice', ctx)
}

/** https://docs.stripe.com/changelog/2019-12-03/customer-balances-returned-voided-invoices */
function returnBalance(invoice: Invoice, ctx: Context): void {
  const customer = customerOf(invoice, ctx.state)
  const applied = invoice.starting_balance - (invoice.ending_balance ?? invoice.starting_balance)
  if (!customer || applied === 0) return
  const { currency, id } = invoice
  creditBalance(customer, { amount: applied, currency, invoice: id, type: 'unapplied_from_invoice' }, ctx)
}
