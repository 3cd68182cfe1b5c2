import type { Due } from '../clocks/agenda.ts'
import type { Context } from '../context.ts'
import type { CheckoutSession, State } from '../state/state.ts'
import { cancelIntents } from './checkout-intents.ts'
import { orderOf } from './find-session.ts'

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
  session.status = 'expired'
  session.url = null
  order.attempt = null
  cancelIntents(order, ctx)
  ctx.emit('checkout.session.expired', session)
}
