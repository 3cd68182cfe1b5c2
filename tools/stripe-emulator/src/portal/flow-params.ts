import type Stripe from 'stripe'
import { z } from 'zod'
import { atMostOne, integerBetween, list, params, text, webUrl } from '../http/params.ts'

type FlowData = Stripe.BillingPortal.SessionCreateParams.FlowData

const aboutSubscription = params<{ subscription: string }>()({ subscription: text })

/** https://docs.stripe.com/customer-management/portal-deep-links */
export const flowData = params<FlowData>()({
  after_completion: params<FlowData['after_completion'] & object>()({
    hosted_confirmation: params<Stripe.BillingPortal.SessionCreateParams.FlowData.AfterCompletion.HostedConfirmation>()(
      {
        custom_message: text.max(500).optional(),
      },
    ).optional(),
    redirect: params<Stripe.BillingPortal.SessionCreateParams.FlowData.AfterCompletion.Redirect>()({
      return_url: webUrl,
    }).optional(),
    type: z.enum(['hosted_confirmation', 'portal_homepage', 'redirect']),
  }).optional(),
  subscription_cancel: aboutSubscription.optional(),
  subscription_update: aboutSubscription.optional(),
  subscription_update_confirm: params<FlowData['subscription_update_confirm'] & object>()({
    discounts: list(
      atMostOne(
        params<Stripe.BillingPortal.SessionCreateParams.FlowData.SubscriptionUpdateConfirm.Discount>()({
          coupon: text.optional(),
          promotion_code: text.optional(),
        }),
        'coupon',
        'promotion_code',
      ),
    ).optional(),
    items: list(
      params<Stripe.BillingPortal.SessionCreateParams.FlowData.SubscriptionUpdateConfirm.Item>()({
        id: text,
        price: text.optional(),
        quantity: integerBetween(0, 999_999).optional(),
      }),
    ),
    subscription: text,
  }).optional(),
  type: z.enum(['payment_method_update', 'subscription_cancel', 'subscription_update', 'subscription_update_confirm']),
})

export type FlowGiven = z.output<typeof flowData>
