import type Stripe from 'stripe'
import { z } from 'zod'
import { inner, member, type Endpoint } from '../http/endpoint.ts'
import { noSuch } from '../http/errors.ts'
import { paginate } from '../http/list.ts'
import { paging, params, text } from '../http/params.ts'
import { findCustomer } from './customers.ts'

const path = '/v1/customers/:id/payment_methods'

const listParams = params<Stripe.CustomerListPaymentMethodsParams>()({
  ...paging,
  allow_redisplay: z.enum(['always', 'limited', 'unspecified']).optional(),
  type: text.optional(),
})

export const customerPaymentMethods: Endpoint[] = [
  member(['GET', path], listParams, (id, given, ctx) => {
    findCustomer(id, ctx)
    const { type, allow_redisplay: redisplay } = given
    const asked = [...ctx.state.paymentMethods.values()].filter(
      (method) =>
        method.customer === id &&
        method.type === (type ?? method.type) &&
        method.allow_redisplay === (redisplay ?? method.allow_redisplay),
    )
    return paginate(asked, path.replace(':id', id), given)
  }),

  inner(
    ['GET', `${path}/:part`],
    params<Stripe.CustomerRetrievePaymentMethodParams>()({}),
    ({ id, part }, _given, ctx) => {
      findCustomer(id, ctx)
      const method = ctx.state.paymentMethods.get(part)
      if (method?.customer !== id) throw noSuch('PaymentMethod', part)
      return method
    },
  ),
]
