import { defineJob, enqueue, type Tx } from '@lightpress/kernel'
import { and, eq, inArray, isNotNull } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { lockCustomer } from './customers.ts'
import { nowFor } from './grace.ts'
import { findOpenCheckouts, readOver } from './open-checkouts.ts'
import { recordInvoices } from './record-invoices.ts'
import { recordSubscription } from './record.ts'
import { jobs, markDirty } from './requests.ts'
import { checkout, customer } from './schema.ts'
import { readInvoices, type FoundInvoice } from './stripe/invoice-readings.ts'
import { readSubscriptions, type FoundSubscription } from './stripe/readings.ts'

/** Makes what we know of a customer what Stripe knows. Nobody waits for it, so each of its readings has a deadline of its own. */
export const converge = defineJob(
  jobs.converge.name,
  jobs.converge.payload,
  async ({ organizationId }, ctx: BillingContext) => {
    await begin(organizationId, ctx)
    await convergeCustomer(organizationId, () => ctx.nextStep())
  },
)

/** Whoever asks from here on promises another job; what was asked for before is seen by this one. */
async function begin(organizationId: string, { db }: BillingContext): Promise<void> {
  const mine = and(eq(customer.organizationId, organizationId), isNotNull(customer.readingPromisedAt))
  await db.update(customer).set({ readingPromisedAt: null }).where(mine)
}

/**
 * The same while somebody waits: what Stripe knew when this was called is written down when it returns. Whoever changed
 * something there calls it, outside of any transaction. Should it fail, a job goes on.
 */
export async function convergeNow(organizationId: string, ctx: BillingContext): Promise<void> {
  const [asked] = await ctx.withTx((tx) => markDirty(tx, eq(customer.organizationId, organizationId)))
  if (!asked) return
  try {
    // Webhooks go on coming meanwhile; what they tell of is not waited for.
    await convergeCustomer(organizationId, () => ctx, asked.dirtySequence)
  } catch (error) {
    await ctx.withTx((tx) => enqueue(tx, converge, { payload: { organizationId } }))
    throw error
  }
}

/**
 * Reads from Stripe, then writes under the customer's lock; no transaction is open in between. Many requests are
 * covered by one reading that began after them. A reading is written only if no other one was since it began, so
 * what is newer never loses to what is older: who was overtaken reads again.
 */
async function convergeCustomer(
  organizationId: string,
  nextStep: () => BillingContext,
  upTo = Number.POSITIVE_INFINITY,
): Promise<void> {
  for (;;) {
    const ctx = nextStep()
    const ticket = await takeTicket({ organizationId, upTo }, ctx)
    if (!ticket) return
    const found = await readAll(ticket, ctx)
    await ctx.withTx((tx) => write(tx, { ticket, found }, ctx))
  }
}

/** What a customer was when a reading began. */
type Ticket = typeof customer.$inferSelect

/** Undefined when there is nothing to do: all that was asked for was covered by other readings. */
async function takeTicket(
  { organizationId, upTo }: { organizationId: string; upTo: number },
  { db }: BillingContext,
): Promise<Ticket | undefined> {
  const [row] = await db.select().from(customer).where(eq(customer.organizationId, organizationId))
  return row && row.appliedSequence < Math.min(row.dirtySequence, upTo) ? row : undefined
}

interface Found {
  subscriptions: FoundSubscription[]
  invoices: FoundInvoice[]
  /** Checkouts that nobody can pay in any more. */
  over: string[]
}

async function readAll({ organizationId, stripeCustomerId }: Ticket, ctx: BillingContext): Promise<Found> {
  const open = await findOpenCheckouts(ctx.db, organizationId)
  const [subscriptions, invoices, over] = await Promise.all([
    readSubscriptions(stripeCustomerId, ctx),
    readInvoices(stripeCustomerId, ctx),
    readOver(open, ctx),
  ])
  return { subscriptions, invoices, over }
}

/** Writes nothing if another reading was written since this one began. */
async function write(tx: Tx, { ticket, found }: { ticket: Ticket; found: Found }, ctx: BillingContext): Promise<void> {
  const { organizationId, stripeCustomerId, dirtySequence, readings } = ticket
  const current = await lockCustomer(tx, organizationId)
  if (current.readings !== readings || current.stripeCustomerId !== stripeCustomerId) return
  const reading = { ...found, organizationId, now: nowFor(current.clockAt) }
  await recordSubscription(tx, reading, ctx)
  await recordInvoices(tx, reading)
  await tx.update(checkout).set({ checkAt: null }).where(inArray(checkout.id, found.over))
  await tx
    .update(customer)
    .set({ appliedSequence: dirtySequence, readings: readings + 1 })
    .where(eq(customer.organizationId, organizationId))
}
