import { firstIdAt, kernelTables, newId } from '@lightpress/kernel'
import { until } from '@lightpress/testing'
import { and, eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { NotificationsContext } from '../../src/context.ts'
import { announce } from '../../src/webhooks/announce.ts'
import { memberWebhook } from '../../src/webhooks/event-types.ts'
import { forgetWebhooks, sendLostWebhooks } from '../../src/webhooks/keep.ts'
import { webhookAttempt, webhookDelivery, webhookEndpoint } from '../../src/webhooks/schema.ts'
import type { Attempt } from '../../src/webhooks/post.ts'
import { sendDueWebhook } from '../../src/webhooks/send.ts'
import { settle } from '../../src/webhooks/settle.ts'
import { webhookTrail } from '../../src/webhooks/trail.ts'
import { lockTurns, type Delivery } from '../../src/webhooks/turns.ts'
import { answerWith, startReceiver, type Receiver } from '../support/receiver.ts'
import { startWebhooks, type Webhooks } from '../support/webhooks.ts'

let app: Webhooks
let receiver: Receiver
let customer: ReturnType<Webhooks['newCustomer']>
let endpointId: string
beforeAll(async () => {
  // Nothing is done here but what a test does.
  app = await startWebhooks({ ROLES: 'http' })
})
beforeEach(async () => {
  receiver = await startReceiver()
  customer = app.newCustomer()
  endpointId = (await customer.addEndpoint(receiver.url)).id
})
afterEach(() => receiver.stop())
afterAll(() => app.close())

const killed = () => Promise.reject(new Error('killed'))

it.each([
  ['before anything was sent', { sends: 1, kill: beforeSending }],
  ['after it arrived, before it was written down', { sends: 2, kill: afterSending }],
] as const)('a worker that dies %s leaves a delivery that arrives, and one line in the log', async (_when, step) => {
  const eventId = await happens()
  await expect(step.kill()).rejects.toThrow('killed')
  expect(await read()).toMatchObject([{ status: 'pending', attempts: 0 }])
  // For all that others know it is under way.
  await run()
  expect(await read()).toMatchObject([{ status: 'pending', attempts: 0 }])

  await pass('31 seconds')
  expect(await jobs()).toBe(1)
  await sendLostWebhooks(app.ctx)
  expect(await jobs()).toBe(2)
  await run()
  expect(await read()).toMatchObject([{ status: 'delivered', attempts: 1 }])
  expect(receiver.ids()).toEqual(Array(step.sends).fill(`msg_${eventId}`))
  const [delivery] = await read()
  const logged = eq(webhookAttempt.deliveryId, delivery?.id as string)
  expect(await app.ctx.db.$count(webhookAttempt, logged)).toBe(1)
})

it('jobs that were lost with their queue are made again, one for an organisation, which takes one after the other', async () => {
  for (let times = 0; times < 3; times++) await happens()
  await pass('1 minute')
  const before = await jobs()
  await sendLostWebhooks(app.ctx)
  expect(await jobs()).toBe(before + 1)
  await run()
  expect((await read()).map(({ status }) => status)).toEqual(['delivered', 'delivered', 'delivered'])
  await sendLostWebhooks(app.ctx)
  await run()
  expect(receiver.received).toHaveLength(3)
})

it('a delivery that is for later is left alone until then', async () => {
  receiver.answers.push(answerWith(503, { 'retry-after': '7200' }))
  await happens()
  await run()
  const before = await jobs()
  await pass('1 hour')
  await sendLostWebhooks(app.ctx)
  await run()
  expect(await jobs()).toBe(before)
  expect(receiver.received).toHaveLength(1)
  await pass('61 minutes')
  await run()
  expect(await read()).toMatchObject([{ status: 'delivered', attempts: 2 }])
})

it('what was promised in the moment in which the endpoint was switched off is cancelled', async () => {
  await happens()
  await app.ctx.db.update(webhookEndpoint).set({ status: 'disabled' }).where(eq(webhookEndpoint.id, endpointId))
  await pass('1 minute')
  await run()
  await sendLostWebhooks(app.ctx)
  expect(await read()).toMatchObject([{ status: 'cancelled' }])
  expect(receiver.received).toEqual([])
})

it('a test whose process died is no more than a failed one', async () => {
  const { ctx } = app
  await ctx.db.insert(webhookDelivery).values({
    ...{ id: newId(), endpointId, organizationId: customer.organizationId, messageId: 'msg_1', body: '{}' },
    ...{ eventType: 'webhooks.test', requestId: 'test' },
  })
  await sendLostWebhooks(ctx)
  expect(await read()).toMatchObject([{ status: 'pending' }])
  await pass('2 minutes')
  await sendLostWebhooks(ctx)
  expect(await read()).toMatchObject([{ status: 'failed', lastError: 'It was interrupted.' }])
})

it.each([
  ['before it is sent', { send: killed }],
  ['after it was sent', { send: undefined }],
])('an attempt that throws %s is begun a few times more, and no more', async (_when, { send }) => {
  await happens()
  // Nine retries, and so ten attempts that may fail: five more are for those that come to no end.
  const most = app.ctx.webhooks.retries.length + 5
  for (let starts = 1; starts <= most; starts++) {
    const run = send ? beforeSending : afterSending
    await expect(run()).rejects.toThrow('killed')
    expect(await read()).toMatchObject([{ status: 'pending', starts, attempts: 0 }])
    await pass('31 seconds')
  }
  await run()
  const lastError = 'It was interrupted too often.'
  expect(await read()).toMatchObject([{ status: 'failed', lastError, nextAttemptAt: null, sendingSince: null }])
  expect(receiver.received).toHaveLength(send ? 0 : most)
  // Others are sent all the same.
  await happens()
  await run()
  expect((await read()).map(({ status }) => status)).toEqual(['failed', 'delivered'])
})

it('a delivery passes its place on to one other, and an endpoint that is well again asks for all of its places', async () => {
  for (let times = 0; times < 5; times++) await happens()
  const promised = await jobs()
  await run()
  expect((await read()).filter(({ status }) => status === 'delivered')).toHaveLength(5)
  // Those of the other three places, by whoever looked first.
  expect(await jobs()).toBe(promised + 3)

  await app.ctx.db.update(webhookEndpoint).set({ failingSince: new Date() }).where(eq(webhookEndpoint.id, endpointId))
  for (let times = 0; times < 5; times++) await happens()
  const before = await jobs()
  await run()
  expect((await read()).filter(({ status }) => status === 'delivered')).toHaveLength(10)
  expect(await jobs()).toBe(before + 3)
})

it('an endpoint can be deleted while an attempt at it is written down', async () => {
  await happens()
  const [delivery] = await read()
  const turn = { delivery: delivery as Delivery, attempt: answered({ status: 500 }), retries: [3_600] }
  let deleted: Promise<unknown> = Promise.resolve()
  await app.ctx.withTx(async (tx) => {
    await lockTurns(tx, customer.organizationId)
    await tx.select().from(webhookDelivery).where(eq(webhookDelivery.endpointId, endpointId)).for('update')
    deleted = customer.admin.deleteWebhookEndpoint({ id: endpointId })
    await until(waiting, (count) => count > 0)
    await settle(tx, turn)
  })
  await deleted
  expect(await read()).toEqual([])
})

it('what its former address answers says nothing of an endpoint', async () => {
  await happens()
  const [delivery] = await read()
  const elsewhere = 'https://127.0.0.1:8443/elsewhere'
  await customer.admin.updateWebhookEndpoint({ id: endpointId, url: elsewhere })
  const settled = (changes: Partial<Attempt>) =>
    app.ctx.withTx((tx) =>
      settle(tx, { delivery: delivery as Delivery, attempt: answered(changes), retries: [3_600, 3_600, 3_600] }),
    )
  for (const status of [500, 410]) expect(await settled({ status })).toBe('as before')
  expect(await readEndpoint()).toMatchObject({ status: 'enabled', failingSince: null, failures: 0 })
  expect(await settled({ status: 500, url: elsewhere })).toBe('as before')
  expect(await settled({ status: 200 })).toBe('as before')
  expect(await readEndpoint()).toMatchObject({ failingSince: expect.any(Date) as Date, failures: 1 })
})

it('is kept for thirty days, and an old secret for as long as it signs', async () => {
  const { admin } = customer
  await happens()
  await run()
  // Its id says when it was made.
  const id = firstIdAt(new Date(Date.now() - 31 * 24 * 60 * 60_000))
  await app.ctx.db.insert(webhookDelivery).values({
    ...{ id, endpointId, organizationId: customer.organizationId, messageId: 'msg_1', body: '{}' },
    ...{ eventType: 'member.joined', status: 'failed', requestId: 'test' },
  })
  await admin.rotateWebhookSecret({ id: endpointId, overlapHours: 1 })
  await forgetWebhooks(app.ctx)
  expect(await read()).toHaveLength(1)
  expect(await readEndpoint()).toMatchObject({ sealedOldSecret: expect.any(String) as string })
  await app.ctx.db
    .update(webhookEndpoint)
    .set({ oldSecretUntil: sql`now() - interval '1 minute'` })
    .where(eq(webhookEndpoint.id, endpointId))
  await forgetWebhooks(app.ctx)
  expect(await readEndpoint()).toMatchObject({ sealedOldSecret: null, oldSecretUntil: null })
})

it('operators find it by its organisation and by its request, with the event that caused it', async () => {
  const eventId = await happens()
  await run()
  const [delivery] = await read()
  const { organizationId, admin } = customer
  const page = { before: null, limit: 10 }
  const items = await webhookTrail({ kind: 'organization', id: organizationId }, page, app.ctx)
  expect(items).toMatchObject([
    {
      ...{ id: delivery?.id, kind: 'webhook', type: 'member.joined', state: 'sent', causeId: eventId, organizationId },
      details: { endpointId, attempts: '1', lastStatus: '200', messageId: `msg_${eventId}` },
    },
  ])
  const requestId = items[0]?.requestId as string
  expect(await webhookTrail({ kind: 'request', id: requestId }, page, app.ctx)).toContainEqual(items[0])
  expect(await webhookTrail({ kind: 'person', id: customer.person.id }, page, app.ctx)).toEqual([])

  await admin.replayWebhookDelivery({ id: delivery?.id as string })
  const [replay, ...older] = await webhookTrail({ kind: 'organization', id: organizationId }, page, app.ctx)
  expect(replay).toMatchObject({ causeId: null, state: 'pending', details: { replayOf: delivery?.id } })
  const before = { at: replay?.at as string, id: replay?.id as string }
  const rest = await webhookTrail({ kind: 'organization', id: organizationId }, { before, limit: 10 }, app.ctx)
  expect(rest).toEqual(older)
})

/** Somebody joins the customer's organisation. */
async function happens(): Promise<string> {
  const eventId = newId()
  const { organizationId } = customer
  const payload = { organizationId, userId: newId(), change: 'joined' as const, role: 'member' as const, actorId: null }
  await app.ctx.withTx((tx) => announce(tx, { eventId, ...memberWebhook(payload) }))
  return eventId
}

function run(ctx: NotificationsContext = app.ctx): Promise<void> {
  return sendDueWebhook.run({ endpointId }, ctx)
}

function beforeSending() {
  const { webhooks } = app.ctx
  return run({ ...app.ctx, webhooks: { ...webhooks, sender: { ...webhooks.sender, send: killed } } })
}

function afterSending() {
  let times = 0
  const withTx: NotificationsContext['withTx'] = (fn) => (++times === 1 ? app.ctx.withTx(fn) : killed())
  return run({ ...app.ctx, withTx })
}

/** As if all that waits had been waiting, or under way, for so much longer. */
async function pass(time: string) {
  const earlier = (column: string) => sql.raw(`${column} - interval '${time}'`)
  await app.ctx.db
    .update(webhookDelivery)
    .set({
      createdAt: earlier('created_at'),
      nextAttemptAt: earlier('next_attempt_at'),
      sendingSince: earlier('sending_since'),
    })
    .where(eq(webhookDelivery.endpointId, endpointId))
}

function read() {
  return app.ctx.db
    .select()
    .from(webhookDelivery)
    .where(eq(webhookDelivery.endpointId, endpointId))
    .orderBy(webhookDelivery.id)
}

async function readEndpoint() {
  return (await app.ctx.db.select().from(webhookEndpoint).where(eq(webhookEndpoint.id, endpointId)))[0]
}

/** What the endpoint's server said, where it is, or was. */
function answered(changes: Partial<Attempt>): Attempt {
  const answer = { headers: {}, body: '', truncated: false, error: null, retryAfter: null, durationMs: 1 }
  return { ...answer, at: new Date(), status: 200, url: receiver.url, requestHeaders: {}, ...changes }
}

/** How many transactions wait for another one's lock. */
async function waiting(): Promise<number> {
  const { rows } = await app.ctx.db.execute<{ count: number }>(
    sql`select count(*)::int as count from pg_locks where not granted`,
  )
  return rows[0]?.count ?? 0
}

/** How many were ever made. */
function jobs() {
  const { outbox } = kernelTables('notifications')
  return app.ctx.db.$count(
    outbox,
    and(eq(outbox.type, 'send_webhook'), eq(sql`${outbox.payload}->>'endpointId'`, endpointId)),
  )
}
