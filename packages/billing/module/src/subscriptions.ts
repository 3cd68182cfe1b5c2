import type { PaymentProblem, Subscription } from '@lightpress/billing-contract'
import { money } from '@lightpress/billing-contract/money'
import { organizationOf, type Db } from '@lightpress/kernel'
import { ranksAtLeast } from '@lightpress/protocol'
import { and, asc, eq, inArray, isNotNull } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { isEnded } from './current-subscription.ts'
import { entitledPlan, graceEnd, nowFor } from './grace.ts'
import { customer, invoice, subscription } from './schema.ts'

export type SubscriptionRow = typeof subscription.$inferSelect

export async function getSubscription(_input: object, ctx: BillingContext): Promise<Subscription> {
  const { identity, apiKey } = ctx.caller
  return findSubscription(organizationOf(ctx), ctx, {
    mayPay: apiKey !== null || ranksAtLeast(identity?.role ?? null, 'admin'),
  })
}

/** `mayPay`: whether where to pay is for them to see. */
export async function findSubscription(
  organizationId: string,
  ctx: Pick<BillingContext, 'db'>,
  { mayPay }: { mayPay: boolean },
): Promise<Subscription> {
  const [found] = await ctx.db
    .select({ row: subscription, clockAt: customer.clockAt })
    .from(subscription)
    .innerJoin(customer, eq(customer.organizationId, subscription.organizationId))
    .where(eq(subscription.organizationId, organizationId))
  const [described] = await describeSubscriptions([{ organizationId, ...found }], ctx)
  if (!described) throw new TypeError('A subscription was not described')
  const { paymentProblem: problem } = described
  return mayPay || !problem ? described : { ...described, paymentProblem: { ...problem, payUrl: null } }
}

interface Standing {
  organizationId: string
  row?: SubscriptionRow
  clockAt?: Date | null
}

/** From their rows, undefined where there is none, as they are now; in the same order. */
export async function describeSubscriptions(
  standings: readonly Standing[],
  { db }: Pick<BillingContext, 'db'>,
): Promise<Subscription[]> {
  const unpaid = await findUnpaid(
    db,
    standings.flatMap(({ row }) => (row?.pastDueSince ? row : [])),
  )
  return standings.map(({ organizationId, row, clockAt }) => ({
    organizationId,
    ...toSubscription(row),
    entitledPlanId: entitledPlan(row, nowFor(clockAt)),
    paymentProblem: row ? problemOf(row, unpaid.get(row.stripeSubscriptionId)) : null,
  }))
}

/** Without what depends on the time or on other tables. No row is the free plan; of what has ended only that is left to say. */
export function toSubscription(
  row: SubscriptionRow | undefined,
): Omit<Subscription, 'organizationId' | 'entitledPlanId' | 'paymentProblem'> {
  if (!row || isEnded(row.status)) {
    return {
      planId: 'free',
      status: row?.status ?? 'active',
      interval: null,
      seats: 1,
      minimumSeats: 1,
      price: null,
      currentPeriodStart: null,
      currentPeriodEnd: null,
      trialEndsAt: null,
      cancelAtPeriodEnd: false,
      scheduledChange: null,
      discount: null,
    }
  }
  const { unitAmount, currency } = row
  return {
    planId: row.planId,
    status: row.status,
    interval: row.interval,
    seats: row.seats,
    minimumSeats: row.minimumSeats,
    price: unitAmount === null ? null : { amount: unitAmount, currency },
    currentPeriodStart: row.currentPeriodStart?.toISOString() ?? null,
    currentPeriodEnd: row.currentPeriodEnd.toISOString(),
    trialEndsAt: row.status === 'trialing' ? (row.trialEnd?.toISOString() ?? null) : null,
    cancelAtPeriodEnd: row.cancelAtPeriodEnd,
    scheduledChange: scheduledChange(row),
    discount: row.discount,
  }
}

function scheduledChange({
  scheduledPlanId: planId,
  scheduledInterval: interval,
  scheduledSeats: seats,
  scheduledAt: at,
}: SubscriptionRow): Subscription['scheduledChange'] {
  return planId && interval && seats !== null && at ? { planId, interval, seats, at: at.toISOString() } : null
}

type Invoice = typeof invoice.$inferSelect

/** The oldest invoice that could not be paid of each of these that wait for it, by the subscription's id at Stripe. */
async function findUnpaid(db: Db, rows: readonly SubscriptionRow[]): Promise<Map<string | null, Invoice>> {
  if (rows.length === 0) return new Map()
  const found = await db
    .selectDistinctOn([invoice.organizationId])
    .from(invoice)
    .where(
      and(
        inArray(
          invoice.organizationId,
          rows.map(({ organizationId }) => organizationId),
        ),
        inArray(
          invoice.stripeSubscriptionId,
          rows.map(({ stripeSubscriptionId }) => stripeSubscriptionId),
        ),
        eq(invoice.status, 'open'),
        isNotNull(invoice.dueAt),
      ),
    )
    .orderBy(asc(invoice.organizationId), asc(invoice.dueAt), asc(invoice.id))
  return new Map(found.map((unpaid) => [unpaid.stripeSubscriptionId, unpaid]))
}

function problemOf(row: SubscriptionRow, unpaid: Invoice | undefined): PaymentProblem | null {
  const end = graceEnd(row)
  if (!end || !row.pastDueSince) return null
  return {
    since: row.pastDueSince.toISOString(),
    graceEndsAt: end.toISOString(),
    amountDue: unpaid ? { amount: unpaid.amountDue, currency: unpaid.currency } : money(0, row.currency),
    payUrl: unpaid?.hostedUrl ?? null,
  }
}
