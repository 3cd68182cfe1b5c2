import { idempotencyKeyReused, newId, organizationOf, spendWithin, type Tx } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import { and, eq } from 'drizzle-orm'
import type { BillingContext, Ops } from './context.ts'
import { nowFor } from './grace.ts'
import { usageLimit } from './refusals.ts'
import { subscription, usageEntry } from './schema.ts'
import { holdCustomer } from './usage-ledger.ts'
import { promiseShipping } from './usage-shipping.ts'
import { addUsed, countUsed, isTotal } from './usage-totals.ts'
import { termsOf } from './usage-window.ts'

type Receipt = Output<Ops['recordUsage']>
type Entry = typeof usageEntry.$inferSelect

/**
 * Counts what was used, or refuses it and counts nothing. The plan is read under the customer's lock in the transaction that
 * counts, so it is the one of that moment. The entry is its own record of what was done under an Idempotency-Key: whoever
 * repeats it is given the receipt of the first time, for as long as there is the entry.
 */
export async function recordUsage(input: Input<Ops['recordUsage']>, ctx: BillingContext): Promise<Receipt> {
  const organizationId = organizationOf(ctx)
  return ctx.withTx((tx) => record(tx, { organizationId, idempotencyKey: ctx.request.idempotencyKey, ...input }))
}

interface Used extends Input<Ops['recordUsage']> {
  organizationId: string
  idempotencyKey: string | null
}

async function record(tx: Tx, used: Used): Promise<Receipt> {
  const { organizationId, meterId, quantity } = used
  const who = await holdStanding(tx, organizationId)
  const now = nowFor(who.clockAt)
  const { start, end, limit, metered } = termsOf(who.standing, { meterId, now })
  const entry = {
    ...used,
    id: newId(),
    // By a clock behind Stripe's it could be before the period, and then Stripe would charge nobody for it.
    usedAt: now < start ? start : now,
    periodStart: start,
    periodEnd: end,
    limit,
    stripeCustomerId: metered && who.stripeCustomerId,
  }
  // First, for whoever sends the same at the same moment waits here until it is known what becomes of this.
  const [claimed] = await tx.insert(usageEntry).values(entry).onConflictDoNothing().returning({ id: usageEntry.id })
  if (!claimed) return repeat(tx, used)

  const total = { organizationId, meterId, periodStart: start, charged: metered !== null }
  // Under a lock of its own: an organisation that is no customer has no row to hold, and may become one meanwhile.
  const of = `usage ${organizationId} ${meterId} ${start.toISOString()}`
  const fits = await spendWithin(tx, { of, limit, quantity, used: () => countUsed(tx, total) })
  if (!fits) throw usageLimit({ ...used, limit, end, used: await countUsed(tx, total) })
  const sum = await addUsed(tx, total, entry)
  await tx.update(usageEntry).set({ used: sum.used }).where(eq(usageEntry.id, entry.id))
  if (entry.stripeCustomerId !== null && sum.shippingAskedAt === null)
    await promiseShipping(tx, { organizationId, totals: isTotal(total) })
  return toReceipt({ ...entry, used: sum.used })
}

interface Who {
  stripeCustomerId: string | null
  clockAt: Date | null
  standing: typeof subscription.$inferSelect | undefined
}

/** The subscription as it stays until the transaction ends. */
async function holdStanding(tx: Tx, organizationId: string): Promise<Who> {
  const held = await holdCustomer(tx, organizationId)
  if (!held) return { stripeCustomerId: null, clockAt: null, standing: undefined }
  const [standing] = await tx.select().from(subscription).where(eq(subscription.organizationId, organizationId))
  return { ...held, standing }
}

async function repeat(tx: Tx, { organizationId, idempotencyKey, meterId, quantity }: Used): Promise<Receipt> {
  const key = eq(usageEntry.idempotencyKey, idempotencyKey ?? '')
  const [first] = await tx
    .select()
    .from(usageEntry)
    .where(and(eq(usageEntry.organizationId, organizationId), key))
  if (first?.meterId !== meterId || first.quantity !== quantity) throw idempotencyKeyReused()
  return toReceipt(first)
}

function toReceipt({ id, meterId, quantity, used, limit, periodEnd }: ReceiptFacts): Receipt {
  return { id, meterId, quantity, used, limit, periodEnd: periodEnd.toISOString() }
}

type ReceiptFacts = Pick<Entry, 'id' | 'meterId' | 'quantity' | 'used' | 'limit' | 'periodEnd'>
