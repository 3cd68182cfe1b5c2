import { command, defineContract, Page, pageOf, query, raw } from '@lightpress/protocol'
import { z } from 'zod'
import { operatorOperations } from './operators.ts'
import { Entitlements, Interval, Plan, PlanId } from './plans.ts'
import { Money } from './money-shape.ts'
import { ChangePreview, Invoice, NextInvoice, PlanChange, Subscription } from './subscriptions.ts'
import { Usage, UsageReceipt, UsageRecord } from './usage.ts'

export * from './events.ts'
export type { Account, Drift, Reconciliation, StripeEvent } from './operators.ts'
export { Feature, Interval, Limits, MeterId, PlanId, type Entitlements, type MeteredPrice, type Plan } from './plans.ts'
export {
  SubscriptionStatus,
  type ChangePreview,
  type Discount,
  type Invoice,
  type InvoiceLine,
  type NextInvoice,
  type PaymentProblem,
  type PlanChange,
  type Subscription,
} from './subscriptions.ts'
export { Money } from './money-shape.ts'
export type { MinorUnits } from './money.ts'
export type { Usage } from './usage.ts'

export const billing = defineContract(
  'billing',
  {
    listPlans: query({
      path: '/v1/billing/plans',
      access: 'public',
      summary: 'The plan catalogue.',
      headers: { 'cache-control': 'public, max-age=60' },
      input: z.object({}),
      output: z.object({ items: z.array(Plan) }),
    }),
    getSubscription: query({
      path: '/v1/billing/subscription',
      access: 'member',
      scope: 'billing:read',
      summary: "The active organisation's subscription.",
      input: z.object({}),
      output: Subscription,
    }),
    startCheckout: command({
      path: '/v1/billing/checkout',
      access: 'admin',
      scope: 'billing:write',
      summary: 'Starts the payment of a plan; the person goes on at `url`. Takes an Idempotency-Key.',
      input: z.object({
        planId: PlanId.exclude(['free']),
        interval: Interval,
        /** The fewest to pay for; members have a seat each whatever it is. */
        seats: z.number().int().min(1).max(10_000).default(1),
        /** Tries it first, for the plan's `trialDays`, without a card. */
        trial: z.boolean().default(false),
        /** As a person has it; without one it can be typed on the payment page. */
        promotionCode: z.string().trim().min(1).max(100).optional(),
      }),
      output: z.object({ url: z.url() }),
    }),
    openPortal: command({
      path: '/v1/billing/portal',
      access: 'admin',
      scope: 'billing:write',
      summary: "Opens the payment provider's portal at `url`: cards, invoices, cancelling.",
      input: z.object({}),
      output: z.object({ url: z.url() }),
    }),
    previewChange: command({
      path: '/v1/billing/subscription/preview',
      access: 'admin',
      scope: 'billing:write',
      summary: 'What another plan would cost, when, and to the minor unit.',
      input: PlanChange,
      output: ChangePreview,
    }),
    changeSubscription: command({
      path: '/v1/billing/subscription/change',
      access: 'admin',
      scope: 'billing:write',
      summary:
        'Changes the plan: to more at once, to less when the period ends. Charges what `confirmed` says or nothing. Takes an Idempotency-Key.',
      input: PlanChange.extend({
        /** From the preview that was looked at. */
        confirmed: z.object({ at: z.iso.datetime(), dueNow: Money }).optional(),
      }),
      output: Subscription,
    }),
    cancelSubscription: command({
      path: '/v1/billing/subscription/cancel',
      access: 'admin',
      scope: 'billing:write',
      summary: 'Ends the subscription with the period that is paid for; at once where none is.',
      input: z.object({}),
      output: Subscription,
    }),
    resumeSubscription: command({
      path: '/v1/billing/subscription/resume',
      access: 'admin',
      scope: 'billing:write',
      summary: 'Takes back what was to happen when the period ends: the end, or another plan.',
      input: z.object({}),
      output: Subscription,
    }),
    listInvoices: query({
      path: '/v1/billing/invoices',
      access: 'admin',
      scope: 'billing:read',
      summary: "The active organisation's invoices, newest first.",
      input: Page,
      output: pageOf(Invoice),
    }),
    getNextInvoice: query({
      path: '/v1/billing/invoices/next',
      access: 'admin',
      scope: 'billing:read',
      summary: 'What the next invoice says as things are now; null where none will come.',
      input: z.object({}),
      output: z.object({ invoice: NextInvoice.nullable() }),
    }),
    getEntitlements: query({
      path: '/v1/billing/entitlements',
      access: 'member',
      scope: 'billing:read',
      summary: "What the active organisation's plan entitles it to.",
      input: z.object({}),
      output: Entitlements,
    }),
    getUsage: query({
      path: '/v1/billing/usage',
      access: 'member',
      scope: 'billing:read',
      summary: 'What the active organisation used in the running period.',
      input: z.object({}),
      output: z.object({ items: z.array(Usage) }),
    }),
    recordUsage: command({
      path: '/v1/billing/usage',
      access: 'member',
      scope: 'billing:write',
      summary:
        'Counts what was used, if the plan allows as much: all of it or none. Takes an Idempotency-Key, under which it counts once.',
      status: 201,
      input: UsageRecord,
      output: UsageReceipt,
    }),
    readEntitlements: query({
      access: 'service',
      summary: 'What the plan of an organisation entitles it to, for the module that spends it.',
      cacheSeconds: 30,
      input: z.object({ organizationId: z.uuid() }),
      output: Entitlements,
    }),
    ...operatorOperations,
    stripeWebhook: raw({
      method: 'POST',
      path: '/v1/billing/webhooks/stripe',
      access: 'signed',
      summary: 'Where Stripe tells us that something changed. Verified by its signature over the raw body.',
      bytes: true,
      output: z.object({ received: z.literal(true) }),
    }),
  },
  {
    reasons: [
      'billing.already_subscribed',
      'billing.plan_not_for_sale',
      'billing.checkout_superseded',
      'billing.no_customer',
      'billing.signature_invalid',
      'billing.provider_unavailable',
      'billing.organization_closed',
      'billing.trial_used',
      'billing.trial_not_offered',
      'billing.promotion_code_invalid',
      'billing.not_subscribed',
      'billing.same_plan',
      'billing.payment_due',
      'billing.payment_failed',
      'billing.amount_changed',
      'billing.preview_expired',
      'billing.change_superseded',
      'billing.nothing_to_resume',
      'billing.usage_limit',
      'billing.account_not_found',
      'billing.event_not_found',
    ],
  },
)
