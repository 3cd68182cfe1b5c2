import { newId, once, organizationOf, type Tx } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import { eq, sql } from 'drizzle-orm'
import type { BillingContext, Ops } from './context.ts'
import { isSubscribed } from './current-subscription.ts'
import { ensureCustomer, lockCustomer } from './customers.ts'
import { findOpenCheckouts, readOver } from './open-checkouts.ts'
import { openSession } from './open-session.ts'
import { findPrice } from './plans.ts'
import { alreadySubscribed, notForSale } from './refusals.ts'
import { checkout, subscription } from './schema.ts'

type Choice = Input<Ops['startCheckout']>

/**
 * Leads to Stripe's payment page. First a checkout is written down, then its session is opened under the checkout's
 * own id: pressed twice, sent again or tried again after a lost answer, it is one session.
 */
export async function startCheckout(choice: Choice, ctx: BillingContext): Promise<Output<Ops['startCheckout']>> {
  const price = findPrice(choice.planId, choice.interval)
  if (!price) throw notForSale()
  const input = { organizationId: organizationOf(ctx), ...choice }
  const customerId = await ensureCustomer(input.organizationId, ctx)
  const over = await readOver(await findOpenCheckouts(ctx.db, input.organizationId), ctx)
  const id = await ctx.withTx((tx) =>
    once(tx, { operation: 'startCheckout', input, effect: () => begin(tx, { ...input, over }) }, ctx),
  )
  const [row] = await ctx.db.select().from(checkout).where(eq(checkout.id, id))
  if (!row) throw new TypeError(`Checkout ${id} is gone`)
  return { url: row.url ?? (await openSession(row, { customerId, price }, ctx)) }
}

/** Finds the checkout that is open for this choice, or writes down a new one; answers its id. */
async function begin(
  tx: Tx,
  { organizationId, over, planId, interval, seats }: Choice & { organizationId: string; over: string[] },
): Promise<string> {
  await lockCustomer(tx, organizationId)
  const [current] = await tx.select().from(subscription).where(eq(subscription.organizationId, organizationId))
  if (current && isSubscribed(current.status)) throw alreadySubscribed()

  const [latest] = await findOpenCheckouts(tx, organizationId)
  const same = latest?.planId === planId && latest.interval === interval && latest.seats === seats
  if (same && !over.includes(latest.id)) return latest.id

  const id = newId()
  const checkAt = sql`now() + interval '1 minute'`
  await tx.insert(checkout).values({ id, organizationId, planId, interval, seats, checkAt })
  return id
}
