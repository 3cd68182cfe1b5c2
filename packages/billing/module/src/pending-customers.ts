import { defineJob, type Db } from '@lightpress/kernel'
import { and, asc, eq, sql, type SQL } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { bringContact } from './contact.ts'
import { jobs } from './requests.ts'
import { customer, pendingCustomer } from './schema.ts'
import { createCustomer, searchCustomers } from './stripe/customers.ts'
import { deleteCustomer } from './stripe/endings.ts'

export type PendingCustomer = typeof pendingCustomer.$inferSelect

/**
 * Writes down that a customer is about to be made, before Stripe is asked: whatever ends in between, there is nobody at
 * Stripe of whom we do not know. Whoever comes second joins in.
 */
export async function announceCustomer(
  { organizationId, replaces }: { organizationId: string; replaces: string | null },
  { db }: BillingContext,
): Promise<PendingCustomer> {
  const idempotencyKey = `customer-${organizationId}${replaces === null ? '' : `-after-${replaces}`}`
  const [announced] = await db
    .insert(pendingCustomer)
    .values({ idempotencyKey, organizationId, replaces })
    .onConflictDoUpdate({ target: pendingCustomer.idempotencyKey, set: { organizationId } })
    .returning()
  return announced as PendingCustomer
}

/**
 * Asks Stripe for it, and puts it in its place: that of a closed organisation is nowhere. An organisation is closed before
 * it is released here, so either its release finds what was announced, or whoever announced it finds it closed.
 */
export async function settleCustomer(pending: PendingCustomer, ctx: BillingContext): Promise<void> {
  const stripeCustomerId = await makeCustomer(pending, ctx)
  const { organizationId, unwanted, idempotencyKey } = pending
  const { state } = await ctx.calls.users.readOrganizationState({ organizationId })
  if (!unwanted && state !== 'closed') return recordCustomer(pending, stripeCustomerId, ctx)
  await deleteCustomer(stripeCustomerId, ctx)
  await ctx.db.delete(pendingCustomer).where(eq(pendingCustomer.idempotencyKey, idempotencyKey))
}

/** Makes rows of what was announced for an organisation, closed or not, so that its release finds everything there. */
export async function completeCustomers(organizationId: string, ctx: BillingContext): Promise<void> {
  for (const pending of await findPending(ctx.db, eq(pendingCustomer.organizationId, organizationId))) {
    await recordCustomer(pending, await makeCustomer(pending, ctx), ctx)
  }
}

/** For what nobody settled who announced it. */
export const settlePending = defineJob(
  jobs.settleCustomer.name,
  jobs.settleCustomer.payload,
  async ({ idempotencyKey }, ctx: BillingContext) => {
    const [pending] = await findPending(ctx.db, eq(pendingCustomer.idempotencyKey, idempotencyKey))
    if (!pending) return
    await settleCustomer(pending, ctx)
    await bringContact(pending.organizationId, ctx)
  },
)

function findPending(db: Db, which: SQL): Promise<PendingCustomer[]> {
  return db.select().from(pendingCustomer).where(which).orderBy(asc(pendingCustomer.createdAt))
}

/** Milliseconds. Stripe may forget a key after a day. */
const KEY_IS_GOOD = 23 * 3_600_000

/** Stripe's id of the customer that was announced, whether or not it was made already. */
async function makeCustomer(pending: PendingCustomer, ctx: BillingContext): Promise<string> {
  const { organizationId, replaces, createdAt } = pending
  if (createdAt.getTime() + KEY_IS_GOOD < Date.now()) {
    const found = await searchCustomers(organizationId, ctx)
    const [made] = found.filter((id) => id !== replaces)
    if (made !== undefined) return made
  }
  return createCustomer(pending, ctx)
}

/** In place of what announced it, and only there: once that is gone, or unwanted, there is no such customer here. */
async function recordCustomer(
  { idempotencyKey, organizationId, replaces }: PendingCustomer,
  stripeCustomerId: string,
  { withTx }: BillingContext,
): Promise<void> {
  await withTx(async (tx) => {
    const known = eq(customer.organizationId, organizationId)
    await tx.select({ id: customer.organizationId }).from(customer).where(known).for('update')
    const [announced] = await tx
      .delete(pendingCustomer)
      .where(and(eq(pendingCustomer.idempotencyKey, idempotencyKey), eq(pendingCustomer.unwanted, false)))
      .returning()
    if (!announced) return
    const made = { stripeCustomerId, contactDueAt: sql`now()` }
    if (replaces === null) {
      await tx
        .insert(customer)
        .values({ organizationId, ...made })
        .onConflictDoNothing()
    } else {
      await tx
        .update(customer)
        // Another one may live by another clock.
        .set({ ...made, clockAt: null })
        .where(and(known, eq(customer.stripeCustomerId, replaces)))
    }
  })
}
