import type Stripe from 'stripe'
import { z } from 'zod'
import { currency, decimal } from '../catalogue/fields.ts'
import {
  created,
  flag,
  integer,
  integerBetween,
  list,
  metadata,
  paging,
  params,
  text,
  timestamp,
  unsettable,
  webUrl,
} from '../http/params.ts'

// https://docs.stripe.com/api/checkout/sessions/create
type Create = Stripe.Checkout.SessionCreateParams

const quantity = integerBetween(0, 999_999)

const adjustableQuantity = params<Stripe.Checkout.SessionCreateParams.LineItem.AdjustableQuantity>()({
  enabled: flag,
  maximum: quantity.optional(),
  minimum: quantity.optional(),
})

const priceData = params<Stripe.Checkout.SessionCreateParams.LineItem.PriceData>()({
  currency,
  product: text.optional(),
  product_data: params<Stripe.Checkout.SessionCreateParams.LineItem.PriceData.ProductData>()({
    description: text.optional(),
    images: list(webUrl).optional(),
    metadata: metadata.optional(),
    name: text,
    unit_label: text.optional(),
  }).optional(),
  recurring: params<Stripe.Checkout.SessionCreateParams.LineItem.PriceData.Recurring>()({
    interval: z.enum(['day', 'week', 'month', 'year']),
    interval_count: integerBetween(1, 1095).optional(),
  }).optional(),
  tax_behavior: z.enum(['exclusive', 'inclusive', 'unspecified']).optional(),
  unit_amount: integerBetween(0, 99_999_999).optional(),
  unit_amount_decimal: decimal({ places: 12 }).optional(),
})

const lineItem = {
  adjustable_quantity: adjustableQuantity.optional(),
  metadata: metadata.optional(),
  price: text.optional(),
  price_data: priceData.optional(),
  quantity: quantity.optional(),
}

const lineItemParams = params<Stripe.Checkout.SessionCreateParams.LineItem>()(lineItem)

const subscriptionData = params<Stripe.Checkout.SessionCreateParams.SubscriptionData>()({
  billing_cycle_anchor: timestamp.optional(),
  billing_mode: params<Stripe.Checkout.SessionCreateParams.SubscriptionData.BillingMode>()({
    type: z.enum(['flexible', 'classic']),
  }).optional(),
  description: text.optional(),
  metadata: metadata.optional(),
  proration_behavior: z.enum(['create_prorations', 'none']).optional(),
  trial_end: timestamp.optional(),
  trial_period_days: integer.optional(),
  trial_settings: params<Stripe.Checkout.SessionCreateParams.SubscriptionData.TrialSettings>()({
    end_behavior: params<Stripe.Checkout.SessionCreateParams.SubscriptionData.TrialSettings.EndBehavior>()({
      missing_payment_method: z.enum(['cancel', 'create_invoice', 'pause']),
    }),
  }).optional(),
})

const customerUpdate = z.enum(['auto', 'never']).optional()

const customText = unsettable(
  params<Stripe.Checkout.SessionCreateParams.CustomText.Submit>()({ message: text.max(1200) }),
).optional()

// prettier-ignore
const locales = [
  'auto', 'bg', 'cs', 'da', 'de', 'el', 'en', 'en-GB', 'es', 'es-419', 'et', 'fi', 'fil', 'fr', 'fr-CA', 'hi-IN', 'hr', 'hu', 'id', 'it', 'ja',
  'ko', 'lt', 'lv', 'ms', 'mt', 'nb', 'nl', 'pl', 'pt', 'pt-BR', 'ro', 'ru', 'sk', 'sl', 'sv', 'th', 'tr', 'vi', 'zh', 'zh-HK', 'zh-TW',
] as const

export const createParams = params<Create>()({
  allow_promotion_codes: flag.optional(),
  allowed_payment_method_types: list(z.enum(['card'])).optional(),
  billing_address_collection: z.enum(['auto', 'required']).optional(),
  cancel_url: webUrl.optional(),
  client_reference_id: text.max(200).optional(),
  currency: currency.optional(),
  custom_text: params<Stripe.Checkout.SessionCreateParams.CustomText>()({
    after_submit: customText,
    submit: customText,
  }).optional(),
  customer: text.optional(),
  customer_creation: z.enum(['always', 'if_required']).optional(),
  customer_email: text.optional(),
  customer_update: params<Stripe.Checkout.SessionCreateParams.CustomerUpdate>()({
    address: customerUpdate,
    name: customerUpdate,
    shipping: customerUpdate,
  }).optional(),
  discounts: list(
    params<Stripe.Checkout.SessionCreateParams.Discount>()({
      coupon: text.optional(),
      promotion_code: text.optional(),
    }),
  ).optional(),
  expires_at: timestamp.optional(),
  integration_identifier: text.optional(),
  line_items: list(lineItemParams).optional(),
  locale: z.enum(locales).optional(),
  metadata: metadata.optional(),
  mode: z.enum(['subscription', 'setup', 'payment']),
  origin_context: z.enum(['mobile_app', 'web']).optional(),
  payment_method_collection: z.enum(['always', 'if_required']).optional(),
  payment_method_data: params<Stripe.Checkout.SessionCreateParams.PaymentMethodData>()({
    allow_redisplay: z.enum(['always', 'limited', 'unspecified']).optional(),
  }).optional(),
  saved_payment_method_options: params<Stripe.Checkout.SessionCreateParams.SavedPaymentMethodOptions>()({
    allow_redisplay_filters: list(z.enum(['always', 'limited', 'unspecified'])).optional(),
    payment_method_remove: z.enum(['disabled', 'enabled']).optional(),
    payment_method_save: z.enum(['disabled', 'enabled']).optional(),
  }).optional(),
  setup_intent_data: params<Stripe.Checkout.SessionCreateParams.SetupIntentData>()({
    description: text.optional(),
    metadata: metadata.optional(),
  }).optional(),
  subscription_data: subscriptionData.optional(),
  success_url: webUrl,
  ui_mode: z.enum(['hosted_page', 'embedded_page', 'elements', 'form']).optional(),
})

// https://docs.stripe.com/api/checkout/sessions/update
export const updateParams = params<Stripe.Checkout.SessionUpdateParams>()({
  line_items: list(
    params<Stripe.Checkout.SessionUpdateParams.LineItem>()({ ...lineItem, id: text.optional() }),
  ).optional(),
  metadata: metadata.optional(),
})

// https://docs.stripe.com/api/checkout/sessions/list
export const listParams = params<Stripe.Checkout.SessionListParams>()({
  ...paging,
  created,
  customer: text.optional(),
  customer_details: params<Stripe.Checkout.SessionListParams.CustomerDetails>()({ email: text }).optional(),
  payment_intent: text.optional(),
  status: z.enum(['complete', 'expired', 'open']).optional(),
  subscription: text.optional(),
})

export type NewSession = z.infer<typeof createParams>
export type NewLineItem = z.infer<typeof lineItemParams>
export type GivenLineItem = NewLineItem & { id?: string | undefined }
