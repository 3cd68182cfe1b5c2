import { command, defineContract, defineEvent, Page, pageOf, query, raw } from '@lightpress/protocol'
import { z } from 'zod'

export const PlanId = z.enum(['free', 'pro', 'business'])
export type PlanId = z.infer<typeof PlanId>
export const Interval = z.enum(['month', 'year'])
export type Interval = z.infer<typeof Interval>

/** Integer minor units (cents) of an ISO 4217 currency in lower case, as Stripe has them. */
export const Money = z.object({ amount: z.number().int(), currency: z.string().length(3) })
export type Money = z.infer<typeof Money>

const Plan = z.object({
  id: PlanId,
  name: z.string(),
  description: z.string(),
  perSeat: z.boolean(),
  prices: z.array(z.object({ interval: Interval, price: Money })),
  features: z.array(z.string()),
})
export type Plan = z.infer<typeof Plan>

export const SubscriptionStatus = z.enum(['active', 'trialing', 'past_due', 'unpaid', 'incomplete', 'canceled'])
export type SubscriptionStatus = z.infer<typeof SubscriptionStatus>

/** Without a subscription an organisation is on the free plan: `status` is `active` and there is no period. */
const Subscription = z.object({
  organizationId: z.uuid(),
  planId: PlanId,
  status: SubscriptionStatus,
  interval: Interval.nullable(),
  seats: z.number().int(),
  price: Money.nullable(),
  currentPeriodEnd: z.iso.datetime().nullable(),
  cancelAtPeriodEnd: z.boolean(),
})
export type Subscription = z.infer<typeof Subscription>

const Invoice = z.object({
  id: z.uuid(),
  number: z.string().nullable(),
  status: z.enum(['draft', 'open', 'paid', 'void', 'uncollectible']),
  total: Money,
  hostedUrl: z.string().nullable(),
  pdfUrl: z.string().nullable(),
  createdAt: z.iso.datetime(),
  paidAt: z.iso.datetime().nullable(),
})
export type Invoice = z.infer<typeof Invoice>

/** How much of what a plan allows; null is no limit. */
export const Limits = z.object({
  /** People in an organisation, invited ones included. */
  members: z.number().int().nullable(),
})
export type Limits = z.infer<typeof Limits>

const Entitlements = z.object({ planId: PlanId, limits: Limits })
export type Entitlements = z.infer<typeof Entitlements>

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
        seats: z.number().int().min(1).max(10_000).default(1),
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
    listInvoices: query({
      path: '/v1/billing/invoices',
      access: 'admin',
      scope: 'billing:read',
      summary: "The active organisation's invoices, newest first.",
      input: Page,
      output: pageOf(Invoice),
    }),
    readEntitlements: query({
      access: 'service',
      summary: 'What the plan of an organisation entitles it to, for the module that spends it.',
      input: z.object({ organizationId: z.uuid() }),
      output: Entitlements,
    }),
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
    ],
  },
)

export const subscriptionChanged = defineEvent(
  'billing.subscription.changed.v1',
  z.object({ organizationId: z.uuid(), planId: PlanId, status: SubscriptionStatus, seats: z.number().int() }),
  { listeners: ['notifications'] },
)

/** Money came in: told once an invoice, however often Stripe tells us, and not of invoices that ask for nothing. */
export const invoicePaid = defineEvent(
  'billing.invoice.paid.v1',
  z.object({
    organizationId: z.uuid(),
    invoiceId: z.uuid(),
    number: z.string().nullable(),
    planId: PlanId.nullable(),
    total: Money,
    paidAt: z.iso.datetime(),
    hostedUrl: z.string().nullable(),
  }),
  { listeners: ['notifications'] },
)
