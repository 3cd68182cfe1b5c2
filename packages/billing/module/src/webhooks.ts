import type { RawHttp, Tx } from '@lightpress/kernel'
import type { Output } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import type { BillingContext, Ops } from './context.ts'
import { requestConvergence } from './requests.ts'
import { customer, stripeEvent } from './schema.ts'
import { parseEvent, type StripeEvent } from './stripe/events.ts'

type Webhook = Ops['stripeWebhook']

/**
 * Takes note that something changed and answers; what it is now is read from Stripe by a job. So it does not
 * matter how often, how late and in which order Stripe tells it.
 */
export async function stripeWebhook({ request }: RawHttp<Webhook>, ctx: BillingContext): Promise<Output<Webhook>> {
  const event = parseEvent(
    {
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      signature: String(request.headers['stripe-signature'] ?? ''),
    },
    ctx,
  )
  await ctx.withTx((tx) => takeEvent(tx, event))
  return { received: true }
}

/** Has what an event tells of read, once however often it comes; answers whether it came for the first time. */
export async function takeEvent(tx: Tx, event: StripeEvent): Promise<boolean> {
  const { id, type, createdAt, customerId, ignoredBecause, live } = event
  const seen = { id, type, createdAt, stripeCustomerId: customerId }
  if (ignoredBecause !== null) return note(tx, { ...seen, ignoredBecause })
  if (customerId === null) return note(tx, { ...seen, ignoredBecause: 'unknown_customer' })
  const whose = eq(customer.stripeCustomerId, customerId)
  // The customer first, as everybody locks: reconciliation may be taking the same event up at this moment.
  const [known] = await tx.select({ sequence: customer.dirtySequence }).from(customer).where(whose).for('update')
  if (!known) return note(tx, { ...seen, ignoredBecause: 'unknown_customer' })
  const isFirst = await note(tx, { ...seen, sequence: known.sequence + 1 })
  // Real money is never on a test clock, so Stripe is not ahead of us there: a time that were would end grace early.
  if (isFirst) await requestConvergence(tx, whose, live ? null : createdAt)
  return isFirst
}

/** Whether it was not noted before. */
async function note(tx: Tx, event: typeof stripeEvent.$inferInsert): Promise<boolean> {
  const noted = await tx.insert(stripeEvent).values(event).onConflictDoNothing().returning({ id: stripeEvent.id })
  return noted.length > 0
}
