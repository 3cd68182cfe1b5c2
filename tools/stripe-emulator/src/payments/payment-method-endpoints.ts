import type Stripe from 'stripe'
import { z } from 'zod'
import { onClockOf } from '../clocks/on-clock.ts'
import { addressFields } from '../customers/customer-params.ts'
import { findCustomer } from '../customers/customers.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { integer, metadata, paging, params, text, unsettable } from '../http/params.ts'
import type { PaymentMethod } from '../state/state.ts'
import { applyChanges } from '../webhooks/events.ts'
import { checkExpiry, fourDigits, readCard } from './card-input.ts'
import {
  attachPaymentMethod,
  checkAttachable,
  createCard,
  detachPaymentMethod,
  findPaymentMethod,
  withHolder,
} from './payment-methods.ts'

const path = '/v1/payment_methods'

const allowRedisplay = z.enum(['always', 'limited', 'unspecified']).optional()

const billingDetails = params<Stripe.PaymentMethodCreateParams.BillingDetails>()({
  address: unsettable(addressFields).optional(),
  email: unsettable(text).optional(),
  name: unsettable(text).optional(),
  phone: unsettable(text).optional(),
}).optional()

const createParams = params<Stripe.PaymentMethodCreateParams>()({
  type: z.enum(['card']),
  allow_redisplay: allowRedisplay,
  billing_details: billingDetails,
  card: params<Stripe.PaymentMethodCreateParams.Card>()({
    cvc: text.optional(),
    exp_month: integer.optional(),
    exp_year: integer.optional(),
    number: text.optional(),
    token: text.optional(),
  }),
  metadata: metadata.optional(),
})

const updateParams = params<Stripe.PaymentMethodUpdateParams>()({
  allow_redisplay: allowRedisplay,
  billing_details: billingDetails,
  card: params<Stripe.PaymentMethodUpdateParams.Card>()({
    exp_month: integer.optional(),
    exp_year: integer.optional(),
  }).optional(),
  metadata: metadata.optional(),
})

export const paymentMethods: Endpoint[] = [
  collection(['POST', path], createParams, (given, ctx) => {
    const method = createCard(readCard(given.card, ctx.now), given.billing_details ?? {}, ctx)
    method.allow_redisplay = given.allow_redisplay ?? 'unspecified'
    method.metadata = mergeMetadata({}, given.metadata)
    return method
  }),

  member(['GET', `${path}/:id`], params<Stripe.PaymentMethodRetrieveParams>()({}), (id, _given, ctx) =>
    findPaymentMethod(id, ctx),
  ),

  member(['POST', `${path}/:id`], updateParams, (id, given, requestCtx) => {
    const method = findPaymentMethod(id, requestCtx)
    const ctx = onClockOf(method.customer, requestCtx)
    if (method.customer === null) {
      throw invalidRequest('You must save this PaymentMethod to a customer before you can update it.')
    }
    const previous = applyChanges(method, changesOf(method, given, ctx.now))
    if (previous) ctx.emit('payment_method.updated', method, previous)
    return method
  }),

  collection(
    ['GET', path],
    params<Stripe.PaymentMethodListParams>()({
      ...paging,
      allow_redisplay: allowRedisplay,
      customer: text.optional(),
      type: text.optional(),
    }),
    (given, { state }) => {
      const asked = where(given, 'allow_redisplay', 'customer', 'type')
      return paginate(
        state.paymentMethods.matching((method) => method.customer !== null && asked(method)),
        path,
        given,
      )
    },
  ),

  member(
    ['POST', `${path}/:id/attach`],
    params<Stripe.PaymentMethodAttachParams>()({ customer: text }),
    (id, { customer }, requestCtx) => {
      findCustomer(customer, requestCtx, 'customer')
      const ctx = onClockOf(customer, requestCtx)
      const method = findPaymentMethod(id, ctx)
      checkAttachable(method, customer, ctx)
      attachPaymentMethod(method, customer, ctx)
      return method
    },
  ),

  member(['POST', `${path}/:id/detach`], params<Stripe.PaymentMethodDetachParams>()({}), (id, _given, requestCtx) => {
    const method = findPaymentMethod(id, requestCtx)
    const ctx = onClockOf(method.customer, requestCtx)
    if (method.customer === null) {
      throw invalidRequest('The payment method you provided is not attached to a customer so detachment is impossible.')
    }
    detachPaymentMethod(method, ctx)
    return method
  }),
]

function changesOf(
  method: PaymentMethod,
  given: z.output<typeof updateParams>,
  now: number,
): { [Key in keyof PaymentMethod]?: PaymentMethod[Key] | undefined } {
  return {
    allow_redisplay: given.allow_redisplay,
    billing_details: withHolder(method.billing_details, given.billing_details ?? {}),
    card: method.card && withExpiry(method.card, given.card, now),
    metadata: mergeMetadata(method.metadata ?? {}, given.metadata),
  }
}

function withExpiry<Card extends NonNullable<PaymentMethod['card']>>(
  card: Card,
  given: { exp_month?: number | undefined; exp_year?: number | undefined } | undefined,
  now: number,
): Card {
  if (!given) return card
  const { exp_month: month = card.exp_month, exp_year: year = card.exp_year } = given
  checkExpiry({ month, year }, now)
  return { ...card, exp_month: month, exp_year: fourDigits(year) }
}
