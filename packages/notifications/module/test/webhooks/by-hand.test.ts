import { newId } from '@lightpress/kernel'
import { until } from '@lightpress/testing'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { forgetWebhooks } from '../../src/webhooks/keep.ts'
import { webhookByHand, webhookDelivery, webhookEndpoint } from '../../src/webhooks/schema.ts'
import { answerWith, startReceiver, type Receiver } from '../support/receiver.ts'
import { startWebhooks, type Webhooks } from '../support/webhooks.ts'

let app: Webhooks
let receiver: Receiver
let customer: ReturnType<Webhooks['newCustomer']>
let endpointId: string
beforeAll(async () => {
  // What is not taken is not tried again within this test.
  app = await startWebhooks({ WEBHOOK_RETRIES: '3600,3600' })
})
beforeEach(async () => {
  receiver = await startReceiver()
  customer = app.newCustomer()
  endpointId = (await customer.addEndpoint(receiver.url)).id
})
afterEach(() => receiver.stop())
afterAll(() => app.close())

describe('tests', () => {
  it('are sixty an hour of an organisation, however many are asked for at once, and whatever is deleted', async () => {
    await counted('test', 58)
    const { admin } = customer
    const asked = await Promise.allSettled(
      Array.from({ length: 5 }, () => admin.testWebhookEndpoint({ id: endpointId })),
    )
    expect(refusalsOf(asked)).toEqual(Array(3).fill('notifications.too_many_webhooks_by_hand'))
    expect(receiver.received).toHaveLength(2)

    await admin.deleteWebhookEndpoint({ id: endpointId })
    const { id } = await customer.addEndpoint(receiver.url)
    const limited = await admin.testWebhookEndpoint({ id }).catch((error: unknown) => error as { retryAfter: number })
    expect(limited).toMatchObject({ code: 'limited', reason: 'notifications.too_many_webhooks_by_hand' })
    expect(limited).toMatchObject({ retryAfter: expect.closeTo(3_600, -2) as number })
    const other = app.newCustomer()
    const { id: theirs } = await other.addEndpoint(receiver.url)
    expect(await other.admin.testWebhookEndpoint({ id: theirs })).toMatchObject({ status: 'delivered' })

    await later('61 minutes')
    expect(await admin.testWebhookEndpoint({ id })).toMatchObject({ status: 'delivered' })
    await forgetWebhooks(app.ctx)
    expect(await app.ctx.db.$count(webhookByHand, mine())).toBe(1)
  })

  it('take a place while they are under way', async () => {
    const { db } = app.ctx
    const underWay = () => db.$count(webhookDelivery, sql`endpoint_id = ${endpointId} and sending_since is not null`)
    let seen = 0
    receiver.answers.push((response) => void underWay().then((count) => ((seen = count), response.end())))
    await customer.admin.testWebhookEndpoint({ id: endpointId })
    expect([seen, await underWay()]).toEqual([1, 0])
  })

  it('that are taken do not make an endpoint well', async () => {
    await app.ctx.db.update(webhookEndpoint).set({ failingSince: new Date(), failures: 3 }).where(itself())
    expect(await customer.admin.testWebhookEndpoint({ id: endpointId })).toMatchObject({ status: 'delivered' })
    const [endpoint] = await app.ctx.db.select().from(webhookEndpoint).where(itself())
    expect(endpoint).toMatchObject({ failingSince: expect.any(Date) as Date, failures: 3 })
  })
})

describe('replays', () => {
  it('are a thousand an hour, and a repeated request is one', async () => {
    await customer.happen()
    const [delivery] = await customer.settled(endpointId)
    await counted('replay', 998)
    const id = delivery?.id as string
    const { admin } = customer
    const asked = await Promise.allSettled(Array.from({ length: 4 }, () => admin.replayWebhookDelivery({ id })))
    expect(refusalsOf(asked)).toEqual(Array(2).fill('notifications.too_many_webhooks_by_hand'))
    await customer.settled(endpointId, 3)
    expect(receiver.received).toHaveLength(3)
  })
})

