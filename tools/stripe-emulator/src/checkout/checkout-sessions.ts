import type Stripe from 'stripe'
import { z } from 'zod'
import type { Due } from '../clocks/agenda.ts'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { paginate, where, wholeList } from '../http/list.ts'
import { created, paging, params, text } from '../http/params.ts'
import type { CheckoutSession, State } from '../state/state.ts'
import { createParams, createSession } from './checkout-creation.ts'

const path = '/v1/checkout/sessions'

const listParams = params<Stripe.Checkout.SessionListParams>()({
  ...paging,
  created,
  customer: text.optional(),
  status: z.enum(['complete', 'expired', 'open']).optional(),
  subscription: text.optional(),
})

export const checkoutSessions: Endpoint[] = [
  collection(['POST', path], createParams, createSession),

  member(['GET', `${path}/:id`], params<Stripe.Checkout.SessionRetrieveParams>()({}), (id, _given, ctx) =>
    findSession(id, ctx),
  ),

  member(['POST', `${path}/:id/expire`], params<Stripe.Checkout.SessionExpireParams>()({}), (id, _given, ctx) => {
    const session = findSession(id, ctx)
    if (session.status !== 'open') {
      throw invalidRequest('Only Checkout Sessions with a status in ["open"] can be expired.')
    }
    expire(session, ctx)
    return session
  }),

  member(
    ['GET', `${path}/:id/line_items`],
    params<Stripe.Checkout.SessionListLineItemsParams>()({}),
    (id, _given, ctx) => lineItemsOf(findSession(id, ctx), ctx),
  ),

  collection(['GET', path], listParams, (given, ctx) => {
    return paginate(
      [...ctx.state.checkoutSessions.values()].filter(where(given, 'customer', 'status', 'subscription')),
      path,
      given,
    )
  }),
]

export function findSession(id: string, ctx: Context): CheckoutSession {
  const session = ctx.state.checkoutSessions.get(id)
  if (!session) throw noSuch('checkout.session', id)
  return session
}

export function lineItemsOf({ id }: CheckoutSession, { state }: Pick<Context, 'state'>) {
  return wholeList(state.checkoutOrders.get(id)?.lineItems ?? [], `${path}/${id}/line_items`)
}

/** Sessions that nobody completes in time. */
export function* checkoutExpiry({ checkoutSessions }: State): Iterable<Due> {
  for (const session of checkoutSessions.values()) {
    if (session.status !== 'open') continue
    yield { customer: session.customer, at: session.expires_at, act: (ctx) => expire(session, ctx) }
  }
}

function expire(session: CheckoutSession, ctx: Context): void {
  session.status = 'expired'
  session.url = null
  ctx.emit('checkout.session.expired', session)
}
