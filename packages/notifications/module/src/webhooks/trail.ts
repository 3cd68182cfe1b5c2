import { beforeInTrail, exactTime, newestFirst, type TrailPage } from '@lightpress/kernel'
import type { TrailItem, TrailSubject } from '@lightpress/protocol'
import { and, eq } from 'drizzle-orm'
import type { NotificationsContext } from '../context.ts'
import { webhookDelivery } from './schema.ts'
import type { Delivery } from './turns.ts'

const states = {
  pending: 'pending',
  delivered: 'sent',
  failed: 'failed',
  cancelled: 'cancelled',
} as const satisfies Record<Delivery['status'], TrailItem['state']>

/** What customers' programs were told, for operators. A replay and a test are caused by the request itself. */
export async function webhookTrail(
  { kind, id }: TrailSubject,
  page: TrailPage,
  { db }: Pick<NotificationsContext, 'db'>,
): Promise<TrailItem[]> {
  // An endpoint is an organisation's, and nobody's.
  if (kind === 'person') return []
  const about = kind === 'request' ? webhookDelivery.requestId : webhookDelivery.organizationId
  const key = { at: webhookDelivery.createdAt, id: webhookDelivery.id }
  const rows = await db
    .select({
      at: exactTime(webhookDelivery.createdAt),
      row: webhookDelivery,
    })
    .from(webhookDelivery)
    .where(and(eq(about, id), beforeInTrail(page, key)))
    .orderBy(...newestFirst(key))
    .limit(page.limit)
  return rows.map(({ at, row }) => toItem(row, at))
}

function toItem(row: Delivery, at: string): TrailItem {
  const { endpointId, messageId, attempts, lastStatus, replayOf } = row
  return {
    id: row.id,
    at,
    module: 'notifications',
    kind: 'webhook',
    type: row.eventType,
    listener: null,
    state: states[row.status],
    error: row.lastError,
    requestId: row.requestId,
    causeId: replayOf === null ? row.eventId : null,
    operation: null,
    actorId: null,
    userId: null,
    organizationId: row.organizationId,
    details: {
      ...{ endpointId, messageId, attempts: String(attempts) },
      ...(lastStatus !== null && { lastStatus: String(lastStatus) }),
      ...(replayOf !== null && { replayOf }),
    },
  }
}
