import type Stripe from 'stripe'
import { z } from 'zod'
import { flag, integerBetween, list, metadata, params, text, unsettable, webUrl } from '../http/params.ts'
import { cancellationFeedback, prorationBehavior } from '../subscriptions/subscription-params.ts'

type Update = Stripe.BillingPortal.ConfigurationUpdateParams
type Features = Stripe.BillingPortal.ConfigurationUpdateParams.Features

/** Empty text unsets a list, which is then empty. */
function listOf<Item extends z.ZodType>(item: Item) {
  return unsettable(list(item))
    .transform((items) => items ?? [])
    .optional()
}

const features = params<Features>()({
  customer_update: params<Features['customer_update'] & object>()({
    allowed_updates: listOf(z.enum(['address', 'email', 'name', 'phone'])),
    enabled: flag.optional(),
  }).optional(),
  invoice_history: params<Features['invoice_history'] & object>()({ enabled: flag }).optional(),
  payment_method_update: params<Features['payment_method_update'] & object>()({ enabled: flag }).optional(),
  subscription_cancel: params<Features['subscription_cancel'] & object>()({
    cancellation_reason: params<NonNullable<Features['subscription_cancel']>['cancellation_reason'] & object>()({
      enabled: flag,
      options: listOf(cancellationFeedback),
    }).optional(),
    enabled: flag.optional(),
    mode: z.enum(['at_period_end', 'immediately']).optional(),
    proration_behavior: prorationBehavior.optional(),
  }).optional(),
  subscription_update: params<Features['subscription_update'] & object>()({
    billing_cycle_anchor: z.enum(['now', 'unchanged']).optional(),
    default_allowed_updates: listOf(z.enum(['price', 'quantity'])),
    enabled: flag.optional(),
    products: listOf(
      params<Stripe.BillingPortal.ConfigurationUpdateParams.Features.SubscriptionUpdate.Product>()({
        adjustable_quantity:
          params<Stripe.BillingPortal.ConfigurationUpdateParams.Features.SubscriptionUpdate.Product.AdjustableQuantity>()(
            {
              enabled: flag,
              maximum: integerBetween(1, 999_999).optional(),
              minimum: integerBetween(0, 999_999).optional(),
            },
          ).optional(),
        prices: list(text),
        product: text,
      }),
    ),
    proration_behavior: prorationBehavior.optional(),
  }).optional(),
})

const fields = {
  business_profile: params<NonNullable<Update['business_profile']>>()({
    headline: unsettable(text.max(60)).optional(),
    privacy_policy_url: unsettable(webUrl).optional(),
    terms_of_service_url: unsettable(webUrl).optional(),
  }).optional(),
  default_return_url: unsettable(webUrl).optional(),
  metadata: metadata.optional(),
  name: unsettable(text).optional(),
}

/** https://docs.stripe.com/api/customer_portal/configurations/create */
export const createParams = params<Stripe.BillingPortal.ConfigurationCreateParams>()({ ...fields, features })

export const updateParams = params<Update>()({
  ...fields,
  active: flag.optional(),
  features: features.optional(),
})

export type ConfigurationChanges = z.output<typeof updateParams>
