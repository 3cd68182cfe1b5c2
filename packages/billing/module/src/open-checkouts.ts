import type { Db } from '@lightpress/kernel'
import { and, desc, eq, isNotNull } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { checkout } from './schema.ts'
import { readCheckoutSession } from './stripe/sessions.ts'

export type Checkout = typeof checkout.$inferSelect

/** The checkouts of an organisation that may still be paid, as far as we know; newest first. */
export function findOpenCheckouts(db: Db, organizationId: string): Promise<Checkout[]> {
  return db
    .select()
    .from(checkout)
    .where(and(eq(checkout.organizationId, organizationId), isNotNull(checkout.checkAt)))
    .orderBy(desc(checkout.createdAt), desc(checkout.id))
}

/** The ids of those that Stripe says are over: paid, expired, or never begun for longer than a session lives. */
export async function readOver(open: readonly Checkout[], ctx: BillingContext): Promise<string[]> {
  const over = await Promise.all(open.map(async (row) => ((await isOver(row, ctx)) ? row.id : null)))
  return over.filter((id) => id !== null)
}

/** Milliseconds: the day that a session lives, and an hour. */
const LIFETIME = 25 * 3_600_000

async function isOver({ stripeSessionId, createdAt }: Checkout, ctx: BillingContext): Promise<boolean> {
  if (stripeSessionId === null) return createdAt.getTime() + LIFETIME < Date.now()
  return (await readCheckoutSession(stripeSessionId, ctx)) !== 'open'
}
