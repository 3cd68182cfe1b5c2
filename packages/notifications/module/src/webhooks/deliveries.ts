import { decodeCursor, pageFrom } from '@lightpress/kernel'
import type { notifications, WebhookDeliveryDetails } from '@lightpress/notifications-contract'
import type { Input, Output } from '@lightpress/protocol'
import { and, asc, desc, eq, lt } from 'drizzle-orm'
import { z } from 'zod'
import type { NotificationsContext } from '../context.ts'
import { findDelivery, findEndpoint } from './find.ts'
import { webhookAttempt, webhookDelivery } from './schema.ts'
import { toAttempt, toDelivery } from './shapes.ts'
import type { Delivery } from './turns.ts'

type Ops = (typeof notifications)['operations']

const Key = z.tuple([z.uuid()])

export async function listWebhookDeliveries(
  { id, status, eventType, limit, cursor }: Input<Ops['listWebhookDeliveries']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['listWebhookDeliveries']>> {
  const before = decodeCursor(cursor, Key)
  await findEndpoint(id, ctx)
  const rows = await ctx.db
    .select()
    .from(webhookDelivery)
    .where(
      and(
        eq(webhookDelivery.endpointId, id),
        before && lt(webhookDelivery.id, before[0]),
        status && eq(webhookDelivery.status, status),
        eventType && eq(webhookDelivery.eventType, eventType),
      ),
    )
    .orderBy(desc(webhookDelivery.id))
    .limit(limit + 1)
  return pageFrom(rows.map(toDelivery), limit, (row) => [row.id])
}

export async function getWebhookDelivery(
  { id }: Input<Ops['getWebhookDelivery']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['getWebhookDelivery']>> {
  return readDetails(await findDelivery(id, ctx), ctx)
}

/** With every attempt, and what was sent again because of it. */
export async function readDetails(
  delivery: Delivery,
  { db }: Pick<NotificationsContext, 'db'>,
): Promise<WebhookDeliveryDetails> {
  const { id, body } = delivery
  const attempts = await db
    .select()
    .from(webhookAttempt)
    .where(eq(webhookAttempt.deliveryId, id))
    .orderBy(asc(webhookAttempt.number))
  const replays = await db
    .select({ id: webhookDelivery.id })
    .from(webhookDelivery)
    .where(eq(webhookDelivery.replayOf, id))
    .orderBy(asc(webhookDelivery.id))
  return {
    ...toDelivery(delivery),
    requestBody: body,
    attemptLog: attempts.map(toAttempt),
    replays: replays.map((replay) => replay.id),
  }
}
