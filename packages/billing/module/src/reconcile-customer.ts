import { newId } from '@lightpress/kernel'
import { and, eq, inArray, isNull, not, or, sql } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { convergeNow } from './converge.ts'
import { lockCustomer } from './customers.ts'
import { findDrift, type Difference } from './find-drift.ts'
import { customer, drift, invoice, subscription } from './schema.ts'
import { readContact } from './stripe/customers.ts'
import type { StripeEvent } from './stripe/events.ts'
import { readInvoices } from './stripe/invoice-readings.ts'
import { readSubscriptions } from './stripe/readings.ts'
import { usageDrift } from './usage-drift.ts'
import { takeEvent } from './webhooks.ts'

type Customer = typeof customer.$inferSelect

/** A customer beside what Stripe has of it, at a moment when nobody was writing. */
export interface Comparison {
  customer: Customer
  differences: Difference[]
}

/** Somebody may be writing while we read: then it is read again, so often. */
const TRIES = 3

/** Undefined for what is no customer, and for one that somebody keeps changing: whoever does has it read. */
export async function compareCustomer(organizationId: string, ctx: BillingContext): Promise<Comparison | undefined> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = await readCustomer(organizationId, ctx)
    if (!before) return undefined
    const ours = await readOurs(organizationId, ctx)
    const [subscriptions, invoices] = await Promise.all([
      readSubscriptions(before.stripeCustomerId, ctx),
      readInvoices(before.stripeCustomerId, ctx),
    ])
    if (await isUntouched(before, ctx))
      return { customer: before, differences: findDrift(ours, { subscriptions, invoices }) }
  }
  return undefined
}

/** Whether nothing was written or told of a customer since. */
export async function isUntouched(before: Customer, ctx: BillingContext): Promise<boolean> {
  const now = await readCustomer(before.organizationId, ctx)
  return now !== undefined && now.readings === before.readings && now.dirtySequence === before.dirtySequence
}

/** What else is compared of some: whether Stripe knows the customer, and what was charged for as it was used. */
export async function furtherDifferences(
  { organizationId, stripeCustomerId }: Customer,
  { unseen, metered }: { unseen: boolean; metered: boolean },
  ctx: BillingContext,
): Promise<Difference[]> {
  const usage = metered ? await usageDrift(organizationId, ctx) : []
  const counted = usage
    .filter(({ differs }) => differs)
    .map(({ meterId, ours, theirs }) => ({
      what: `usage.${meterId}`,
      stripeId: stripeCustomerId,
      ours: String(ours),
      theirs: String(theirs),
    }))
  if (!unseen || !(await isNewlyGone(stripeCustomerId, ctx))) return counted
  return [...counted, { what: 'customer.gone', stripeId: stripeCustomerId, ours: stripeCustomerId, theirs: null }]
}

export interface Finding {
  organizationId: string
  /** What the customer was when it was compared; undefined where it could not be. */
  compared: Customer | undefined
  differences: readonly Difference[]
  /** Webhooks that Stripe gave up, or never sent. */
  lost: readonly StripeEvent[]
}

/** Notes what differs and what was lost, then has the customer read; whether that helped is looked at later. */
export async function repair(
  { reconciliationId, organizationId, differences, lost }: Finding & { reconciliationId: string },
  ctx: BillingContext,
): Promise<void> {
  await ctx.withTx(async (tx) => {
    const { stripeCustomerId } = await lockCustomer(tx, organizationId)
    const missed: Difference[] = []
    for (const event of lost) {
      // One that came meanwhile was late, and not lost.
      if (await takeEvent(tx, event))
        missed.push({ what: 'webhook.lost', stripeId: event.id, ours: null, theirs: event.type })
    }
    const noted = [...differences, ...missed].map((difference) => ({
      id: newId(),
      reconciliationId,
      organizationId,
      stripeCustomerId,
      ...difference,
    }))
    if (noted.length > 0) await tx.insert(drift).values(noted).onConflictDoNothing()
  })
  await convergeNow(organizationId, ctx)
}

/** What reading cannot repair: somebody has to look at it. */
const beyondRepair = or(sql`${drift.what} like 'customer.%'`, sql`${drift.what} like 'usage.%'`)

/** Compares again whom this run found different, and marks what differs no more. */
export async function confirmRepairs(
  { reconciliationId, organizationId }: { reconciliationId: string; organizationId: string },
  ctx: BillingContext,
): Promise<void> {
  const after = await compareCustomer(organizationId, ctx)
  // Not read since: a webhook that was lost is not made up for yet.
  if (!after || after.customer.appliedSequence < after.customer.dirtySequence) return
  const still = after.differences.map(({ what, stripeId }) => `${what} ${stripeId}`)
  await ctx.db
    .update(drift)
    .set({ repairedAt: sql`now()` })
    .where(
      and(
        openDrift(reconciliationId),
        eq(drift.organizationId, organizationId),
        still.length === 0 ? undefined : not(inArray(sql`${drift.what} || ' ' || ${drift.stripeId}`, still)),
      ),
    )
}

export function openDrift(reconciliationId: string) {
  return and(eq(drift.reconciliationId, reconciliationId), isNull(drift.repairedAt), not(beyondRepair ?? sql`false`))
}

async function readCustomer(organizationId: string, { db }: BillingContext): Promise<Customer | undefined> {
  return (await db.select().from(customer).where(eq(customer.organizationId, organizationId)))[0]
}

async function readOurs(organizationId: string, { db }: BillingContext) {
  const [[row], invoices] = await Promise.all([
    db.select().from(subscription).where(eq(subscription.organizationId, organizationId)),
    db.select().from(invoice).where(eq(invoice.organizationId, organizationId)),
  ])
  return { subscription: row, invoices }
}

/** Noted once, for as long as that is kept: nothing hangs on such a customer, and the next checkout makes another. */
async function isNewlyGone(stripeCustomerId: string, ctx: BillingContext): Promise<boolean> {
  const [noted] = await ctx.db
    .select({ id: drift.id })
    .from(drift)
    .where(and(eq(drift.stripeCustomerId, stripeCustomerId), eq(drift.what, 'customer.gone')))
    .limit(1)
  return !noted && (await readContact(stripeCustomerId, ctx)) === undefined
}

/** Organisations by Stripe's ids of them, as far as they are ours. */
export async function ownersOf(customerIds: readonly string[], { db }: BillingContext): Promise<Map<string, string>> {
  if (customerIds.length === 0) return new Map()
  const rows = await db
    .select({ id: customer.stripeCustomerId, organizationId: customer.organizationId })
    .from(customer)
    .where(inArray(customer.stripeCustomerId, [...new Set(customerIds)]))
  return new Map(rows.map(({ id, organizationId }) => [id, organizationId]))
}
