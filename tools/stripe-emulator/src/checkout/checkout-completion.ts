import { onClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { createCustomer, findCustomer, updateCustomer } from '../customers/customers.ts'
import { links } from '../links.ts'
import { confirmPaymentIntent } from '../payments/payment-intents.ts'
import { createCard } from '../payments/payment-methods.ts'
import { createRefund } from '../payments/refunds.ts'
import { confirmSetupIntent } from '../payments/setup-intents.ts'
import type { CardDetails } from '../payments/test-cards.ts'
import type {
  CheckoutOrder,
  CheckoutSession,
  Customer,
  PaymentIntent,
  PaymentMethod,
  SetupIntent,
} from '../state/state.ts'
import { createSubscription } from '../subscriptions/create-subscription.ts'
import { orderOf } from './find-session.ts'
import { mayHaveDiscounts, redeemDiscounts } from './checkout-discounts.ts'
import { bankOf, failureOf, forsakePayment, paymentOf, setupOf } from './checkout-intents.ts'
import { applyQuote, quote, subscriptionFor } from './checkout-quote.ts'
import { customerDetails } from './new-session.ts'

export interface Payer {
  email: string
  name: string | null
  /** A card that was typed in, one that is saved already, or none where none is needed. */
  method: { card: CardDetails; keep: boolean } | { saved: PaymentMethod } | null
}

/** How an attempt went: the bank may say no, or want to hear from the holder first. */
export type Outcome =
  { status: 'complete' } | { status: 'declined'; message: string } | { status: 'authenticate'; url: string }

/**
 * What happens when the person presses the button. The bank is asked first; on its yes everything else comes into being
 * at once, and until then there is no subscription and no invoice:
 * https://docs.stripe.com/changelog/basil/2025-03-31/checkout-legacy-subscription-upgrade
 */
export function completeCheckout(session: CheckoutSession, payer: Payer, ctx: Context): Outcome {
  const order = orderOf(session, ctx)
  const quoted = session.mode === 'setup' ? null : quote(session, order, ctx)
  if (quoted) applyQuote(session, order, quoted)
  const customer = customerFor(session, order, payer, ctx)
  const method = methodOf(order, payer, ctx)
  order.attempt = { email: payer.email, name: payer.name, paymentMethod: method?.id ?? null, at: ctx.now }
  const returnUrl = ctx.url(`${links.checkout(session.id)}/return`)
  if (method && quoted && quoted.due > 0) {
    const keep = payer.method !== null && 'keep' in payer.method && payer.method.keep
    const intent = paymentOf(session, order, { amount: quoted.due, customer, keep }, ctx)
    confirmPaymentIntent(intent, { method, offSession: false, returnUrl }, ctx)
    return proceed(session, intent, ctx)
  }
  forsakePayment(order, ctx)
  if (!method) return complete(session, null, ctx)
  const setup = setupOf(session, order, customer, ctx)
  confirmSetupIntent(setup, { method, returnUrl }, ctx)
  return proceed(session, setup, ctx)
}

/**
 * Goes on with the session whose payment or setup this is, if one waits for it: the holder has answered the bank, and
 * perhaps never comes back to the page.
 */
export function checkoutIntentChanged(intent: PaymentIntent | SetupIntent, ctx: Context): void {
  for (const session of ctx.state.checkoutSessions.values()) {
    if (session.status !== 'open') continue
    const { attempt, paymentIntent, setupIntent } = orderOf(session, ctx)
    if (attempt && [paymentIntent, setupIntent].includes(intent.id)) proceed(session, intent, ctx)
  }
}

function proceed(session: CheckoutSession, intent: PaymentIntent | SetupIntent, ctx: Context): Outcome {
  if (intent.status === 'succeeded') return complete(session, intent, ctx)
  if (intent.status === 'requires_action') return { status: 'authenticate', url: bankOf(session, intent) }
  return declined(intent)
}

function complete(session: CheckoutSession, intent: PaymentIntent | SetupIntent | null, requestCtx: Context): Outcome {
  const order = orderOf(session, requestCtx)
  const ctx = onClockOf(session.customer ?? order.customer, requestCtx)
  const { attempt } = order
  if (!attempt) throw new Error(`nobody has tried to complete ${session.id}`)
  if (intent && !mayHaveDiscounts(session, order, ctx)) return giveBack(intent, ctx)
  session.customer ??= order.customer
  const customer = session.customer === null ? null : introduce(findCustomer(session.customer, ctx), order, ctx)
  const payment = intent?.object === 'payment_intent' ? intent : null
  if (session.mode === 'subscription' && customer) subscribe(session, order, { customer, payment }, ctx)
  if (session.mode === 'payment') redeemDiscounts(session, order, ctx)
  session.status = 'complete'
  session.payment_status = payment ? 'paid' : 'no_payment_required'
  session.url = null
  session.customer_details = customerDetails(customer?.email ?? attempt.email, attempt.name ?? customer?.name ?? null)
  order.attempt = null
  ctx.emit('checkout.session.completed', session)
  return { status: 'complete' }
}

function subscribe(
  session: CheckoutSession,
  order: CheckoutOrder,
  { customer, payment }: { customer: Customer; payment: PaymentIntent | null },
  ctx: Context,
): void {
  const method = order.attempt?.paymentMethod ?? null
  // The share of a period that was paid for began when the bank was asked, however long its holder took to answer.
  const moment = order.subscription.billingCycleAnchor === null ? ctx : ctx.at(order.attempt?.at ?? ctx.now)
  const given = subscriptionFor(session, order, { customer, method }, moment)
  const subscription = createSubscription({ ...given, paidBy: payment ?? undefined }, moment)
  session.subscription = subscription.id
  session.invoice = subscription.latest_invoice
}

/** The bank has said yes, but meanwhile the last of a coupon has gone to somebody else: the order is not what it was. */
function giveBack(intent: PaymentIntent | SetupIntent, ctx: Context): Outcome {
  const charge = intent.object === 'payment_intent' ? ctx.state.charges.get(intent.latest_charge ?? '') : undefined
  if (charge) createRefund(charge, { reason: null, metadata: {} }, ctx)
  return declined(intent)
}

function declined(intent: PaymentIntent | SetupIntent): Outcome {
  return { status: 'declined', message: failureOf(intent) ?? 'The payment was canceled.' }
}

/**
 * Who pays. A session without a customer makes one of what was typed, before the bank is asked: the payment is theirs.
 * https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-customer
 */
function customerFor(
  session: CheckoutSession,
  order: CheckoutOrder,
  { email, name }: Payer,
  ctx: Context,
): string | null {
  if (session.customer !== null) return session.customer
  if (session.customer_creation !== 'always') return null
  if (order.customer === null) order.customer = createCustomer({ email, name: name ?? undefined }, ctx).id
  else updateCustomer(findCustomer(order.customer, ctx), { email, name }, ctx)
  return order.customer
}

/**
 * "If the Customer does not have a valid email, Checkout will set the email entered during the session"; the name only
 * where the session was asked to: https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-customer_update
 */
function introduce(customer: Customer, { attempt, savesName }: CheckoutOrder, ctx: Context): Customer {
  if (!attempt) return customer
  const { email, name } = attempt
  return updateCustomer(
    customer,
    { ...(customer.email === null && { email }), ...(savesName && name !== null && { name }) },
    ctx,
  )
}

function methodOf(
  { allowRedisplay }: CheckoutOrder,
  { email, name, method }: Payer,
  ctx: Context,
): PaymentMethod | null {
  if (!method) return null
  if ('saved' in method) return method.saved
  const card = createCard(method.card, { email, name }, ctx)
  card.allow_redisplay = allowRedisplay ?? (method.keep ? 'always' : 'limited')
  return card
}
