import type { Context } from '../context.ts'
import { creditBalance } from '../customers/balance.ts'
import { updateCustomer } from '../customers/customers.ts'
import { newId } from '../ids.ts'
import { confirmPaymentIntent, createPaymentIntent } from '../payments/payment-intents.ts'
import { defaultMethodOf } from '../payments/payment-methods.ts'
import { ownedBy } from '../state/owners.ts'
import { settingsOf } from '../state/settings.ts'
import type { Invoice, InvoicePayment, PaymentIntent, PaymentMethod, State } from '../state/state.ts'
import { invoiceSettled } from '../subscriptions/invoice-settled.ts'
import { applyChanges } from '../webhooks/events.ts'
import { voidInvoice } from './closing.ts'
import { changeInvoice, customerOf, billedSubscription } from './draft.ts'

export type Outcome = 'paid' | 'failed' | 'requires_action'

interface Attempt {
  /** The payment method; without it the invoice's, the subscription's or the customer's own. */
  method?: PaymentMethod | undefined
  /** Whether nobody is there who could answer the bank. */
  offSession: boolean
  /** Whether the retry schedule asks for it: only such attempts are counted after the first. */
  scheduled?: boolean | undefined
}

/** Tries to take what an open invoice asks for, and tells its subscription what came of it. */
export function attemptPayment(invoice: Invoice, attempt: Attempt, ctx: Context): Outcome {
  const method = attempt.method ?? methodOf(invoice, ctx.state)
  const intent = intentOf(invoice, ctx.state) ?? requestPayment(invoice, ctx)
  if (method) confirmPaymentIntent(intent, { method, offSession: attempt.offSession }, ctx)
  return conclude(invoice, { intent, scheduled: attempt.scheduled ?? false }, ctx)
}

/** A payment that belongs to an invoice was confirmed, answered at the bank or cancelled elsewhere. */
export function intentChanged(intent: PaymentIntent, ctx: Context): void {
  const invoice = ctx.state.invoices.get(paymentBy(intent, ctx.state)?.invoice ?? '')
  if (invoice?.status !== 'open' && invoice?.status !== 'uncollectible') return
  const failed = intent.status === 'requires_payment_method' && intent.last_payment_error !== null
  if (intent.status === 'canceled') voidInvoice(invoice, ctx)
  else if (failed || intent.status === 'succeeded' || intent.status === 'requires_action') {
    conclude(invoice, { intent, scheduled: false }, ctx)
  }
}

/** Asks for what is due: the payment that the customer, or time, will confirm. */
export function requestPayment(invoice: Invoice, ctx: Context): PaymentIntent {
  const intent = createPaymentIntent(
    {
      amount: invoice.amount_remaining,
      currency: invoice.currency,
      customer: invoice.customer,
      description: descriptionOf(invoice),
      offSession: true,
      // A card that pays for a subscription is kept for what follows.
      setupFutureUsage: billedSubscription(invoice, ctx.state) ? 'off_session' : null,
    },
    ctx,
  )
  keepPayment(invoice, intent, ctx)
  return intent
}

/** Takes a payment that has succeeded; what is more than was due becomes credit. */
export function takePayment(invoice: Invoice, intent: PaymentIntent, ctx: Context): void {
  const payment = paymentBy(intent, ctx.state) ?? keepPayment(invoice, intent, ctx)
  const received = intent.amount_received
  if (received < invoice.amount_remaining) throw new Error(`${intent.id} does not cover what ${invoice.id} asks for`)
  Object.assign(payment, {
    amount_paid: received,
    status: 'paid',
    status_transitions: { ...payment.status_transitions, paid_at: ctx.now },
  } satisfies Partial<InvoicePayment>)
  ctx.emit('invoice_payment.paid', payment)
  invoice.amount_overpaid = received - invoice.amount_remaining
  invoice.attempted = true
  invoice.attempt_count = Math.max(1, invoice.attempt_count)
  markPaid(invoice, ctx)
  creditOverpayment(invoice, ctx)
  invoiceSettled(invoice, 'paid', ctx)
}

/** Tells that nothing is left to pay. */
export function markPaid(invoice: Invoice, ctx: Context): void {
  changeInvoice(
    invoice,
    {
      amount_paid: invoice.amount_due,
      amount_remaining: 0,
      auto_advance: false,
      next_payment_attempt: null,
      status: 'paid',
      status_transitions: { ...invoice.status_transitions, paid_at: ctx.now },
    },
    ctx,
  )
  ctx.emit('invoice.paid', invoice)
  ctx.emit('invoice.payment_succeeded', invoice)
  setDelinquent(invoice, false, ctx)
}

/** The payment that an invoice waits for, or that paid it. */
export function intentOf(invoice: Invoice, state: State): PaymentIntent | null {
  const payment = paymentOf(invoice, state)
  return state.paymentIntents.get(payment?.payment.payment_intent ?? '') ?? null
}

