import type Stripe from 'stripe'
import { endDiscount } from '../catalogue/discounts.ts'
import { onClockOf } from '../clocks/on-clock.ts'
import { member, type Endpoint } from '../http/endpoint.ts'
import { ApiError } from '../http/errors.ts'
import { params } from '../http/params.ts'
import type { Stored } from '../state/stored.ts'
import { findCustomer } from './customers.ts'

export const customerDiscount: Endpoint[] = [
  member(
    ['DELETE', '/v1/customers/:id/discount'],
    params<Stripe.CustomerDeleteDiscountParams>()({}),
    (id, _given, ctx): Stored<Stripe.DeletedDiscount> => {
      const customer = findCustomer(id, ctx)
      const discount = ctx.state.discounts.get(customer.discount?.id ?? '')
      if (!discount) {
        throw new ApiError(404, 'invalid_request_error', `No active discount for customer: ${id}`, {
          code: 'resource_missing',
        })
      }
      endDiscount(discount, onClockOf(id, ctx))
      const { end: _end, ...rest } = discount
      return { ...rest, deleted: true }
    },
  ),
]
