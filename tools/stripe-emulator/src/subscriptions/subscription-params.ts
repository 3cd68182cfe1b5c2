import type Stripe from 'stripe'
import { z } from 'zod'
import { atMostOne, flag, integerBetween, list, metadata, params, text, timestamp, unsettable } from '../http/params.ts'

export const quantity = integerBetween(0, 999_999)

/** https://docs.stripe.com/api/subscriptions/create#create_subscription-items */
export const mostItems = 20

export const prorationBehavior = z.enum(['create_prorations', 'always_invoice', 'none'])

/** `pending_if_incomplete` is refused where it is used: this stand-in has no pending updates. */
export const paymentBehavior = z.enum([
  'allow_incomplete',
  'default_incomplete',
  'error_if_incomplete',
  'pending_if_incomplete',
])

const newDiscount = atMostOne(
  params<Stripe.SubscriptionCreateParams.Discount>()({
    coupon: text.optional(),
    discount: text.optional(),
    promotion_code: text.optional(),
  }),
  'coupon',
  'discount',
  'promotion_code',
)

/** Empty to clear them. */
export const discounts = unsettable(list(newDiscount)).optional()

const addInvoiceItems = list(
  params<Stripe.SubscriptionCreateParams.AddInvoiceItem>()({ price: text, quantity: quantity.optional() }),
).optional()

const paymentSettings = params<Stripe.SubscriptionCreateParams.PaymentSettings>()({
  payment_method_types: unsettable(list(z.enum(['card']))).optional(),
  save_default_payment_method: z.enum(['off', 'on_subscription']).optional(),
}).optional()

const trialSettings = params<Stripe.SubscriptionCreateParams.TrialSettings>()({
  end_behavior: params<Stripe.SubscriptionCreateParams.TrialSettings.EndBehavior>()({
    missing_payment_method: z.enum(['cancel', 'create_invoice', 'pause']),
  }),
}).optional()

export const collectionMethod = z.enum(['charge_automatically', 'send_invoice'])

const cancelAt = z.union([z.enum(['max_period_end', 'min_period_end']), timestamp])

const trialEnd = z.union([z.literal('now'), timestamp])

const billingMode = params<Stripe.SubscriptionCreateParams.BillingMode>()({ type: z.enum(['flexible', 'classic']) })

/** Why somebody leaves: https://docs.stripe.com/api/subscriptions/object#subscription_object-cancellation_details-feedback */
export const cancellationFeedback = z.enum([
  'customer_service',
  'low_quality',
  'missing_features',
  'other',
  'switched_service',
  'too_complex',
  'too_expensive',
  'unused',
])

const cancellationDetails = params<Stripe.SubscriptionCancelParams.CancellationDetails>()({
  comment: unsettable(text).optional(),
  feedback: unsettable(cancellationFeedback).optional(),
}).optional()

export const createParams = params<Stripe.SubscriptionCreateParams>()({
  add_invoice_items: addInvoiceItems,
  backdate_start_date: timestamp.optional(),
  billing_cycle_anchor: timestamp.optional(),
  billing_mode: billingMode.optional(),
  cancel_at: cancelAt.optional(),
  cancel_at_period_end: flag.optional(),
  collection_method: collectionMethod.optional(),
  currency: text.toLowerCase().optional(),
  customer: text,
  days_until_due: integerBetween(0, 730).optional(),
  default_payment_method: text.optional(),
  description: text.max(500).optional(),
  discounts,
  items: list(
    params<Stripe.SubscriptionCreateParams.Item>()({
      discounts,
      metadata: metadata.optional(),
      price: text,
      quantity: quantity.optional(),
    }),
  ),
  metadata: metadata.optional(),
  off_session: flag.optional(),
  payment_behavior: paymentBehavior.optional(),
  payment_settings: paymentSettings,
  proration_behavior: prorationBehavior.optional(),
  trial_end: trialEnd.optional(),
  trial_period_days: integerBetween(0, 730).optional(),
  trial_settings: trialSettings,
})

/** Every metered price here has a meter, and with a meter `clear_usage` does nothing: it is not taken. */
export const updateItem = params<Stripe.SubscriptionUpdateParams.Item>()({
  deleted: flag.optional(),
  discounts,
  id: text.optional(),
  metadata: metadata.optional(),
  price: text.optional(),
  quantity: quantity.optional(),
})

export const updateParams = params<Stripe.SubscriptionUpdateParams>()({
  add_invoice_items: addInvoiceItems,
  billing_cycle_anchor: params<Stripe.SubscriptionUpdateParams.BillingCycleAnchor>()({
    type: z.enum(['now', 'unchanged']),
  }).optional(),
  cancel_at: unsettable(cancelAt).optional(),
  cancel_at_period_end: flag.optional(),
  cancellation_details: cancellationDetails,
  collection_method: collectionMethod.optional(),
  days_until_due: integerBetween(0, 730).optional(),
  default_payment_method: unsettable(text).optional(),
  description: unsettable(text.max(500)).optional(),
  discounts,
  items: list(updateItem).optional(),
  metadata: metadata.optional(),
  off_session: flag.optional(),
  pause_collection: unsettable(
    params<Stripe.SubscriptionUpdateParams.PauseCollection>()({
      behavior: z.enum(['keep_as_draft', 'mark_uncollectible', 'void']),
      resumes_at: timestamp.optional(),
    }),
  ).optional(),
  payment_behavior: paymentBehavior.optional(),
  payment_settings: paymentSettings,
  proration_behavior: prorationBehavior.optional(),
  proration_date: timestamp.optional(),
  trial_end: trialEnd.optional(),
  trial_settings: trialSettings,
})

export const cancelParams = params<Stripe.SubscriptionCancelParams>()({
  cancellation_details: cancellationDetails,
  invoice_now: flag.optional(),
  prorate: flag.optional(),
})

export const pauseParams = params<Stripe.SubscriptionPauseParams>()({
  bill_for: params<Stripe.SubscriptionPauseParams.BillFor>()({
    outstanding_usage_through: params<Stripe.SubscriptionPauseParams.BillFor.OutstandingUsageThrough>()({
      type: z.enum(['now', 'none']),
    }).optional(),
    unused_time_from: params<Stripe.SubscriptionPauseParams.BillFor.UnusedTimeFrom>()({
      type: z.enum(['item_current_period_start', 'none', 'now']),
    }).optional(),
  }).optional(),
  invoicing_behavior: z.enum(['invoice', 'pending_invoice_item']).optional(),
  type: z.enum(['subscription']).optional(),
})

export const resumeParams = params<Stripe.SubscriptionResumeParams>()({
  billing_cycle_anchor: params<Stripe.SubscriptionResumeParams.BillingCycleAnchor>()({
    type: z.enum(['now', 'unchanged']),
  }).optional(),
  payment_behavior: z.enum(['resume_on_payment_attempt', 'resume_on_payment_success']).optional(),
  proration_behavior: prorationBehavior.optional(),
  proration_date: timestamp.optional(),
})