/** What a page of the product confirms the payment with. */
export function confirmationOf(invoice: Invoice, state: State): NonNullable<Invoice['confirmation_secret']> | null {
  const secret = intentOf(invoice, state)?.client_secret
  return typeof secret === 'string' ? { client_secret: secret, type: 'payment_intent' } : null
}

/** The one payment of an invoice that was not cancelled. */
export function paymentOf({ id, customer }: Invoice, state: State): InvoicePayment | null {
  const payments = ownedBy('invoicePayments', customer ?? '', state)
  return payments.find(({ invoice, status }) => invoice === id && status !== 'canceled') ?? null
}

/** What would be charged: https://docs.stripe.com/billing/subscriptions/payment-methods-setting#payment-method-priority */
export function methodOf(invoice: Invoice, state: State): PaymentMethod | null {
  const customer = customerOf(invoice, state)
  if (!customer) return null
  return (
    state.paymentMethods.get(invoice.default_payment_method ?? '') ??
    defaultMethodOf(customer, billedSubscription(invoice, state), state)
  )
}

/** Whether the latest that happened to any invoice is bad: https://docs.stripe.com/api/customers/object#customer_object-delinquent */
export function setDelinquent(invoice: Invoice, delinquent: boolean, ctx: Context): void {
  const customer = customerOf(invoice, ctx.state)
  if (customer) updateCustomer(customer, { delinquent }, ctx)
}

/** https://docs.stripe.com/billing/subscriptions/event-destinations: what failed is told, then what it changed. */
function noteFailure(
  invoice: Invoice,
  { outcome, scheduled }: { outcome: Exclude<Outcome, 'paid'>; scheduled: boolean },
  ctx: Context,
): void {
  const { changes, exhausted } = afterFailure(invoice, scheduled, ctx)
  const previous = applyChanges(invoice, changes)
  if (outcome === 'requires_action') ctx.emit('invoice.payment_action_required', invoice)
  ctx.emit('invoice.payment_failed', invoice)
  if (previous) ctx.emit('invoice.updated', invoice, previous)
  setDelinquent(invoice, true, ctx)
  invoiceSettled(invoice, outcome, ctx)
  if (exhausted) invoiceSettled(invoice, 'retries_exhausted', ctx)
}

/**
 * Every first attempt counts, and after it those of the retry schedule; one that a person makes in between leaves the
 * schedule as it is. https://docs.stripe.com/api/invoices/object#invoice_object-attempt_count
 */
export function afterFailure(
  { attempt_count: before, auto_advance: advances, collection_method: collection }: Invoice,
  scheduled: boolean,
  { state, now }: Context,
): { changes: Partial<Invoice>; exhausted: boolean } {
  if (!scheduled && before > 0) return { changes: {}, exhausted: false }
  const attempt_count = before + 1
  const retried = advances === true && collection === 'charge_automatically'
  const days = settingsOf(state).retries.days[before]
  const next_payment_attempt = retried && days !== undefined ? now + days * 86_400 : null
  const exhausted = retried && days === undefined
  return {
    changes: { attempt_count, attempted: true, next_payment_attempt, ...(exhausted && { auto_advance: false }) },
    exhausted,
  }
}

function conclude(
  invoice: Invoice,
  { intent, scheduled }: { intent: PaymentIntent; scheduled: boolean },
  ctx: Context,
): Outcome {
  if (intent.status === 'succeeded') {
    if (scheduled) invoice.attempt_count += 1
    takePayment(invoice, intent, ctx)
    return 'paid'
  }
  const outcome = needsPerson(intent) ? 'requires_action' : 'failed'
  noteFailure(invoice, { outcome, scheduled }, ctx)
  return outcome
}

/** Whether the bank wants to hear from the holder, who may not have been there to ask. */
function needsPerson({ status, last_payment_error: error }: PaymentIntent): boolean {
  return status === 'requires_action' || error?.code === 'authentication_required'
}

function keepPayment(invoice: Invoice, intent: PaymentIntent, ctx: Context): InvoicePayment {
  const payment: InvoicePayment = {
    id: newId('inpay'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: intent.amount,
    created: ctx.now,
    currency: intent.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: intent.id, type: 'payment_intent' },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  }
  ctx.state.invoicePayments.set(payment.id, payment)
  return payment
}

function paymentBy({ id, customer }: PaymentIntent, state: State): InvoicePayment | null {
  const payments = ownedBy('invoicePayments', customer ?? '', state)
  return payments.find(({ payment }) => payment.payment_intent === id) ?? null
}

function creditOverpayment({ amount_overpaid: amount, currency, id, customer: holder }: Invoice, ctx: Context): void {
  const customer = ctx.state.customers.get(holder ?? '')
  if (amount === 0 || !customer || customer.deleted === true) return
  creditBalance(customer, { amount: -amount, currency, invoice: id, type: 'invoice_overpaid' }, ctx)
}

function descriptionOf({ billing_reason: reason }: Invoice): string {
  if (reason === 'subscription_create') return 'Subscription creation'
  return reason === 'manual' ? 'Payment for Invoice' : 'Subscription update'
}
