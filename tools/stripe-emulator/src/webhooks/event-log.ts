import type Stripe from 'stripe'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { noSuch } from '../http/errors.ts'
import { paginate } from '../http/list.ts'
import { atMostOne, created, list, paging, params, text } from '../http/params.ts'
import { matchesType } from './event-types.ts'

const path = '/v1/events'

export const events: Endpoint[] = [
  member(['GET', `${path}/:id`], params<Stripe.EventRetrieveParams>()({}), (id, _given, { state }) => {
    const event = state.events.get(id)
    if (!event) throw noSuch('event', id)
    return event
  }),

  collection(
    ['GET', path],
    atMostOne(
      params<Stripe.EventListParams>()({ ...paging, created, type: text.optional(), types: list(text).optional() }),
      'type',
      'types',
    ),
    (given, { state }) =>
      paginate(
        state.events.matching(
          ({ type }) => matchesType(type, given.type ?? '*') && (given.types?.includes(type) ?? true),
        ),
        path,
        given,
      ),
  ),
]
