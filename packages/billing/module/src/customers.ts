import type { Tx } from '@lightpress/kernel'
import { eq } from 'drizzle-orm'
import { bringContact } from './contact.ts'
import type { BillingContext } from './context.ts'
import { announceCustomer, settleCustomer } from './pending-customers.ts'
import { organizationClosed } from './refusals.ts'
import { customer } from './schema.ts'

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
  if (known === undefined) return makeCustomer({ organizationId, replaces: null }, ctx)
  await bringContact(organizationId, ctx)
  return known
}

/** For one that Stripe does not know any more. Nothing hangs on it: who is subscribed is known to Stripe. */
export async function replaceCustomer(
  { organizationId, gone }: { organizationId: string; gone: string },
  ctx: BillingContext,
): Promise<string> {
  ctx.log.warn({ organizationId, gone }, 'Stripe does not know this customer any more; a new one takes its place')
  return makeCustomer({ organizationId, replaces: gone }, ctx)
}

/** Whoever holds it is alone with what belongs to this customer. */
export async function lockCustomer(tx: Tx, organizationId: string): Promise<typeof customer.$inferSelect> {
  const [row] = await tx.select().from(customer).where(eq(customer.organizationId, organizationId)).for('update')
  // Whoever asks was one a moment ago: only erasing makes it none.
  if (!row) throw organizationClosed()
  return row
}

async function makeCustomer(
  wanted: { organizationId: string; replaces: string | null },
  ctx: BillingContext,
): Promise<string> {
  await settleCustomer(await announceCustomer(wanted, ctx), ctx)
  await bringContact(wanted.organizationId, ctx)
  const made = await findCustomer(wanted.organizationId, ctx)
  if (made === undefined || made === wanted.replaces) throw organizationClosed()
  return made
}
