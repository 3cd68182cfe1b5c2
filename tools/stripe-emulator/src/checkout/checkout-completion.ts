import type { Context } from '../context.ts'
import { newId } from '../ids.ts'
import { createCustomer, findCustomer, updateCustomer } from '../customers/customers.ts'
import { createFirstInvoice, finalizeInvoice, markPaid } from '../invoices/invoice-lifecycle.ts'
import { confirmPaymentIntent, createPaymentIntent } from '../payments/payment-intents.ts'
import { attachPaymentMethod, createCard } from '../payments/payment-methods.ts'
import { createSubscription, updateSubscription } from '../subscriptions/subscription-lifecycle.ts'
import type { CheckoutOrder, CheckoutSession, Customer, PaymentIntent, PaymentMethod } from '../state/state.ts'
import { behaviourOf, type CardDetails, type Decline } from '../payments/test-cards.ts'

export interface Payer {
  email: string
  name: string | null
  card: CardDetails
}

/**
 * What happens when the person presses the button: the bank is asked, and on its yes everything comes into being at
 * once, in the order in which Stripe tells it. On its no the session stays open for another card.
 */
export function completeCheckout(session: CheckoutSession, payer: Payer, ctx: Context): Decline | null {
  const order = ctx.state.checkoutOrders.get(session.id)
  if (!order) throw new Error(`checkout session ${session.id} has no order`)
  const method = createCard(payer.card, payer, ctx)
  const { decline } = behaviourOf(payer.card.number)
  if (decline) {
    refuse(session, order, method, ctx)
    return decline
  }
  const customer = customerOf(session, { method, payer }, ctx)
  subscribe(session, order, { customer, method }, ctx)
  finish(session, payer, ctx)
  return null
}

function refuse(session: CheckoutSession, order: CheckoutOrder, method: PaymentMethod, ctx: Context): void {
  // A trial takes no money today, so there is no payment to fail: the card is just not accepted.
  if (order.subscription.trialDays !== null) return
  confirmPaymentIntent(paymentOf(session, order, ctx), { method, offSession: false }, ctx)
}

function subscribe(
  session: CheckoutSession,
  order: CheckoutOrder,
  { customer, method }: { customer: Customer; method: PaymentMethod },
  ctx: Context,
): void {
  const invoiceId = newId('in')
  const subscription = createSubscription(
    {
      ...order.subscription,
      customer: customer.id,
      paymentMethod: method.id,
      latestInvoice: invoiceId,
      items: order.lineItems.map(({ price, quantity }) => {
        if (!price) throw new Error(`a line item of ${session.id} has no price`)
        return { price, quantity: quantity ?? 1 }
      }),
    },
    ctx,
  )
  const invoice = createFirstInvoice({ id: invoiceId, subscription, customer }, ctx)
  finalizeInvoice(invoice, customer, ctx)
  const intent = invoice.amount_due > 0 ? paymentOf(session, order, ctx) : null
  if (intent) {
    intent.customer = customer.id
    confirmPaymentIntent(intent, { method, offSession: false }, ctx)
  }
  markPaid(invoice, intent, ctx)
  if (subscription.status === 'incomplete') updateSubscription(subscription, { status: 'active' }, ctx)
  session.subscription = subscription.id
  session.invoice = invoice.id
}

function finish(session: CheckoutSession, payer: Payer, ctx: Context): void {
  const paid = session.amount_total !== null && session.amount_total > 0
  session.status = 'complete'
  session.payment_status = paid ? 'paid' : 'no_payment_required'
  session.url = null
  session.customer_details = {
    address: null,
    business_name: null,
    email: payer.email,
    individual_name: null,
    name: payer.name,
    phone: null,
    tax_exempt: 'none',
    tax_ids: [],
  }
  ctx.emit('checkout.session.completed', session)
}

function customerOf(
  session: CheckoutSession,
  { method, payer: { email, name } }: { method: PaymentMethod; payer: Payer },
  ctx: Context,
): Customer {
  const { currency } = session
  const customer =
    session.customer === null ? createCustomer({ email, name }, ctx) : findCustomer(session.customer, ctx)
  session.customer = customer.id
  attachPaymentMethod(method, customer.id, ctx)
  return updateCustomer(customer, { currency, email: customer.email ?? email, name: customer.name ?? name }, ctx)
}

/** The session's payment: the one that was declined before, if there is one. */
function paymentOf(session: CheckoutSession, order: CheckoutOrder, ctx: Context): PaymentIntent {
  const earlier = ctx.state.paymentIntents.get(order.paymentIntent ?? '')
  if (earlier) return earlier
  const { amount_total: amount, currency, customer } = session
  const intent = createPaymentIntent(
    {
      amount: amount ?? 0,
      currency: currency ?? 'usd',
      customer,
      description: 'Subscription creation',
      offSession: false,
    },
    ctx,
  )
  order.paymentIntent = intent.id
  return intent
}
