import { command, Page, pageOf, query } from '@lightpress/protocol'
import { z } from 'zod'
import { PlanId } from './plans.ts'
import { Invoice, Subscription, SubscriptionStatus } from './subscriptions.ts'

/** An organisation as the payment provider's customer. */
const Account = z.object({
  organizationId: z.uuid(),
  /** Null when users does not know it any more. */
  organizationName: z.string().nullable(),
  subscription: Subscription,
  stripeCustomerId: z.string(),
  /** Whether something that the provider told of was not read yet. */
  behind: z.boolean(),
})
export type Account = z.infer<typeof Account>

const StripeEvent = z.object({
  id: z.string(),
  type: z.string(),
  organizationId: z.uuid().nullable(),
  stripeCustomerId: z.string().nullable(),
  createdAt: z.iso.datetime(),
  receivedAt: z.iso.datetime(),
  /** `read`: what it tells of was read since. `waiting`: it is about to be. `ignored`: it does not concern us. */
  outcome: z.enum(['read', 'waiting', 'ignored']),
  ignoredBecause: z.enum(['other_kind', 'other_account', 'other_mode', 'unknown_customer']).nullable(),
})
export type StripeEvent = z.infer<typeof StripeEvent>

/** What the copy said and the provider did not. */
const Drift = z.object({
  id: z.uuid(),
  organizationId: z.uuid().nullable(),
  stripeCustomerId: z.string(),
  /** `subscription.status`, `invoice.total`, `usage.tasks`, `webhook.lost`; `….unknown` is only there, `….gone` only here. */
  what: z.string(),
  /** The provider's id of what differs: a subscription, an invoice, a webhook, the customer itself. */
  stripeId: z.string(),
  ours: z.string().nullable(),
  theirs: z.string().nullable(),
  repairedAt: z.iso.datetime().nullable(),
})
export type Drift = z.infer<typeof Drift>

const Reconciliation = z.object({
  id: z.uuid(),
  /** `broken_off`: the process that did it ended, and none took it up. */
  state: z.enum(['running', 'finished', 'broken_off']),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  /** Subscriptions that were compared. */
  compared: z.number().int(),
  /** Webhooks of the provider's that never came. */
  lostWebhooks: z.number().int(),
  /** The first hundred, those before all others that are not repaired. */
  drifts: z.array(Drift),
  /** How many there were. */
  driftCount: z.number().int(),
  /** How many of them are not repaired. */
  openCount: z.number().int(),
})
export type Reconciliation = z.infer<typeof Reconciliation>

export const operatorOperations = {
  listAccounts: query({
    path: '/v1/admin/billing/accounts',
    access: 'platform',
    summary: "Organisations that are the payment provider's customers, newest first.",
    input: Page.extend({
      status: SubscriptionStatus.optional(),
      planId: PlanId.optional(),
      organizationId: z.uuid().optional(),
    }),
    output: pageOf(Account),
  }),
  readAccount: query({
    path: '/v1/admin/billing/accounts/:organizationId',
    access: 'platform',
    summary: 'One of them, with its latest invoices and what the provider told of it last.',
    input: z.object({ organizationId: z.uuid() }),
    output: z.object({ account: Account, invoices: z.array(Invoice), events: z.array(StripeEvent) }),
  }),
  convergeNow: command({
    path: '/v1/admin/billing/accounts/:organizationId/converge',
    access: 'platform',
    summary: 'Reads it from the payment provider now, and says what was different.',
    input: z.object({ organizationId: z.uuid() }),
    output: z.object({
      account: Account,
      /** Null where it could not be compared, since somebody went on changing it. */
      differences: z.array(Drift.pick({ what: true, stripeId: true, ours: true, theirs: true })).nullable(),
    }),
  }),
  listStripeEvents: query({
    path: '/v1/admin/billing/stripe-events',
    access: 'platform',
    summary: 'What the payment provider told us, newest first, and what became of it.',
    input: Page.extend({
      /** The beginning of a type: `invoice.` */
      type: z
        .string()
        .max(100)
        .regex(/^[a-z_.]*$/)
        .optional(),
      organizationId: z.uuid().optional(),
      outcome: StripeEvent.shape.outcome.optional(),
    }),
    output: pageOf(StripeEvent),
  }),
  replayStripeEvent: command({
    path: '/v1/admin/billing/stripe-events/:id/replay',
    access: 'platform',
    summary: 'Has what an event tells of read once more.',
    input: z.object({ id: z.string().max(255) }),
    output: z.object({ event: StripeEvent }),
  }),
  listReconciliations: query({
    path: '/v1/admin/billing/reconciliations',
    access: 'platform',
    summary: 'The comparisons with the payment provider, newest first, and the drift that each found.',
    input: Page,
    output: pageOf(Reconciliation),
  }),
  startReconciliation: command({
    path: '/v1/admin/billing/reconciliations',
    access: 'platform',
    summary: 'Compares everything with the payment provider now, and repairs what differs.',
    status: 202,
    input: z.object({}),
    output: z.object({ id: z.uuid() }),
  }),
}
