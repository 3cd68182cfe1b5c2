import type Stripe from 'stripe'
import { z } from 'zod'
import { largestCharge } from '../arithmetic/smallest-charge.ts'
import { currency } from '../catalogue/fields.ts'
import { flag, integerBetween, list, metadata, params, text, unsettable, webUrl } from '../http/params.ts'

const amount = integerBetween(0, largestCharge)
const usage = z.enum(['off_session', 'on_session'])

// https://support.stripe.com/questions/use-of-the-statement-descriptor-parameter-on-paymentintents-for-card-charges
const statementDescriptor = text
  .refine(() => false, {
    error:
      'The statement_descriptor parameter is not supported for the payment_method_type `card`. To continue supporting ' +
      'payment_method_type `card`, please pass in `statement_descriptor_suffix` or remove the `statement_descriptor` ' +
      'parameter altogether.',
  })
  .optional()

const confirmation = {
  error_on_requires_action: flag.optional(),
  // `one_off` and `recurring` say why the customer is away, which makes no difference to a test card.
  off_session: z.union([flag, z.enum(['one_off', 'recurring']).transform(() => true)]).optional(),
  return_url: webUrl.optional(),
  use_stripe_sdk: flag.optional(),
}

export const createParams = params<Stripe.PaymentIntentCreateParams>()({
  ...confirmation,
  allowed_payment_method_types: list(z.enum(['card'])).optional(),
  amount,
  automatic_payment_methods: params<Stripe.PaymentIntentCreateParams.AutomaticPaymentMethods>()({
    allow_redirects: z.enum(['always', 'never']).optional(),
    enabled: flag,
  }).optional(),
  capture_method: z.enum(['automatic', 'automatic_async', 'manual']).optional(),
  confirm: flag.optional(),
  confirmation_method: z.enum(['automatic', 'manual']).optional(),
  currency,
  customer: text.optional(),
  description: text.optional(),
  metadata: metadata.optional(),
  payment_method: text.optional(),
  receipt_email: text.optional(),
  setup_future_usage: usage.optional(),
  statement_descriptor: statementDescriptor,
  statement_descriptor_suffix: text.optional(),
})

export const updateParams = params<Stripe.PaymentIntentUpdateParams>()({
  amount: amount.optional(),
  currency: currency.optional(),
  customer: text.optional(),
  description: text.optional(),
  metadata: metadata.optional(),
  payment_method: text.optional(),
  receipt_email: unsettable(text).optional(),
  setup_future_usage: unsettable(usage).optional(),
  statement_descriptor: statementDescriptor,
  statement_descriptor_suffix: text.optional(),
})

export const confirmParams = params<Stripe.PaymentIntentConfirmParams>()({
  ...confirmation,
  payment_method: text.optional(),
  receipt_email: unsettable(text).optional(),
  setup_future_usage: unsettable(usage).optional(),
})
