import type Stripe from 'stripe'
import { z } from 'zod'
import { onClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { created, integer, metadata, paging, params, text } from '../http/params.ts'
import type { Charge, Refund } from '../state/state.ts'
import { applyChanges } from '../webhooks/events.ts'
import { findCharge } from './charge-endpoints.ts'
import { findPaymentIntent } from './payment-intent-endpoints.ts'
import { createRefund, nothingToRefund } from './refunds.ts'

const path = '/v1/refunds'

const createParams = params<Stripe.RefundCreateParams>()({
  amount: integer.optional(),
  charge: text.optional(),
  metadata: metadata.optional(),
  payment_intent: text.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
})

export const refunds: Endpoint[] = [
  collection(['POST', path], createParams, (given, ctx) => {
    const charge = chargeOf(given, ctx)
    return createRefund(
      charge,
      { amount: given.amount, reason: given.reason ?? null, metadata: mergeMetadata({}, given.metadata) },
      onClockOf(charge.customer, ctx),
    )
  }),

  member(['GET', `${path}/:id`], params<Stripe.RefundRetrieveParams>()({}), (id, _given, ctx) => findRefund(id, ctx)),

  member(
    ['POST', `${path}/:id`],
    params<Stripe.RefundUpdateParams>()({ metadata: metadata.optional() }),
    (id, given, requestCtx) => {
      const refund = findRefund(id, requestCtx)
      const ctx = onClockOf(refund.customer, requestCtx)
      const previous = applyChanges(refund, { metadata: mergeMetadata(refund.metadata ?? {}, given.metadata) })
      if (previous) ctx.emit('refund.updated', refund, previous)
      return refund
    },
  ),

  collection(
    ['GET', path],
    params<Stripe.RefundListParams>()({
      ...paging,
      charge: text.optional(),
      created,
      payment_intent: text.optional(),
    }),
    (given, { state }) => paginate(state.refunds.matching(where(given, 'charge', 'payment_intent')), path, given),
  ),
]

function findRefund(id: string, { state }: Context): Refund {
  const refund = state.refunds.get(id)
  if (!refund) throw noSuch('refund', id)
  return refund
}

/** What is to be refunded, named by itself or by its payment. */
function chargeOf({ charge, payment_intent: payment }: z.output<typeof createParams>, ctx: Context): Charge {
  if (charge !== undefined && payment !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: charge, payment_intent.')
  }
  if (charge !== undefined) return findCharge(charge, ctx)
  if (payment === undefined) {
    throw invalidRequest('One of the following params should be provided for this request: payment_intent or charge.')
  }
  const intent = findPaymentIntent(payment, ctx, 'payment_intent')
  const latest = ctx.state.charges.get(intent.latest_charge ?? '')
  if (!latest) throw nothingToRefund(payment)
  return latest
}
