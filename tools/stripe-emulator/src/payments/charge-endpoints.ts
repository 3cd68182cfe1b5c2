import type Stripe from 'stripe'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { created, paging, params, text } from '../http/params.ts'

const path = '/v1/charges'

export const charges: Endpoint[] = [
  member(['GET', `${path}/:id`], params<Stripe.ChargeRetrieveParams>()({}), (id, _given, { state }) => {
    const charge = state.charges.get(id)
    if (!charge) throw noSuch('charge', id)
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
    (given, { state }) =>
      paginate([...state.charges.values()].filter(where(given, 'customer', 'payment_intent')), path, given),
  ),
]
