import { z } from 'zod'
import { Money } from './money-shape.ts'
import { Interval, PlanId } from './plans.ts'

export const SubscriptionStatus = z.enum(['active', 'trialing', 'past_due', 'unpaid', 'incomplete', 'canceled'])
export type SubscriptionStatus = z.infer<typeof SubscriptionStatus>

const Discount = z.object({
  name: z.string(),
  percentOff: z.number().nullable(),
  amountOff: Money.nullable(),
  /** Null for as long as the subscription lasts. */
  endsAt: z.iso.datetime().nullable(),
})
export type Discount = z.infer<typeof Discount>

/** A payment failed. The plan stays until `graceEndsAt`, and after it is the free one. */
const PaymentProblem = z.object({
  since: z.iso.datetime(),
  graceEndsAt: z.iso.datetime(),
  amountDue: Money,
  /** Where it can be paid; null for those who may not pay. */
  payUrl: z.string().nullable(),
})
export type PaymentProblem = z.infer<typeof PaymentProblem>

/** Without a subscription an organisation is on the free plan: `status` is `active` and there is no period. */
export const Subscription = z.object({
  organizationId: z.uuid(),
  /** What is subscribed to. */
  planId: PlanId,
  /** What can be used now: `free` for whoever does not pay any more. */
  entitledPlanId: PlanId,
  status: SubscriptionStatus,
  interval: Interval.nullable(),
  /** Those that are paid for: one for each member, and never fewer than `minimumSeats`. */
  seats: z.number().int(),
  minimumSeats: z.number().int(),
  price: Money.nullable(),
  currentPeriodStart: z.iso.datetime().nullable(),
  currentPeriodEnd: z.iso.datetime().nullable(),
  trialEndsAt: z.iso.datetime().nullable(),
  cancelAtPeriodEnd: z.boolean(),
  /** The plan that takes the place of this one when its period ends. */
  scheduledChange: z
    .object({ planId: PlanId, interval: Interval, seats: z.number().int(), at: z.iso.datetime() })
    .nullable(),
  discount: Discount.nullable(),
  paymentProblem: PaymentProblem.nullable(),
})
export type Subscription = z.infer<typeof Subscription>

export const PlanChange = z.object({
  planId: PlanId.exclude(['free']),
  interval: Interval,
  /** The fewest seats to pay for; without it as many as there were. Members have a seat each whatever it is. */
  seats: z.number().int().min(1).max(10_000).optional(),
})
export type PlanChange = z.infer<typeof PlanChange>

const Line = z.object({ description: z.string(), amount: Money })
export type InvoiceLine = z.infer<typeof Line>

/** What a change would cost, to the minor unit: whoever sends `at` and `dueNow` back is charged that, or nothing. */
export const ChangePreview = z.object({
  /** More is had at once; less only when the period that is paid for ends. */
  effective: z.enum(['now', 'period_end']),
  at: z.iso.datetime(),
  planId: PlanId,
  interval: Interval,
  seats: z.number().int(),
  /** What is charged at once. */
  dueNow: Money,
  /** What is left over of what was paid, and pays the next invoices. */
  credit: Money,
  lines: z.array(Line),
  /** The invoice that follows, when nothing else changes. */
  next: z.object({ total: Money, at: z.iso.datetime() }),
})
export type ChangePreview = z.infer<typeof ChangePreview>

export const Invoice = z.object({
  id: z.uuid(),
  number: z.string().nullable(),
  status: z.enum(['draft', 'open', 'paid', 'void', 'uncollectible']),
  total: Money,
  /** What is still to be paid of it. */
  amountDue: Money,
  refunded: Money,
  hostedUrl: z.string().nullable(),
  pdfUrl: z.string().nullable(),
  createdAt: z.iso.datetime(),
  paidAt: z.iso.datetime().nullable(),
})
export type Invoice = z.infer<typeof Invoice>

export const NextInvoice = z.object({
  total: Money,
  /** The total, less what stands to the customer's credit. */
  amountDue: Money,
  at: z.iso.datetime(),
  lines: z.array(Line),
})
export type NextInvoice = z.infer<typeof NextInvoice>
