import type Stripe from 'stripe'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { created, paging, params, text } from '../http/params.ts'

const path = '/v1/payment_intents'

export const paymentIntents: Endpoint[] = [
  member(['GET', `${path}/:id`], params<Stripe.PaymentIntentRetrieveParams>()({}), (id, _given, { state }) => {
    const intent = state.paymentIntents.get(id)
    if (!intent) throw noSuch('payment_intent', id)
    return intent
  }),

  collection(
    ['GET', path],
    params<Stripe.PaymentIntentListParams>()({ ...paging, created, customer: text.optional() }),
    (given, { state }) => paginate([...state.paymentIntents.values()].filter(where(given, 'customer')), path, given),
  ),
]
