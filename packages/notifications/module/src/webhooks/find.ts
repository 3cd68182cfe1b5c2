import { organizationOf, type Db } from '@lightpress/kernel'
import { AppError } from '@lightpress/protocol'
import { and, eq, type SQL } from 'drizzle-orm'
import type { NotificationsContext } from '../context.ts'
import { webhookDelivery, webhookEndpoint } from './schema.ts'
import type { Delivery, Endpoint } from './turns.ts'

type Called = Pick<NotificationsContext, 'caller'>

/** The endpoint of this id, where it is the caller's organisation's: those of others do not exist. */
export function ownEndpoint(id: string, ctx: Called): SQL | undefined {
  return and(eq(webhookEndpoint.id, id), eq(webhookEndpoint.organizationId, organizationOf(ctx)))
}

export async function findEndpoint(id: string, { db, ...ctx }: Called & { db: Db }): Promise<Endpoint> {
  const [endpoint] = await db.select().from(webhookEndpoint).where(ownEndpoint(id, ctx))
  if (!endpoint) throw endpointNotFound()
  return endpoint
}

export async function findDelivery(id: string, { db, ...ctx }: Called & { db: Db }): Promise<Delivery> {
  const mine = and(eq(webhookDelivery.id, id), eq(webhookDelivery.organizationId, organizationOf(ctx)))
  const [delivery] = await db.select().from(webhookDelivery).where(mine)
  if (!delivery) throw deliveryNotFound()
  return delivery
}

export function endpointNotFound(): AppError {
  return new AppError('not_found', 'notifications.webhook_endpoint_not_found', 'There is no such webhook endpoint.')
}

function deliveryNotFound(): AppError {
  const message = 'There is no such delivery. Deliveries are kept for 30 days.'
  return new AppError('not_found', 'notifications.webhook_delivery_not_found', message)
}
