import type { Context } from '../context.ts'
import { noSuch } from '../http/errors.ts'
import { pageOf } from '../http/list.ts'
import type { CheckoutOrder, CheckoutSession } from '../state/state.ts'

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
