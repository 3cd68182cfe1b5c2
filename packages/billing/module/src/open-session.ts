import { eq, inArray } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { requestConvergence } from './converge.ts'
import { isSubscribed } from './current-subscription.ts'
import { lockCustomer, replaceCustomer } from './customers.ts'
import { findOpenCheckouts, type Checkout } from './open-checkouts.ts'
import type { CataloguePrice } from './plans.ts'
import { alreadySubscribed, superseded } from './refusals.ts'
import { checkout, customer } from './schema.ts'
import { findPriceId, syncCatalogue } from './stripe/catalogue.ts'
import { readSubscriptions } from './stripe/readings.ts'
import { closeCheckoutSession, createCheckoutSession } from './stripe/sessions.ts'

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
  { customerId, price }: { customerId: string; price: CataloguePrice },
  ctx: BillingContext,
): Promise<string> {
  const [priceId] = await Promise.all([
    findPriceId(price, ctx).then((id) => id ?? mendCatalogue(price, ctx)),
    closeOthers(row, ctx),
  ])
  // After the others were closed: whoever paid in one of them is subscribed by now.
  const all = await readSubscriptions(customerId, ctx)
  if (all.some(({ status }) => isSubscribed(status))) {
    await ctx.withTx((tx) => requestConvergence(tx, eq(customer.organizationId, row.organizationId)))
    throw alreadySubscribed()
  }
  const session = await create(row, { customerId, priceId }, ctx)
  if (await record(row, session, ctx)) return session.url
  await closeCheckoutSession(session.id, ctx)
  throw superseded()
}

/** Who wants to pay is not turned away because a deployment forgot to bring the catalogue to Stripe. */
async function mendCatalogue({ lookupKey }: CataloguePrice, ctx: BillingContext): Promise<string> {
  ctx.log.warn({ price: lookupKey }, 'Stripe does not have this price as the catalogue does; bringing it there')
  return (await syncCatalogue(ctx)).get(lookupKey) as string
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
  { id, organizationId, seats }: Checkout,
  { customerId, priceId }: { customerId: string; priceId: string },
  ctx: BillingContext,
): Promise<Session> {
  const details = { priceId, seats, organizationId, checkoutId: id }
  const session = await createCheckoutSession({ ...details, customerId }, ctx)
  if (session) return session
  const replaced = await replaceCustomer({ organizationId, gone: customerId }, ctx)
  const again = await createCheckoutSession({ ...details, customerId: replaced }, ctx)
  if (!again) throw new TypeError(`Stripe does not know the customer that it has just made for ${organizationId}`)
  return again
}

/** False if a later choice took this one's place meanwhile. */
async function record({ id, organizationId }: Checkout, session: Session, ctx: BillingContext): Promise<boolean> {
  return ctx.withTx(async (tx) => {
    await lockCustomer(tx, organizationId)
    const [latest] = await findOpenCheckouts(tx, organizationId)
    await tx.update(checkout).set({ stripeSessionId: session.id, url: session.url }).where(eq(checkout.id, id))
    return latest === undefined || latest.id === id
  })
}
