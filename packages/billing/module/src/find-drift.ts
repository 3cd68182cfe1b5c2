import { isDeepStrictEqual } from 'node:util'
import { currentOf } from './current-subscription.ts'
import { pastDueSinceOf } from './grace.ts'
import type { invoice } from './schema.ts'
import type { FoundInvoice } from './stripe/invoice-readings.ts'
import type { FoundSubscription } from './stripe/readings.ts'
import type { SubscriptionRow } from './subscriptions.ts'

export type InvoiceRow = typeof invoice.$inferSelect

/** What our copy says and Stripe does not. */
export interface Difference {
  /** `subscription.status`, `invoice.total`; `….unknown` of what only Stripe has, `….gone` of what only we have. */
  what: string
  /** Stripe's id of what differs. */
  stripeId: string
  ours: string | null
  theirs: string | null
}

/** Compares everything that we keep of a customer with everything that Stripe has of it. */
export function findDrift(
  ours: { subscription: SubscriptionRow | undefined; invoices: readonly InvoiceRow[] },
  theirs: { subscriptions: readonly FoundSubscription[]; invoices: readonly FoundInvoice[] },
): Difference[] {
  const current = currentOf(theirs.subscriptions)
  const pastDueSince = current && pastDueSinceOf(current, theirs.invoices)
  return [
    ...subscriptionDrift(ours.subscription, current, pastDueSince),
    ...invoiceDrift(ours.invoices, theirs.invoices),
  ]
}

const subscriptionFacts = [
  'planId',
  'status',
  'interval',
  'seats',
  'minimumSeats',
  'unitAmount',
  'currency',
  'currentPeriodStart',
  'currentPeriodEnd',
  'trialEnd',
  'hasPaymentMethod',
  'cancelAtPeriodEnd',
  'stripeScheduleId',
  'discount',
] as const satisfies (keyof SubscriptionRow & keyof FoundSubscription)[]

/** `pastDueSince` is compared where it is given: it takes all invoices to know it. */
export function subscriptionDrift(
  ours: SubscriptionRow | undefined,
  theirs: FoundSubscription | undefined,
  pastDueSince?: Date | null,
): Difference[] {
  if (!theirs) return ours ? [gone('subscription', ours.stripeSubscriptionId, ours.status)] : []
  if (!ours) return [unknown('subscription', theirs.id, theirs.status)]
  const scheduled: Partial<NonNullable<FoundSubscription['scheduled']>> = theirs.scheduled ?? {}
  return different('subscription', theirs.id, [
    ['id', ours.stripeSubscriptionId, theirs.id],
    ...subscriptionFacts.map((fact): Compared => [fact, ours[fact], theirs[fact]]),
    ['scheduledPlanId', ours.scheduledPlanId, scheduled.planId],
    ['scheduledInterval', ours.scheduledInterval, scheduled.interval],
    ['scheduledSeats', ours.scheduledSeats, scheduled.seats],
    ['scheduledAt', ours.scheduledAt, scheduled.at],
    ...(pastDueSince === undefined ? [] : [['pastDueSince', ours.pastDueSince, pastDueSince] satisfies Compared]),
  ])
}

/** Without the addresses of its page and its PDF: Stripe gives others from time to time, and the old ones go on working. */
const invoiceFacts = [
  'number',
  'status',
  'stripeSubscriptionId',
  'planId',
  'total',
  'amountDue',
  'refunded',
  'currency',
  'createdAt',
  'dueAt',
  'paidAt',
  'attempts',
  'nextAttemptAt',
] as const satisfies (keyof InvoiceRow & keyof FoundInvoice)[]

/** Of two lists of the same invoices, in any order. */
export function invoiceDrift(ours: readonly InvoiceRow[], theirs: readonly FoundInvoice[]): Difference[] {
  const rows = new Map(ours.map((row) => [row.stripeInvoiceId, row]))
  const found = new Set(theirs.map(({ id }) => id))
  return [
    ...theirs.flatMap((invoice) => {
      const row = rows.get(invoice.id)
      if (!row) return [unknown('invoice', invoice.id, invoice.status)]
      return different(
        'invoice',
        invoice.id,
        invoiceFacts.map((fact) => [fact, row[fact], invoice[fact]]),
      )
    }),
    ...ours
      .filter(({ stripeInvoiceId }) => !found.has(stripeInvoiceId))
      .map(({ stripeInvoiceId, status }) => gone('invoice', stripeInvoiceId, status)),
  ]
}

type Compared = [name: string, ours: unknown, theirs: unknown]

function different(kind: string, stripeId: string, facts: readonly Compared[]): Difference[] {
  return facts
    .map(([name, ours, theirs]): Compared => [name, ours ?? null, theirs ?? null])
    .filter(([, ours, theirs]) => !isDeepStrictEqual(ours, theirs))
    .map(([name, ours, theirs]) => ({ what: `${kind}.${name}`, stripeId, ours: text(ours), theirs: text(theirs) }))
}

function unknown(kind: string, stripeId: string, theirs: string): Difference {
  return { what: `${kind}.unknown`, stripeId, ours: null, theirs }
}

function gone(kind: string, stripeId: string, ours: string): Difference {
  return { what: `${kind}.gone`, stripeId, ours, theirs: null }
}

/** As an operator reads it. */
function text(value: unknown): string | null {
  if (value === null) return null
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'string' ? value : JSON.stringify(value)
}
