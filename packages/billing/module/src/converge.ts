import { defineJob, enqueue, type Tx } from '@lightpress/kernel'
import { eq, inArray, sql, type SQL } from 'drizzle-orm'
import { z } from 'zod'
import type { BillingContext } from './context.ts'
import { lockCustomer } from './customers.ts'
import { findOpenCheckouts, readOver } from './open-checkouts.ts'
import { recordInvoices, recordSubscription } from './record.ts'
import { checkout, customer } from './schema.ts'
import { readInvoices, readSubscriptions, type FoundInvoice, type FoundSubscription } from './stripe/readings.ts'

/** Makes what we know of a customer what Stripe knows. */
export const converge = defineJob('converge', z.object({ organizationId: z.uuid() }), convergeCustomer)

/** Notes that there may be something new about a customer, if it is one of ours, and has it looked at. */
export async function requestConvergence(tx: Tx, whose: SQL): Promise<void> {
  const marked = await tx
    .update(customer)
    .set({ dirtySequence: sql`${customer.dirtySequence} + 1`, requestedAt: sql`now()` })
    .where(whose)
    .returning({ organizationId: customer.organizationId })
  for (const payload of marked) await enqueue(tx, converge, { payload })
}

/**
 * Reads from Stripe, then writes under the customer's lock; no transaction is open in between. Many requests are
 * covered by one reading that began after them. A reading is written only if no other one was since it began, so
 * what is newer never loses to what is older: who was overtaken reads again.
 */
async function convergeCustomer({ organizationId }: { organizationId: string }, ctx: BillingContext): Promise<void> {
  for (;;) {
    const ticket = await takeTicket(organizationId, ctx)
    if (!ticket) return
    const found = await readAll(ticket, ctx)
    if (await ctx.withTx((tx) => write(tx, { ticket, found }, ctx))) return
  }
}

/** What a customer was when a reading began. */
type Ticket = typeof customer.$inferSelect

/** Undefined when there is nothing to do: all that was asked for was covered by other readings. */
async function takeTicket(organizationId: string, { db }: BillingContext): Promise<Ticket | undefined> {
  const [row] = await db.select().from(customer).where(eq(customer.organizationId, organizationId))
  return row && row.appliedSequence < row.dirtySequence ? row : undefined
}

interface Found {
  subscriptions: FoundSubscription[]
  invoices: FoundInvoice[]
  /** Checkouts that nobody can pay in any more. */
  over: string[]
}

async function readAll({ organizationId, stripeCustomerId }: Ticket, ctx: BillingContext): Promise<Found> {
  const [subscriptions, invoices, over] = await Promise.all([
    readSubscriptions(stripeCustomerId, ctx),
    readInvoices(stripeCustomerId, ctx),
    readOver(await findOpenCheckouts(ctx.db, organizationId), ctx),
  ])
  return { subscriptions, invoices, over }
}

/** False if another reading was written since this one began. */
async function write(tx: Tx, { ticket, found }: { ticket: Ticket; found: Found }, ctx: BillingContext) {
  const { organizationId, stripeCustomerId, dirtySequence, readings } = ticket
  const now = await lockCustomer(tx, organizationId)
  if (now.readings !== readings || now.stripeCustomerId !== stripeCustomerId) return false
  await recordSubscription(tx, { organizationId, found: found.subscriptions }, ctx)
  await recordInvoices(tx, { organizationId, found: found.invoices })
  await tx.update(checkout).set({ checkAt: null }).where(inArray(checkout.id, found.over))
  await tx
    .update(customer)
    .set({ appliedSequence: dirtySequence, readings: readings + 1 })
    .where(eq(customer.organizationId, organizationId))
  return true
}
