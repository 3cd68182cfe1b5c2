import type { RawHttp } from '@lightpress/kernel'
import type { Output } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import type { BillingContext, Ops } from './context.ts'
import { requestConvergence } from './converge.ts'
import { customer, stripeEvent } from './schema.ts'
import { parseEvent } from './stripe/events.ts'

type Webhook = Ops['stripeWebhook']

/**
 * Takes note that something changed and answers; what it is now is read from Stripe by a job. So it does not
 * matter how often, how late and in which order Stripe tells it.
 */
export async function stripeWebhook({ request }: RawHttp<Webhook>, ctx: BillingContext): Promise<Output<Webhook>> {
  const { id, type, createdAt, customerId } = parseEvent(
    {
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      signature: String(request.headers['stripe-signature'] ?? ''),
    },
    ctx,
  )
  await ctx.withTx(async (tx) => {
    const [first] = await tx
      .insert(stripeEvent)
      .values({ id, type, createdAt, stripeCustomerId: customerId })
      .onConflictDoNothing()
      .returning({ id: stripeEvent.id })
    if (first && customerId !== null) await requestConvergence(tx, eq(customer.stripeCustomerId, customerId))
  })
  return { received: true }
}
