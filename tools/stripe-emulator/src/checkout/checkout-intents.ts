import type { Context } from '../context.ts'
import { links } from '../links.ts'
import { cancelPaymentIntent, createPaymentIntent } from '../payments/payment-intents.ts'
import { cancelSetupIntent, createSetupIntent } from '../payments/setup-intents.ts'
import type { CheckoutOrder, CheckoutSession, PaymentIntent, SetupIntent } from '../state/state.ts'
import { orderOf } from './find-session.ts'

/** The session's payment: the one that was declined before, if there is one. */
export function paymentOf(
  session: CheckoutSession,
  order: CheckoutOrder,
  { amount, customer, keep }: { amount: number; customer: string | null; keep: boolean },
  ctx: Context,
): PaymentIntent {
  // A single payment keeps the card only if that is asked for.
  const usage = session.mode === 'subscription' || keep ? 'off_session' : null
  const earlier = ctx.state.paymentIntents.get(order.paymentIntent ?? '')
  if (earlier && isUnsettled(earlier)) return Object.assign(earlier, { amount, customer, setup_future_usage: usage })
  const intent = createPaymentIntent(
    {
      amount,
      currency: session.currency ?? 'usd',
      customer,
      description: session.mode === 'subscription' ? 'Subscription creation' : null,
      offSession: usage === null,
    },
    ctx,
  )
  order.paymentIntent = intent.id
  if (session.mode === 'payment') session.payment_intent = intent.id
  return intent
}

/** The setup of a card that nothing is paid with today. */
export function setupOf(
  session: CheckoutSession,
  order: CheckoutOrder,
  customer: string | null,
  ctx: Context,
): SetupIntent {
  const earlier = ctx.state.setupIntents.get(order.setupIntent ?? '')
  if (earlier && isUnsettled(earlier)) return Object.assign(earlier, { customer })
  const setup = createSetupIntent({ customer, usage: 'off_session' }, ctx)
  order.setupIntent = setup.id
  if (session.mode === 'setup') session.setup_intent = setup.id
  return setup
}

/** A payment that was declined is not needed any more once there is nothing to pay. */
export function forsakePayment(order: CheckoutOrder, ctx: Context): void {
  const payment = ctx.state.paymentIntents.get(order.paymentIntent ?? '')
  if (!payment || !isUnsettled(payment)) return
  cancelPaymentIntent(payment, 'automatic', ctx)
  order.paymentIntent = null
}

/** Neither is needed once the session has expired: the bank's yes would come too late. */
export function cancelIntents(order: CheckoutOrder, ctx: Context): void {
  const payment = ctx.state.paymentIntents.get(order.paymentIntent ?? '')
  const setup = ctx.state.setupIntents.get(order.setupIntent ?? '')
  if (payment && isUnsettled(payment)) cancelPaymentIntent(payment, 'expired', ctx)
  if (setup && isUnsettled(setup)) cancelSetupIntent(setup, 'abandoned', ctx)
}

/** What was tried last. */
export function intentOf(session: CheckoutSession, { state }: Context): PaymentIntent | SetupIntent | null {
  const { paymentIntent, setupIntent } = orderOf(session, { state })
  return state.paymentIntents.get(paymentIntent ?? '') ?? state.setupIntents.get(setupIntent ?? '') ?? null
}

/** The bank's page, which sends people back here whatever they find there. */
export function bankOf({ id }: CheckoutSession, intent: PaymentIntent | SetupIntent): string {
  return `${links.authentication(intent.id)}?return=${links.checkout(id)}/return`
}

/** What a person reads of a payment or a setup that did not complete the session; null if nothing went wrong. */
export function failureOf(intent: PaymentIntent | SetupIntent): string | null {
  if (intent.status === 'succeeded') {
    return 'Your discount is not available any more, so nothing was bought, and a payment is given back to you.'
  }
  const error = intent.object === 'setup_intent' ? intent.last_setup_error : intent.last_payment_error
  if (!error) return null
  if (error.type === 'card_error') return error.message ?? 'Your card was declined.'
  return 'We are unable to authenticate your payment method. Please choose a different payment method and try again.'
}

function isUnsettled({ status }: PaymentIntent | SetupIntent): boolean {
  return status !== 'succeeded' && status !== 'canceled'
}
