import { enqueue, type Tx } from '@lightpress/kernel'
import { and, eq, gt, sql } from 'drizzle-orm'
import { webhookDelivery, webhookEndpoint } from './schema.ts'
import { sendWebhook } from './send-job.ts'

/**
 * How many attempts are under way at once, in all processes: a customer whose server is slow has the others wait for it no
 * more than this. One that takes nothing is tried one by one.
 */
const AT_ONCE = { organization: 8, endpoint: 4, failing: 1 }

/** An attempt takes half of this at most: what is under way for longer died with its process. */
const LOST = sql`now() - interval '30 seconds'`

export type Delivery = typeof webhookDelivery.$inferSelect
export type Endpoint = typeof webhookEndpoint.$inferSelect

/** What one attempt is about. */
export interface Turn {
  delivery: Delivery
  endpoint: Endpoint
}

/** The first turn of a job that was promised for an endpoint; null when there is nothing to do, or no room. */
export async function takeTurn(tx: Tx, endpointId: string): Promise<Turn | null> {
  const [asked] = await tx
    .select({ organizationId: webhookEndpoint.organizationId })
    .from(webhookEndpoint)
    .where(eq(webhookEndpoint.id, endpointId))
  return asked ? passTurns(tx, { organizationId: asked.organizationId, goesOn: true }) : null
}

/**
 * The next turn, for whoever `goesOn`: what is due first of what waits for the organisation. And a job for each other that
 * is due and has room: theirs may have come while there was none, and found nothing to do.
 */
export async function passTurns(
  tx: Tx,
  { organizationId, goesOn }: { organizationId: string; goesOn: boolean },
): Promise<Turn | null> {
  const due = await findDue(tx, organizationId)
  const mine = goesOn ? due.shift() : undefined
  for (const { endpointId } of due) await enqueue(tx, sendWebhook, { payload: { endpointId } })
  return mine ? begin(tx, mine) : null
}

/** From its commit on it is under way. */
async function begin(tx: Tx, { id, endpointId }: { id: string; endpointId: string }): Promise<Turn | null> {
  const [delivery] = await tx
    .update(webhookDelivery)
    .set({ sendingSince: sql`now()` })
    .where(eq(webhookDelivery.id, id))
    .returning()
  const [endpoint] = await tx.select().from(webhookEndpoint).where(eq(webhookEndpoint.id, endpointId))
  return delivery && endpoint ? { delivery, endpoint } : null
}

/** What is due and has room, the oldest first. Whoever asks for an organisation's waits for the others' commits. */
async function findDue(tx: Tx, organizationId: string): Promise<{ id: string; endpointId: string }[]> {
  await lockTurns(tx, organizationId)
  const rooms = await readRooms(tx, organizationId)
  if (rooms.left <= 0 || rooms.endpoints.length === 0) return []
  const ids = sql.param(rooms.endpoints.map(({ id }) => id))
  const counts = sql.param(rooms.endpoints.map(({ room }) => room))
  const { rows } = await tx.execute<{ id: string; endpointId: string }>(sql`
    select due.id, due.endpoint_id as "endpointId"
    from unnest(${ids}::uuid[], ${counts}::int[]) as endpoint (id, room)
    cross join lateral (
      select ${webhookDelivery.id}, ${webhookDelivery.endpointId}, ${webhookDelivery.nextAttemptAt}
      from ${webhookDelivery}
      where ${webhookDelivery.endpointId} = endpoint.id
        and ${webhookDelivery.status} = 'pending'
        and ${webhookDelivery.nextAttemptAt} <= now()
        and (${webhookDelivery.sendingSince} is null or ${webhookDelivery.sendingSince} < ${LOST})
      order by ${webhookDelivery.nextAttemptAt}
      limit endpoint.room
    ) as due
    order by due.next_attempt_at
    limit ${rooms.left}`)
  return rows
}

/** How many more may be under way: in all, and of each endpoint that has room. */
async function readRooms(tx: Tx, organizationId: string) {
  const endpoints = await tx
    .select({ id: webhookEndpoint.id, failingSince: webhookEndpoint.failingSince })
    .from(webhookEndpoint)
    .where(and(eq(webhookEndpoint.organizationId, organizationId), eq(webhookEndpoint.status, 'enabled')))
  const underWay = await tx
    .select({ endpointId: webhookDelivery.endpointId })
    .from(webhookDelivery)
    .where(and(eq(webhookDelivery.organizationId, organizationId), gt(webhookDelivery.sendingSince, LOST)))
  const rooms = endpoints.map(({ id, failingSince }) => ({
    id,
    room:
      (failingSince === null ? AT_ONCE.endpoint : AT_ONCE.failing) -
      underWay.filter(({ endpointId }) => endpointId === id).length,
  }))
  return { left: AT_ONCE.organization - underWay.length, endpoints: rooms.filter(({ room }) => room > 0) }
}

/** Until the transaction ends. Taken before rows of the organisation are locked, everywhere. */
export async function lockTurns(tx: Tx, organizationId: string): Promise<void> {
  const lock = `notifications webhooks of ${organizationId}`
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`)
}

/** Once in a while: jobs are lost with their queue, and attempts with their process. One for each organisation will do. */
export async function passLostTurns(tx: Tx): Promise<void> {
  const waiting = await tx
    .selectDistinctOn([webhookDelivery.organizationId], { endpointId: webhookDelivery.endpointId })
    .from(webhookDelivery)
    .innerJoin(webhookEndpoint, eq(webhookEndpoint.id, webhookDelivery.endpointId))
    .where(
      and(
        eq(webhookDelivery.status, 'pending'),
        eq(webhookEndpoint.status, 'enabled'),
        sql`${webhookDelivery.nextAttemptAt} < now() - interval '30 seconds'`,
        sql`(${webhookDelivery.sendingSince} is null or ${webhookDelivery.sendingSince} < ${LOST})`,
      ),
    )
  for (const { endpointId } of waiting) await enqueue(tx, sendWebhook, { payload: { endpointId } })
}

/** What waits for an endpoint is not sent any more. What is on its way at this moment may still arrive. */
export async function cancelWaiting(tx: Tx, endpointId: string): Promise<void> {
  await tx
    .update(webhookDelivery)
    .set({ status: 'cancelled', nextAttemptAt: null, settledAt: sql`now()` })
    .where(and(eq(webhookDelivery.endpointId, endpointId), eq(webhookDelivery.status, 'pending')))
}
