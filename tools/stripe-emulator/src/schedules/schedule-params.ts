import type Stripe from 'stripe'
import { z } from 'zod'
import { atMostOne, flag, integerBetween, list, metadata, params, text, timestamp, unsettable } from '../http/params.ts'
import {
  collectionMethod,
  discounts,
  mostItems,
  prorationBehavior,
  quantity,
} from '../subscriptions/subscription-params.ts'

type NewPhase = Stripe.SubscriptionScheduleCreateParams.Phase
type ChangedPhase = Stripe.SubscriptionScheduleUpdateParams.Phase
type DefaultSettings = Stripe.SubscriptionScheduleCreateParams.DefaultSettings

/** https://docs.stripe.com/billing/subscriptions/subscription-schedules#phases */
const mostPhases = 10

/** A point in time; `now` is the moment of the request. */
export const moment = z.union([z.literal('now'), timestamp])

/** `none` and `renew` are values of older versions. */
export const endBehavior = z.enum(['cancel', 'release'])

const anchor = z.enum(['automatic', 'phase_start'])

const invoiceSettings = params<NewPhase['invoice_settings'] & object>()({
  days_until_due: integerBetween(0, 3650).optional(),
})

const item = params<Stripe.SubscriptionScheduleCreateParams.Phase.Item>()({
  discounts,
  metadata: metadata.optional(),
  price: text,
  quantity: quantity.optional(),
})

const phase = {
  add_invoice_items: list(
    params<Stripe.SubscriptionScheduleCreateParams.Phase.AddInvoiceItem>()({
      price: text,
      quantity: integerBetween(1, 999_999).optional(),
    }),
  ).optional(),
  billing_cycle_anchor: anchor.optional(),
  collection_method: collectionMethod.optional(),
  currency: text.optional(),
  default_payment_method: text.optional(),
  description: unsettable(text).optional(),
  discounts,
  duration: params<Stripe.SubscriptionScheduleCreateParams.Phase.Duration>()({
    interval: z.enum(['day', 'week', 'month', 'year']),
    interval_count: integerBetween(1, 1095).optional(),
  }).optional(),
  invoice_settings: invoiceSettings.optional(),
  items: list(item).refine((items) => items.length <= mostItems, { error: `A phase has at most ${mostItems} items.` }),
  metadata: metadata.optional(),
  proration_behavior: prorationBehavior.optional(),
  trial: flag.optional(),
}

/** https://docs.stripe.com/api/subscription_schedules/create: only an update may say both of a trial. */
const newPhase = atMostOne(
  params<NewPhase>()({ ...phase, end_date: timestamp.optional(), trial_end: timestamp.optional() }),
  'trial',
  'trial_end',
)

const changedPhase = params<ChangedPhase>()({
  ...phase,
  end_date: moment.optional(),
  start_date: moment.optional(),
  trial_end: moment.optional(),
})

/** A phase as it is asked for: everything that a new or a changed one may say. */
export type GivenPhase = z.infer<typeof changedPhase>

export const newPhases = phasesOf(newPhase)
export const changedPhases = phasesOf(changedPhase)

export const defaultSettings = params<DefaultSettings>()({
  billing_cycle_anchor: anchor.optional(),
  collection_method: collectionMethod.optional(),
  default_payment_method: text.optional(),
  description: unsettable(text).optional(),
  invoice_settings: invoiceSettings.optional(),
})

export type GivenDefaults = z.infer<typeof defaultSettings>

function phasesOf<Phase extends z.ZodType>(one: Phase) {
  return list(one).refine((phases) => phases.length > 0 && phases.length <= mostPhases, {
    error: `A schedule has 1 to ${mostPhases} phases.`,
  })
}
