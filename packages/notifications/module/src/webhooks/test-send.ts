import { newId } from '@lightpress/kernel'
import type { notifications } from '@lightpress/notifications-contract'
import type { Input, Output } from '@lightpress/protocol'
import type { NotificationsContext } from '../context.ts'
import { readDetails } from './deliveries.ts'
import { webhookBody } from './event-types.ts'
import { findDelivery, findEndpoint } from './find.ts'
import { post } from './post.ts'
import { webhookDelivery } from './schema.ts'
import { settle } from './settle.ts'

type Ops = (typeof notifications)['operations']

/** Milliseconds of the request's deadline that are left for what comes before and after. */
const REST = 2_000

/** Whoever asks waits for the answer, so it is tried once. One that is switched off may be tested, too: before it is on. */
export async function testWebhookEndpoint(
  { id }: Input<Ops['testWebhookEndpoint']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['testWebhookEndpoint']>> {
  const endpoint = await findEndpoint(id, ctx)
  const { organizationId } = endpoint
  const deliveryId = newId()
  const data = { organizationId, endpointId: id }
  const [delivery] = await ctx.db
    .insert(webhookDelivery)
    .values({
      id: deliveryId,
      endpointId: id,
      organizationId,
      messageId: `msg_${deliveryId}`,
      eventType: 'webhooks.test',
      body: webhookBody({ type: 'webhooks.test', at: new Date(), data }),
      requestId: ctx.request.requestId,
    })
    .returning()
  if (!delivery) throw new TypeError('An insert returns its row')
  const attempt = await post(delivery, endpoint, { ...ctx, time: Math.max(1_000, ctx.deadline - Date.now() - REST) })
  await ctx.withTx((tx) => settle(tx, { delivery, attempt, retries: [] }))
  return readDetails(await findDelivery(deliveryId, ctx), ctx)
}
