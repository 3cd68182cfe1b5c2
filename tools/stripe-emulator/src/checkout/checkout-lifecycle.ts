import type { Due } from '../clocks/agenda.ts'
import type { Context } from '../context.ts'
import { noSuch } from '../http/errors.ts'
import { pageOf } from '../http/list.ts'
import { cancelPaymentIntent } from '../payments/payment-intents.ts'
import { cancelSetupIntent } from '../payments/setup-intents.ts'
import type { CheckoutOrder, CheckoutSession, State } from '../state/state.ts'

export function findSession(id: string, ctx: Context): CheckoutSession {
  const session = ctx.state.checkoutSessions.get(id)
  if (!session) throw noSuch('checkout.session', id)
  return session
}

export function orderOf({ id }: CheckoutSession, { state }: Pick<Context, 'state'>): CheckoutOrder {
  const order = state.checkoutOrders.get(id)
  if (!order) throw new Error(`checkout session ${id} has no order`)
  return order
}

/** The first handful, which a session includes when it is asked to. */
export function lineItemsOf(session: CheckoutSession, ctx: Pick<Context, 'state'>) {
  return pageOf(orderOf(session, ctx).lineItems, `/v1/checkout/sessions/${session.id}/line_items`, {})
}

/** Sessions that nobody completes in time. */
export function* checkoutExpiry({ checkoutSessions }: State): Iterable<Due> {
  for (const session of checkoutSessions.values()) {
    if (session.status !== 'open') continue
    yield {
      customer: session.customer,
      at: session.expires_at,
      what: `Expiry of ${session.id}`,
      act: (ctx) => expire(session, ctx),
    }
  }
}

/**
 * Nobody can complete it any more, nor confirm to their bank what they began.
 * https://docs.stripe.com/api/checkout/sessions/expire
 */
export function expire(session: CheckoutSession, ctx: Context): void {
  const order = orderOf(session, ctx)
  const payment = ctx.state.paymentIntents.get(order.paymentIntent ?? '')
  const setup = ctx.state.setupIntents.get(order.setupIntent ?? '')
  session.status = 'expired'
  session.url = null
  order.attempt = null
  if (payment && payment.status !== 'succeeded') cancelPaymentIntent(payment, 'expired', ctx)
  if (setup && setup.status !== 'succeeded') cancelSetupIntent(setup, 'abandoned', ctx)
  ctx.emit('checkout.session.expired', session)
}
