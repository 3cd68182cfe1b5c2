import type Stripe from 'stripe'
import { z } from 'zod'
import { onClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { created, metadata, paging, params, text, unsettable } from '../http/params.ts'
import type { Charge } from '../state/state.ts'
import { applyChanges } from '../webhooks/events.ts'

const path = '/v1/charges'

const updateParams = params<Stripe.ChargeUpdateParams>()({
  description: text.optional(),
  fraud_details: params<Stripe.ChargeUpdateParams.FraudDetails>()({
    user_report: unsettable(z.enum(['fraudulent', 'safe'])),
  }).optional(),
  metadata: metadata.optional(),
  receipt_email: text.optional(),
})

export const charges: Endpoint[] = [
  member(['GET', `${path}/:id`], params<Stripe.ChargeRetrieveParams>()({}), (id, _given, ctx) => findCharge(id, ctx)),

  member(['POST', `${path}/:id`], updateParams, (id, given, requestCtx) => {
    const charge = findCharge(id, requestCtx)
    const ctx = onClockOf(charge.customer, requestCtx)
    const report = given.fraud_details?.user_report
    const previous = applyChanges(charge, {
      description: given.description,
      fraud_details: report === undefined ? undefined : report === null ? {} : { user_report: report },
      metadata: mergeMetadata(charge.metadata, given.metadata),
      receipt_email: given.receipt_email,
    })
    if (previous) ctx.emit('charge.updated', charge, previous)
    return charge
  }),

  collection(
    ['GET', path],
    params<Stripe.ChargeListParams>()({
      ...paging,
      created,
      customer: text.optional(),
      payment_intent: text.optional(),
    }),
    (given, { state }) => paginate(state.charges.matching(where(given, 'customer', 'payment_intent')), path, given),
  ),
]

export function findCharge(id: string, { state }: Context): Charge {
  const charge = state.charges.get(id)
  if (!charge) throw noSuch('charge', id)
  return charge
}
