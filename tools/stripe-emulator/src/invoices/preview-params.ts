import type Stripe from 'stripe'
import { z } from 'zod'
import { currency } from '../catalogue/fields.ts'
import { flag, integerBetween, list, metadata, params, text, timestamp, unsettable } from '../http/params.ts'
import { changedPhases, endBehavior } from '../schedules/schedule-params.ts'
import { discounts, prorationBehavior, updateItem } from '../subscriptions/subscription-params.ts'
import { itemFields } from './invoice-item-params.ts'

const details = params<Stripe.InvoiceCreatePreviewParams.SubscriptionDetails>()({
  billing_cycle_anchor: params<Stripe.InvoiceCreatePreviewParams.SubscriptionDetails.BillingCycleAnchor>()({
    timestamp: timestamp.optional(),
    type: z.enum(['now', 'timestamp', 'unchanged']),
  }).optional(),
  cancel_at: unsettable(z.union([z.enum(['max_period_end', 'min_period_end']), timestamp])).optional(),
  cancel_at_period_end: flag.optional(),
  cancel_now: flag.optional(),
  items: list(updateItem).optional(),
  metadata: metadata.optional(),
  proration_behavior: prorationBehavior.optional(),
  proration_date: timestamp.optional(),
  resume_at: z.enum(['now']).optional(),
  trial_end: z.union([z.literal('now'), timestamp]).optional(),
})

const scheduleDetails = params<Stripe.InvoiceCreatePreviewParams.ScheduleDetails>()({
  end_behavior: endBehavior.optional(),
  phases: changedPhases.optional(),
  proration_behavior: prorationBehavior.optional(),
})

/** https://docs.stripe.com/api/invoices/create_preview */
export const previewParams = params<Stripe.InvoiceCreatePreviewParams>()({
  currency: currency.optional(),
  customer: text.optional(),
  discounts,
  invoice_items: list(
    params<Stripe.InvoiceCreatePreviewParams.InvoiceItem>()({
      ...itemFields,
      currency: currency.optional(),
      price: text.optional(),
      unit_amount: integerBetween(0, 99_999_999).optional(),
    }),
  ).optional(),
  preview_mode: z.enum(['next', 'recurring']).optional(),
  schedule: text.optional(),
  schedule_details: scheduleDetails.optional(),
  subscription: text.optional(),
  subscription_details: details.optional(),
})

export type PreviewGiven = z.infer<typeof previewParams>
export type PreviewDetails = z.infer<typeof details>
