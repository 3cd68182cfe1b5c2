import { enqueue, type Tx } from '@lightpress/kernel'
import { and, eq, gt, sql } from 'drizzle-orm'
import { webhookDelivery, webhookEndpoint } from './schema.ts'
import { sendWebhook } from './send-job.ts'

/**
 * How many attempts are under way at once, in all processes: a customer whose server is slow has the others wait for it no
 * more than this. Of an endpoint that takes nothing it is one, and of all that take nothing two: the dead ones of an
 * organisation leave the rest of its room to the others.
 */
const AT_ONCE = { organization: 8, endpoint: 4, failing: 1, allFailing: 2 }

/** An attempt takes half of this at most: what is under way for longer died with its process. */
const LOST = sql`now() - interval '30 seconds'`

/** So many attempts may come to no end, by whatever ends a process or throws, until nobody begins another one. */
const ENDLESS = 5

export type Delivery = typeof webhookDelivery.$inferSelect
export type Endpoint = typeof webhookEndpoint.$inferSelect

/** What one attempt is about. */
export interface Turn {
  delivery: Delivery
  endpoint: Endpoint
}

/**
 * The first turn of a job that was promised for an endpoint: what is due first of what waits for its organisation. And a job
 * for each other that is due and has room: theirs may have come while there was none, and found nothing to do. Null when
 * there is nothing to do, or no room.
 */
export async function takeTurn(
  tx: Tx,
  { endpointId, retries }: { endpointId: string; retries: readonly number[] },
): Promise<Turn | null> {
  const [asked] = await tx
    .select({ organizationId: webhookEndpoint.organizationId })
    .from(webhookEndpoint)
    .where(eq(webhookEndpoint.id, endpointId))
  if (!asked) return null
  return passTurn(tx, { organizationId: asked.organizationId, retries, goesOn: true, toAll: true })
}

interface Passing {
  organizationId: string
  retries: readonly number[]
  /** Whether whoever asks makes the next attempt. */
  goesOn: boolean
  /** Whether there may be room for more than one. */
  toAll: boolean
}

/** The next turn, for whoever `goesOn`; for the others a job each, where there may be room for them. */
export async function passTurn(tx: Tx, { organizationId, retries, goesOn, toAll }: Passing): Promise<Turn | null> {
  const due = await findDue(tx, organizationId)
  const turn = goesOn ? await beginFirst(tx, due, retries.length + ENDLESS) : null
  const others = toAll ? due : turn ? [] : due.slice(0, 1)
  for (const { endpointId } of others) await enqueue(tx, sendWebhook, { payload: { endpointId } })
  return turn
}

/** Takes from what is due until one begins. */
async function beginFirst(tx: Tx, due: Due[], most: number): Promise<Turn | null> {
  for (let first = due.shift(); first; first = due.shift()) {
    const turn = await begin(tx, first, most)
    if (turn) return turn
  }
  return null
}

/** From its commit on it is under way. One that was begun too often, and came to no end each time, is given up. */
async function begin(tx: Tx, { id, endpointId }: Due, most: number): Promise<Turn | null> {
  const mine = eq(webhookDelivery.id, id)
  const [delivery] = await tx
    .update(webhookDelivery)
    .set({ sendingSince: sql`now()`, starts: sql`${webhookDelivery.starts} + 1` })
    .where(mine)
    .returning()
  if (delivery && delivery.starts > most) {
    const end = { status: 'failed', sendingSince: null, nextAttemptAt: null, settledAt: sql`now()` } as const
    await tx
      .update(webhookDelivery)
      .set({ ...end, lastError: 'It was interrupted too often.' })
      .where(mine)
    return null
  }
  const [endpoint] = await tx.select().from(webhookEndpoint).where(eq(webhookEndpoint.id, endpointId))
  return delivery && endpoint ? { delivery, endpoint } : null
}

interface Due {
  id: string
  endpointId: string
}

/**
 * What is due and has room, the oldest first, what is for endpoints that take nothing after the rest. Whoever asks for an
 * organisation's waits for the others' commits.
 */
async function findDue(tx: Tx, organizationId: string): Promise<Due[]> {
  await lockTurns(tx, organizationId)
  const { left, leftForFailing, endpoints } = await readRooms(tx, organizationId)
  if (left <= 0 || endpoints.length === 0) return []
  const ids = sql.param(endpoints.map(({ id }) => id))
  const counts = sql.param(endpoints.map(({ room }) => room))
  const failing = sql.param(endpoints.map(({ isFailing }) => isFailing))
  const { rows } = await tx.execute<{ id: string; endpointId: string; isFailing: boolean }>(sql`
    select due.id, due.endpoint_id as "endpointId", endpoint.failing as "isFailing"
    from unnest(${ids}::uuid[], ${counts}::int[], ${failing}::boolean[]) as endpoint (id, room, failing)
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
    order by endpoint.failing, due.next_attempt_at
    limit ${left}`)
  const [well, ill] = [rows.filter(({ isFailing }) => !isFailing), rows.filter(({ isFailing }) => isFailing)]
  return [...well, ...ill.slice(0, Math.max(0, leftForFailing))]
}

/** How many more may be under way: in all, of those that take nothing together, and of each endpoint that has room. */
async function readRooms(tx: Tx, organizationId: string) {
  const endpoints = await tx
    .select({ id: webhookEndpoint.id, isFailing: sql<boolean>`${webhookEndpoint.failingSince} is not null` })
    .from(webhookEndpoint)
    .where(and(eq(webhookEndpoint.organizationId, organizationId), eq(webhookEndpoint.status, 'enabled')))
  const underWay = await tx
    .select({ endpointId: webhookDelivery.endpointId })
    .from(webhookDelivery)
    .where(and(eq(webhookDelivery.organizationId, organizationId), gt(webhookDelivery.sendingSince, LOST)))
  const counted = endpoints.map((endpoint) => ({
    ...endpoint,
    busy: underWay.filter(({ endpointId }) => endpointId === endpoint.id).length,
  }))
  const busyFailing = counted.reduce((sum, { isFailing, busy }) => sum + (isFailing ? busy : 0), 0)
  const rooms = counted.map(({ id, isFailing, busy }) => ({
    ...{ id, isFailing },
    room: (isFailing ? AT_ONCE.failing : AT_ONCE.endpoint) - busy,
  }))
  return {
    left: AT_ONCE.organization - underWay.length,
    leftForFailing: AT_ONCE.allFailing - busyFailing,
    endpoints: rooms.filter(({ room }) => room > 0),
  }
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
