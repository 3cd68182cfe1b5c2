import { causeOf, newId, organizationOf, type Tx } from '@lightpress/kernel'
import type { notifications } from '@lightpress/notifications-contract'
import type { Input, Output } from '@lightpress/protocol'
import { sql } from 'drizzle-orm'
import type { NotificationsContext } from '../context.ts'
import { takeByHand } from './by-hand.ts'
import { readDetails } from './deliveries.ts'
import { webhookBody } from './event-types.ts'
import { findDelivery, findEndpoint } from './find.ts'
import { post } from './post.ts'
import { webhookDelivery } from './schema.ts'
import { settle } from './settle.ts'
import { lockTurns, passTurn, type Delivery, type Turn } from './turns.ts'

type Ops = (typeof notifications)['operations']

/** Milliseconds of the request's deadline that are left for what comes before and after. */
const REST = 2_000

/** Whoever asks waits for the answer, so it is tried once. One that is switched off may be tested, too: before it is on. */
export async function testWebhookEndpoint(
  { id }: Input<Ops['testWebhookEndpoint']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['testWebhookEndpoint']>> {
  const { delivery, endpoint } = await ctx.withTx((tx) => begin(tx, id, ctx))
  const { organizationId } = delivery
  const attempt = await post(delivery, endpoint, { ...ctx, time: Math.max(1_000, ctx.deadline - Date.now() - REST) })
  await ctx.withTx(async (tx) => {
    await settle(tx, { delivery, attempt, retries: [] })
    // Its place was one of the organisation's.
    await passTurn(tx, { organizationId, retries: ctx.webhooks.retries, goesOn: false, toAll: false })
  })
  return readDetails(await findDelivery(delivery.id, ctx), ctx)
}

async function begin(tx: Tx, endpointId: string, ctx: NotificationsContext): Promise<Turn> {
  const organizationId = organizationOf(ctx)
  await lockTurns(tx, organizationId)
  const endpoint = await findEndpoint(endpointId, { ...ctx, db: tx })
  await takeByHand(tx, { organizationId, kind: 'test' })
  const id = newId()
  const data = { organizationId, endpointId }
  const [delivery] = await tx
    .insert(webhookDelivery)
    .values({
      ...{ id, endpointId, organizationId },
      messageId: `msg_${id}`,
      eventType: 'webhooks.test',
      body: webhookBody({ type: 'webhooks.test', at: new Date(), data }),
      sendingSince: sql`now()`,
      requestId: causeOf(tx).requestId,
    })
    .returning()
  return { delivery: delivery as Delivery, endpoint }
}
