import { defineEvent } from '@lightpress/protocol'
import { z } from 'zod'
import { Money } from './money-shape.ts'
import { PlanId } from './plans.ts'
import { SubscriptionStatus } from './subscriptions.ts'

export const subscriptionChanged = defineEvent(
  'billing.subscription.changed.v1',
  z.object({
    organizationId: z.uuid(),
    planId: PlanId,
    status: SubscriptionStatus,
    seats: z.number().int(),
    /** What can be used now: not `planId` for whoever does not pay any more. */
    entitledPlanId: PlanId.optional(),
  }),
  { listeners: ['notifications'] },
)

/** A trial has three days left, or less. Told once for each end that it has. */
export const trialEnding = defineEvent(
  'billing.trial.ending.v1',
  z.object({
    organizationId: z.uuid(),
    planId: PlanId,
    trialEndsAt: z.iso.datetime(),
    /** Whether there is a card: without one the plan ends with the trial. */
    hasPaymentMethod: z.boolean(),
  }),
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

/**
 * Money did not come in. Told once for each number of attempts that was seen; who pays meanwhile hears of none, and of
 * several in between only the latest.
 */
export const invoicePaymentFailed = defineEvent(
  'billing.invoice.payment_failed.v1',
  z.object({
    organizationId: z.uuid(),
    invoiceId: z.uuid(),
    number: z.string().nullable(),
    planId: PlanId.nullable(),
    amountDue: Money,
    /** How often it was tried. */
    attempt: z.number().int(),
    nextAttemptAt: z.iso.datetime().nullable(),
    /** Until then the plan stays what it is. */
    graceEndsAt: z.iso.datetime(),
    /** Where it can be paid. */
    hostedUrl: z.string().nullable(),
  }),
  { listeners: ['notifications'] },
)
