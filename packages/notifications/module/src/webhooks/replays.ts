import {
  causeOf,
  decodeCursor,
  enqueue,
  firstIdAt,
  newId,
  once,
  organizationOf,
  pageFrom,
  type Tx,
} from '@lightpress/kernel'
import type { notifications } from '@lightpress/notifications-contract'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import { aliasedTable, and, asc, eq, gt, gte, isNotNull, isNull, notExists, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { NotificationsContext } from '../context.ts'
import { takeByHand } from './by-hand.ts'
import { findDelivery, findEndpoint } from './find.ts'
import { webhookDelivery } from './schema.ts'
import { sendWebhook } from './send-job.ts'
import { toDelivery } from './shapes.ts'
import { lockTurns, type Delivery } from './turns.ts'

type Ops = (typeof notifications)['operations']

const Key = z.tuple([z.uuid()])

/** Of what was missed, in one request. */
const MOST = 100

/** Sent whether or not the endpoint still wants to hear of such things: somebody wants it to, now. */
export async function replayWebhookDelivery(
  input: Input<Ops['replayWebhookDelivery']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['replayWebhookDelivery']>> {
  const replay = async (tx: Tx) => {
    await lockTurns(tx, organizationOf(ctx))
    const delivery = await findDelivery(input.id, { ...ctx, db: tx })
    await requireEnabled(tx, delivery.endpointId, ctx)
    await takeByHand(tx, { organizationId: delivery.organizationId, kind: 'replay' })
    const [row] = await sendAgain(tx, [delivery])
    return toDelivery(row as Delivery)
  }
  return ctx.withTx((tx) => once(tx, { operation: 'replayWebhookDelivery', input, effect: () => replay(tx) }, ctx))
}

/** As many as there are, as fit into one request, and as may be sent now. Whoever asks again goes on. */
export async function replayMissedWebhooks(
  input: Input<Ops['replayMissedWebhooks']>,
  ctx: NotificationsContext,
): Promise<Output<Ops['replayMissedWebhooks']>> {
  const { id: endpointId, since, cursor } = input
  const after = decodeCursor(cursor, Key)?.[0]
  const organizationId = organizationOf(ctx)
  const replay = async (tx: Tx) => {
    await lockTurns(tx, organizationId)
    await requireEnabled(tx, endpointId, ctx)
    const missed = await findMissed(tx, { endpointId, since: new Date(since), after })
    if (missed.length === 0) return { replayed: 0, nextCursor: null }
    const taken = await takeByHand(tx, { organizationId, kind: 'replay' }, Math.min(MOST, missed.length))
    const { items, nextCursor } = pageFrom(missed, taken, ({ id }) => [id])
    await sendAgain(tx, items)
    return { replayed: items.length, nextCursor }
  }
  return ctx.withTx((tx) => once(tx, { operation: 'replayMissedWebhooks', input, effect: () => replay(tx) }, ctx))
}

async function requireEnabled(tx: Tx, endpointId: string, ctx: NotificationsContext): Promise<void> {
  const { status } = await findEndpoint(endpointId, { ...ctx, db: tx })
  if (status === 'enabled') return
  const message = 'The endpoint is switched off. Switch it on first.'
  throw new AppError('conflict', 'notifications.webhook_endpoint_disabled', message)
}

/** What was never taken, and of which no replay was, or may still be. One more than a request sends. */
function findMissed(
  tx: Tx,
  { endpointId, since, after }: { endpointId: string; since: Date; after: string | undefined },
): Promise<Delivery[]> {
  const again = aliasedTable(webhookDelivery, 'again')
  const replays = tx
    .select({ id: again.id })
    .from(again)
    .where(
      and(
        eq(again.endpointId, webhookDelivery.endpointId),
        eq(again.eventId, webhookDelivery.eventId),
        isNotNull(again.replayOf),
        sql`${again.status} in ('pending', 'delivered')`,
      ),
    )
  return tx
    .select()
    .from(webhookDelivery)
    .where(
      and(
        eq(webhookDelivery.endpointId, endpointId),
        gte(webhookDelivery.id, firstIdAt(since)),
        after === undefined ? undefined : gt(webhookDelivery.id, after),
        // As the index has it.
        sql`${webhookDelivery.status} in ('failed', 'cancelled')`,
        isNull(webhookDelivery.replayOf),
        isNotNull(webhookDelivery.eventId),
        notExists(replays),
      ),
    )
    .orderBy(asc(webhookDelivery.id))
    .limit(MOST + 1)
}

/** New deliveries of one endpoint, linked to those that they repeat. One job will do: it makes others for what has room. */
async function sendAgain(tx: Tx, deliveries: readonly Delivery[]): Promise<Delivery[]> {
  const rows = deliveries.map(({ endpointId, organizationId, eventId, messageId, eventType, body, id }) => ({
    ...{ endpointId, organizationId, eventId, messageId, eventType, body },
    id: newId(),
    replayOf: id,
    nextAttemptAt: sql`now()`,
    requestId: causeOf(tx).requestId,
  }))
  const sent = await tx.insert(webhookDelivery).values(rows).returning()
  const [first] = sent
  if (first) await enqueue(tx, sendWebhook, { payload: { endpointId: first.endpointId } })
  return sent
}
