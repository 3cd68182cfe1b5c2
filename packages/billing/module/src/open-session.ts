import { isAppError } from '@lightpress/protocol'
import { eq, inArray, sql } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { isSubscribed } from './current-subscription.ts'
import { lockCustomer, replaceCustomer } from './customers.ts'
import { findOpenCheckouts, type Checkout } from './open-checkouts.ts'
import { trialDaysOf } from './plans.ts'
import { alreadySubscribed, superseded, trialUsed } from './refusals.ts'
import { requestConvergence } from './requests.ts'
import { checkout, customer } from './schema.ts'
import { itemsOf, type PlanItem } from './stripe/catalogue.ts'
import { readSubscriptions } from './stripe/readings.ts'
import { closeCheckoutSession, createCheckoutSession, type NewCheckoutSession } from './stripe/sessions.ts'

interface Session {
  id: string
  url: string
}

/**
 * Opens the session of a checkout and answers its address. An organisation has one open session at a time, and none
 * when Stripe says that it is subscribed, whether or not we have been told: nobody pays twice.
 */
export async function openSession(
  row: Checkout,
  { customerId }: { customerId: string },
  ctx: BillingContext,
): Promise<string> {
  const [items] = await Promise.all([itemsOf(row, ctx), closeOthers(row, ctx)])
  try {
    // After the others were closed: whoever paid in one of them is subscribed by now.
    await refuseSubscribed(row, customerId, ctx)
    const session = await create(row, { customerId, items }, ctx)
    const url = await record(row, session, ctx)
    if (url === session.url) return url
    await closeCheckoutSession(session.id, ctx)
    if (url === null) throw superseded()
    return url
  } catch (error) {
    if (isAppError(error) && error.code === 'conflict') await abandon(row, ctx)
    throw error
  }
}

/** Also who had a subscription before, if it is to be tried. */
async function refuseSubscribed({ organizationId, trial }: Checkout, customerId: string, ctx: BillingContext) {
  const all = await readSubscriptions(customerId, ctx)
  if (all.some(({ status }) => isSubscribed(status))) {
    await ctx.withTx((tx) => requestConvergence(tx, eq(customer.organizationId, organizationId)))
    throw alreadySubscribed()
  }
  if (trial && all.some(({ status }) => status !== 'incomplete')) throw trialUsed()
}

/** Who chooses the same again begins a checkout of its own: what Stripe refused under a key it refuses under it for a day. */
async function abandon({ id }: Checkout, { db }: BillingContext): Promise<void> {
  await db.update(checkout).set({ checkAt: null }).where(eq(checkout.id, id))
}

async function closeOthers({ id, organizationId }: Checkout, ctx: BillingContext): Promise<void> {
  const others = (await findOpenCheckouts(ctx.db, organizationId)).filter((other) => other.id !== id)
  const ends = await Promise.all(
    others.map(async (other) => other.stripeSessionId && (await closeCheckoutSession(other.stripeSessionId, ctx))),
  )
  const expired = others.filter((_, at) => ends[at] === 'expired').map((other) => other.id)
  await ctx.db.update(checkout).set({ checkAt: null }).where(inArray(checkout.id, expired))
}

async function create(
  { id, organizationId, planId, seats, minimumSeats, trial, stripePromotionCodeId: promotionCodeId }: Checkout,
  { customerId, items }: { customerId: string; items: PlanItem[] },
  ctx: BillingContext,
): Promise<Session> {
  const trialDays = trial ? trialDaysOf(planId) : null
  const details: Omit<NewCheckoutSession, 'customerId'> = {
    checkoutId: id,
    organizationId,
    items,
    seats,
    minimumSeats,
    trialDays,
    promotionCodeId,
  }
  const session = await createCheckoutSession({ ...details, customerId }, ctx)
  if (session) return session
  const replaced = await replaceCustomer({ organizationId, gone: customerId }, ctx)
  const again = await createCheckoutSession({ ...details, customerId: replaced }, ctx)
  if (!again) throw new TypeError(`Stripe does not know the customer that it has just made for ${organizationId}`)
  return again
}

/**
 * Answers the address at which this checkout is paid: another session's, if somebody who tried at the same moment got one
 * of other prices. Null if a later choice took this one's place meanwhile.
 */
async function record({ id, organizationId }: Checkout, session: Session, ctx: BillingContext): Promise<string | null> {
  return ctx.withTx(async (tx) => {
    await lockCustomer(tx, organizationId)
    const [latest] = await findOpenCheckouts(tx, organizationId)
    const [known] = await tx.select().from(checkout).where(eq(checkout.id, id))
    if (known?.url) return known.url
    if (latest && latest.id !== id) {
      // So that it is closed with the others if it is not now.
      await tx.update(checkout).set({ stripeSessionId: session.id }).where(eq(checkout.id, id))
      return null
    }
    // Whoever tries again what was refused has it open from now on.
    const checkAt = sql`coalesce(${checkout.checkAt}, now() + interval '1 minute')`
    await tx.update(checkout).set({ stripeSessionId: session.id, url: session.url, checkAt }).where(eq(checkout.id, id))
    return session.url
  })
}
