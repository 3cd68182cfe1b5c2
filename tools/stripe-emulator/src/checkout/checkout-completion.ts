import { onClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { createCustomer, findCustomer, updateCustomer } from '../customers/customers.ts'
import { links } from '../links.ts'
import { cancelPaymentIntent, confirmPaymentIntent, createPaymentIntent } from '../payments/payment-intents.ts'
import { createCard } from '../payments/payment-methods.ts'
import { createRefund } from '../payments/refunds.ts'
import { confirmSetupIntent, createSetupIntent } from '../payments/setup-intents.ts'
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
import { orderOf } from './checkout-lifecycle.ts'
import { mayHaveDiscounts, redeemDiscounts } from './checkout-discounts.ts'
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
  forsake(order, ctx)
  if (!method) return complete(session, null, ctx)
  const setup = setupOf(order, customer, ctx)
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

const goneText = 'Your discount is not available any more, so nothing was bought, and a payment is given back to you.'

/** What a person reads of a payment or a setup that did not complete the session; null if nothing went wrong. */
export function failureOf(intent: PaymentIntent | SetupIntent): string | null {
  if (intent.status === 'succeeded') return goneText
  const error = intent.object === 'setup_intent' ? intent.last_setup_error : intent.last_payment_error
  if (!error) return null
  if (error.type === 'card_error') return error.message ?? 'Your card was declined.'
  return 'We are unable to authenticate your payment method. Please choose a different payment method and try again.'
}

/** Where the bank waits for an answer to this session's payment or setup; null if it does not. */
export function unansweredIntent(session: CheckoutSession, { state }: Context): { url: string } | null {
  const { paymentIntent, setupIntent } = orderOf(session, { state })
  const intent = state.paymentIntents.get(paymentIntent ?? '') ?? state.setupIntents.get(setupIntent ?? '')
  return intent?.status === 'requires_action' ? { url: bankOf(session, intent) } : null
}

/** The bank's page, which sends people back here whatever they find there. */
function bankOf({ id }: CheckoutSession, intent: PaymentIntent | SetupIntent): string {
  return `${links.authentication(intent.id)}?return=${links.checkout(id)}/return`
}

function proceed(session: CheckoutSession, intent: PaymentIntent | SetupIntent, ctx: Context): Outcome {
  if (intent.status === 'succeeded') return complete(session, intent, ctx)
  if (intent.status === 'requires_action') return { status: 'authenticate', url: bankOf(session, intent) }
  return { status: 'declined', message: failureOf(intent) ?? 'The payment was canceled.' }
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
  return { status: 'declined', message: goneText }
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

/** The session's payment: the one that was declined before, if there is one. */
function paymentOf(
  session: CheckoutSession,
  order: CheckoutOrder,
  { amount, customer, keep }: { amount: number; customer: string | null; keep: boolean },
  ctx: Context,
): PaymentIntent {
  const earlier = ctx.state.paymentIntents.get(order.paymentIntent ?? '')
  if (earlier && earlier.status !== 'succeeded') return Object.assign(earlier, { amount, customer })
  const intent = createPaymentIntent(
    {
      amount,
      currency: session.currency ?? 'usd',
      customer,
      description: session.mode === 'subscription' ? 'Subscription creation' : null,
      // A single payment keeps the card only if that is asked for.
      offSession: session.mode === 'payment' && !keep,
    },
    ctx,
  )
  order.paymentIntent = intent.id
  if (session.mode === 'payment') session.payment_intent = intent.id
  return intent
}

function setupOf(order: CheckoutOrder, customer: string | null, ctx: Context): SetupIntent {
  const earlier = ctx.state.setupIntents.get(order.setupIntent ?? '')
  if (earlier && earlier.status !== 'succeeded') return Object.assign(earlier, { customer })
  const setup = createSetupIntent({ customer, usage: 'off_session' }, ctx)
  order.setupIntent = setup.id
  return setup
}

/** A payment that was declined is not needed any more once there is nothing to pay. */
function forsake(order: CheckoutOrder, ctx: Context): void {
  const payment = ctx.state.paymentIntents.get(order.paymentIntent ?? '')
  if (!payment || payment.status === 'succeeded') return
  cancelPaymentIntent(payment, 'automatic', ctx)
  order.paymentIntent = null
}
