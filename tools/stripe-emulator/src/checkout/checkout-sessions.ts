import type Stripe from 'stripe'
import { onClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest } from '../http/errors.ts'
import { pageOf, paginate, where } from '../http/list.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { paging, params } from '../http/params.ts'
import { forkFor } from '../state/fork.ts'
import type { CheckoutSession } from '../state/state.ts'
import { createSession } from './checkout-creation.ts'
import { createParams, listParams, updateParams, type GivenLineItem } from './checkout-params.ts'
import { applyQuote, quote, type Quote } from './checkout-quote.ts'
import { expire } from './checkout-expiry.ts'
import { findSession, orderOf } from './find-session.ts'
import { changeLineItems } from './line-items.ts'

const path = '/v1/checkout/sessions'

export const checkoutSessions: Endpoint[] = [
  collection(['POST', path], createParams, createSession),

  member(['GET', `${path}/:id`], params<Stripe.Checkout.SessionRetrieveParams>()({}), (id, _given, ctx) =>
    findSession(id, ctx),
  ),

  member(['POST', `${path}/:id`], updateParams, (id, { line_items: items, ...given }, requestCtx) => {
    const session = findSession(id, requestCtx)
    const ctx = onClockOf(session.customer, requestCtx)
    const metadata = mergeMetadata(session.metadata ?? {}, given.metadata)
    if (items) orderAgain(session, items, ctx)
    session.metadata = metadata
    return session
  }),

  member(['POST', `${path}/:id/expire`], params<Stripe.Checkout.SessionExpireParams>()({}), (id, _given, ctx) => {
    const session = findSession(id, ctx)
    if (session.status !== 'open') {
      throw invalidRequest(
        `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
      )
    }
    expire(session, onClockOf(session.customer, ctx))
    return session
  }),

  member(
    ['GET', `${path}/:id/line_items`],
    params<Stripe.Checkout.SessionListLineItemsParams>()(paging),
    (id, given, ctx) => pageOf(orderOf(findSession(id, ctx), ctx).lineItems, `${path}/${id}/line_items`, given),
  ),

  collection(['GET', path], listParams, (given, { state }) => {
    const asked = where(given, 'customer', 'payment_intent', 'status', 'subscription')
    return paginate(
      state.checkoutSessions.matching((session) => asked(session) && isOf(session, given.customer_details?.email)),
      path,
      given,
    )
  }),
]

function orderAgain(session: CheckoutSession, items: GivenLineItem[], ctx: Context): void {
  if (session.status !== 'open' || session.mode === 'setup') {
    throw invalidRequest('The line items of this Checkout Session can no longer be updated.', { param: 'line_items' })
  }
  const order = orderOf(session, ctx)
  const again = (where: Context): Quote => {
    const lineItems = changeLineItems(order.lineItems, items, session, where)
    return quote(session, { ...order, lineItems }, where)
  }
  // Prices and products that are made on the way must not stay behind if the rest is refused.
  if (items.some((item) => item.price_data)) again(forkFor(session.customer ?? '', ctx))
  applyQuote(session, order, again(ctx))
}

function isOf({ customer_details: details, customer_email: given }: CheckoutSession, email: string | undefined) {
  return email === undefined || (details?.email ?? given)?.toLowerCase() === email.toLowerCase()
}
