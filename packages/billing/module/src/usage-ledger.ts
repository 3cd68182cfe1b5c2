import type { Tx } from '@lightpress/kernel'
import { and, eq, isNotNull, isNull } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { nowFor } from './grace.ts'
import { customer, usageEntry } from './schema.ts'

export type UsageEntry = typeof usageEntry.$inferSelect

/** What Stripe is to get and has not said that it has. */
export const isOpen = and(
  isNull(usageEntry.shippedAt),
  isNotNull(usageEntry.stripeCustomerId),
  isNull(usageEntry.abandonedBecause),
)

/**
 * Whoever holds it is alone with what an organisation uses, and waits in one queue with whoever else wants the customer: a
 * lock that those who record could share would be handed on among them, and no reading of Stripe would ever get it.
 * Undefined for who is no customer.
 */
export async function holdCustomer(tx: Tx, organizationId: string) {
  const [held] = await tx
    .select({ stripeCustomerId: customer.stripeCustomerId, clockAt: customer.clockAt })
    .from(customer)
    .where(eq(customer.organizationId, organizationId))
    .for('no key update')
  return held
}

/** By which the usage of an organisation is dated: ours, or Stripe's where that is ahead. Tells the time whenever asked. */
export type Clock = () => Date

export async function clockOf(organizationId: string, { db }: BillingContext): Promise<Clock> {
  const [whose] = await db
    .select({ clockAt: customer.clockAt })
    .from(customer)
    .where(eq(customer.organizationId, organizationId))
  return () => nowFor(whose?.clockAt)
}

/** Milliseconds. Stripe knows an identifier for a day. */
const IDENTIFIER_IS_GOOD = 23 * 3_600_000

/** What was tried before is told Stripe under no identifier that it is sure to know. */
export function forgottenBefore(now: Date): Date {
  return new Date(now.getTime() - IDENTIFIER_IS_GOOD)
}

/** Ends an entry that nobody will be charged for. */
export async function abandon(
  { id, organizationId }: UsageEntry,
  because: NonNullable<UsageEntry['abandonedBecause']>,
  { db, log }: BillingContext,
): Promise<void> {
  await db.update(usageEntry).set({ abandonedBecause: because }).where(eq(usageEntry.id, id))
  log.error({ organizationId, entry: id, because }, 'usage was recorded that nobody is charged for')
}
