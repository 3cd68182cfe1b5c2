import type { Tx } from '@lightpress/kernel'
import { and, eq } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { organizationClosed } from './refusals.ts'
import { customer } from './schema.ts'
import { createCustomer } from './stripe/customers.ts'
import { deleteCustomer } from './stripe/endings.ts'

/** Stripe's id for an organisation; undefined while it never wanted to pay. */
export async function findCustomer(organizationId: string, { db }: BillingContext): Promise<string | undefined> {
  const [found] = await db
    .select({ id: customer.stripeCustomerId })
    .from(customer)
    .where(eq(customer.organizationId, organizationId))
  return found?.id
}

/** Stripe's id for an organisation, made where there is none: one customer, however many ask at once. */
export async function ensureCustomer(organizationId: string, ctx: BillingContext): Promise<string> {
  const known = await findCustomer(organizationId, ctx)
  if (known !== undefined) return known
  const stripeCustomerId = await createFor(organizationId, `customer-${organizationId}`, ctx)
  await ctx.db.insert(customer).values({ organizationId, stripeCustomerId }).onConflictDoNothing()
  return keepIfOpen({ organizationId, stripeCustomerId }, ctx)
}

/** For one that Stripe does not know any more. Nothing hangs on it: who is subscribed is known to Stripe. */
export async function replaceCustomer(
  { organizationId, gone }: { organizationId: string; gone: string },
  ctx: BillingContext,
): Promise<string> {
  ctx.log.warn({ organizationId, gone }, 'Stripe does not know this customer any more; a new one takes its place')
  const stripeCustomerId = await createFor(organizationId, `customer-${organizationId}-after-${gone}`, ctx)
  await ctx.db
    .update(customer)
    .set({ stripeCustomerId })
    .where(and(eq(customer.organizationId, organizationId), eq(customer.stripeCustomerId, gone)))
  return keepIfOpen({ organizationId, stripeCustomerId }, ctx)
}

/** Whoever holds it is alone with what belongs to this customer. */
export async function lockCustomer(tx: Tx, organizationId: string): Promise<typeof customer.$inferSelect> {
  const [row] = await tx.select().from(customer).where(eq(customer.organizationId, organizationId)).for('update')
  if (!row) throw new TypeError(`Organisation ${organizationId} is no customer`)
  return row
}

/** The owner's address is where Stripe's own mails go until somebody changes it in the portal. */
async function createFor(organizationId: string, idempotencyKey: string, ctx: BillingContext): Promise<string> {
  const { organizationName, members } = await ctx.calls.users.readMembers({ organizationId, roles: ['owner'] })
  return createCustomer(
    { organizationId, name: organizationName, email: members[0]?.email ?? null, idempotencyKey },
    ctx,
  )
}

/**
 * An organisation is closed before it is released here. So either its release finds the row of a new customer, or whoever
 * wrote that row finds the organisation closed, and takes back what was made too late.
 */
async function keepIfOpen(
  { organizationId, stripeCustomerId }: { organizationId: string; stripeCustomerId: string },
  ctx: BillingContext,
): Promise<string> {
  const { state } = await ctx.calls.users.readOrganizationState({ organizationId })
  const known = await findCustomer(organizationId, ctx)
  if (known !== undefined && state !== 'closed') return known
  await deleteCustomer(stripeCustomerId, ctx)
  await ctx.db.delete(customer).where(eq(customer.stripeCustomerId, stripeCustomerId))
  throw organizationClosed()
}