describe('what was missed', () => {
  it.each([
    ['failing', 500],
    ['gone', 410],
  ] as const)(
    'while we had it switched off (%s) stands in its log, and is replayed once it is on again',
    async (because, status) => {
      const { admin, happen, deliveriesOf, settled } = customer
      if (because === 'failing')
        await app.ctx.db
          .update(webhookEndpoint)
          .set({ failingSince: sql`now() - interval '4 days'`, failures: 20 })
          .where(itself())
      receiver.answers.push(answerWith(status))
      await happen()
      await until(
        () => admin.getWebhookEndpoint({ id: endpointId }),
        ({ disabledBecause }) => disabledBecause === because,
      )
      const { id: eventId } = await happen()
      const [missed] = await deliveriesOf(endpointId)
      expect(missed).toMatchObject({
        messageId: `msg_${eventId}`,
        status: 'cancelled',
        attempts: 0,
        nextAttemptAt: null,
      })
      expect(missed?.settledAt).toEqual(expect.any(String))
      expect(receiver.received).toHaveLength(1)

      await admin.updateWebhookEndpoint({ id: endpointId, enabled: true })
      await admin.replayWebhookDelivery({ id: missed?.id as string })
      await settled(endpointId, 3)
      expect(receiver.ids()).toContain(`msg_${eventId}`)
    },
  )

  it('is replayed together: what failed or was cancelled since then, each once', async () => {
    const { admin, happen, settled } = customer
    const [delivered] = [await happen(), await settled(endpointId)]
    const missed = await missing(130)
    const since = hoursAgo(1)
    const first = await admin.replayMissedWebhooks({ id: endpointId, since })
    expect(first).toMatchObject({ replayed: 100, nextCursor: expect.any(String) as string })
    const cursor = first.nextCursor as string
    expect(await admin.replayMissedWebhooks({ id: endpointId, since, cursor })).toEqual({
      replayed: 30,
      nextCursor: null,
    })
    await until(
      () => new Set(receiver.ids()).size,
      (count) => count === 131,
    )
    expect(new Set(receiver.ids())).toEqual(new Set([`msg_${delivered.id}`, ...missed]))
    expect(await admin.replayMissedWebhooks({ id: endpointId, since })).toEqual({ replayed: 0, nextCursor: null })
    expect(await app.ctx.db.$count(webhookByHand, mine())).toBe(130)
  })

  it('is replayed again where the replay was not taken either, and not from before', async () => {
    const { admin } = customer
    await missing(2)
    expect(await admin.replayMissedWebhooks({ id: endpointId, since: inAnHour() })).toMatchObject({ replayed: 0 })
    await admin.replayMissedWebhooks({ id: endpointId, since: hoursAgo(1) })
    await customer.settled(endpointId, 4)
    await app.ctx.db
      .update(webhookDelivery)
      .set({ status: 'failed' })
      .where(sql`endpoint_id = ${endpointId} and replay_of is not null`)
    expect(await admin.replayMissedWebhooks({ id: endpointId, since: hoursAgo(1) })).toMatchObject({ replayed: 2 })
  })

  it('is replayed as far as the hour allows, and the rest when it does again', async () => {
    const { admin } = customer
    await missing(30)
    await counted('replay', 980)
    const asked = { id: endpointId, since: hoursAgo(1) }
    expect(await admin.replayMissedWebhooks(asked)).toMatchObject({
      replayed: 20,
      nextCursor: expect.any(String) as string,
    })
    await expect(admin.replayMissedWebhooks(asked)).rejects.toMatchObject({
      reason: 'notifications.too_many_webhooks_by_hand',
    })
    await later('61 minutes')
    expect(await admin.replayMissedWebhooks(asked)).toEqual({ replayed: 10, nextCursor: null })
  })

  it('of an endpoint that is off, or of others, is not replayed', async () => {
    const since = hoursAgo(1)
    const none = { reason: 'notifications.webhook_endpoint_not_found' }
    const { admin } = app.newCustomer()
    await expect(admin.replayMissedWebhooks({ id: endpointId, since })).rejects.toMatchObject(none)
    await customer.admin.updateWebhookEndpoint({ id: endpointId, enabled: false })
    const off = { reason: 'notifications.webhook_endpoint_disabled' }
    await expect(customer.admin.replayMissedWebhooks({ id: endpointId, since })).rejects.toMatchObject(off)
  })
})

const itself = () => eq(webhookEndpoint.id, endpointId)
const mine = () => eq(webhookByHand.organizationId, customer.organizationId)
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()
const inAnHour = () => hoursAgo(-1)

/** As if so many had been sent by hand just now. */
async function counted(kind: 'test' | 'replay', count: number): Promise<void> {
  const { organizationId } = customer
  await app.ctx.db
    .insert(webhookByHand)
    .values(Array.from({ length: count }, () => ({ id: newId(), organizationId, kind })))
}

/** As if all had been sent by hand so much earlier. */
async function later(time: string): Promise<void> {
  await app.ctx.db
    .update(webhookByHand)
    .set({ at: sql.raw(`at - interval '${time}'`) })
    .where(mine())
}

/** As if so many deliveries had failed, or been cancelled; gives their messages. */
async function missing(count: number): Promise<string[]> {
  const { organizationId } = customer
  const rows = Array.from({ length: count }, (_, at) => {
    const eventId = newId()
    const status = at % 2 === 0 ? ('failed' as const) : ('cancelled' as const)
    return {
      ...{ id: newId(), endpointId, organizationId, eventId, messageId: `msg_${eventId}`, status },
      ...{ eventType: 'member.joined' as const, body: '{}', requestId: 'test', settledAt: new Date() },
    }
  })
  await app.ctx.db.insert(webhookDelivery).values(rows)
  return rows.map(({ messageId }) => messageId)
}

function refusalsOf(asked: PromiseSettledResult<unknown>[]): string[] {
  return asked.flatMap((one) => (one.status === 'rejected' ? [(one.reason as { reason: string }).reason] : []))
}
