import { until } from '@lightpress/testing'
import { and, eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { message } from '../../src/schema.ts'
import { webhookEndpoint } from '../../src/webhooks/schema.ts'
import { answerWith, startReceiver, type Answering, type Receiver } from '../support/receiver.ts'
import { startWebhooks, type Webhooks } from '../support/webhooks.ts'

let app: Webhooks
let receiver: Receiver
beforeAll(async () => {
  // What is not taken is not tried again within this test.
  app = await startWebhooks({ WEBHOOK_RETRIES: '3600,3600' })
})
afterEach(() => receiver.stop())
afterAll(() => app.close())

const always = async (answer: Answering) => (receiver = await startReceiver(answer))

describe('an endpoint that took nothing for three days', () => {
  it('is switched off, what waits is cancelled, and those who look after the organisation are told', async () => {
    const { url } = await always(answerWith(500))
    const { admin, person, addEndpoint, happen, deliveriesOf } = app.newCustomer({ locale: 'de' })
    const { id } = await addEndpoint(url)
    await happen()
    await attempted(deliveriesOf, id, 1)
    expect(await admin.getWebhookEndpoint({ id })).toMatchObject({ status: 'enabled' })
    await pass(id, { hours: 73, failures: 9 })
    await happen()
    await until(
      () => admin.getWebhookEndpoint({ id }),
      ({ status }) => status === 'disabled',
    )
    expect(await admin.getWebhookEndpoint({ id })).toMatchObject({ disabledBecause: 'failing' })
    const deliveries = await deliveriesOf(id)
    expect(deliveries.map(({ status }) => status)).toEqual(['cancelled', 'cancelled'])

    const inbox = app.inboxOf(person.id)
    const { items } = await until(
      () => inbox.listNotifications({}),
      (page) => page.items.some(({ link }) => link === `/organization/webhooks/${id}`),
    )
    const told = items.filter(({ link }) => link === `/organization/webhooks/${id}`)
    expect(told).toMatchObject([
      { category: 'account', title: 'Ein Webhook-Endpunkt von Analytical Engines ist abgeschaltet' },
    ])
    // And by e-mail at once, also to whoever has news of their account in digests, as by default: something is broken.
    const mailed = and(eq(message.userId, person.id), sql`${message.data}->>'link' = ${`/organization/webhooks/${id}`}`)
    expect(await app.ctx.db.$count(message, mailed)).toBe(1)

    // Switched on again it begins anew, and is not sent what it missed.
    await admin.updateWebhookEndpoint({ id, enabled: true })
    expect(await admin.getWebhookEndpoint({ id })).toMatchObject({ failingSince: null, disabledBecause: null })
    expect((await deliveriesOf(id)).every(({ status }) => status === 'cancelled')).toBe(true)
  })

  it('but was tried a few times only, stays', async () => {
    const { url } = await always(answerWith(500))
    const { admin, addEndpoint, happen, deliveriesOf } = app.newCustomer()
    const { id } = await addEndpoint(url)
    await happen()
    await attempted(deliveriesOf, id, 1)
    await pass(id, { hours: 200, failures: 3 })
    await happen()
    await attempted(deliveriesOf, id, 2)
    expect(await admin.getWebhookEndpoint({ id })).toMatchObject({ status: 'enabled' })
  })

  it('and takes one after all, is well', async () => {
    const { url, answers } = await always(answerWith(200))
    const { admin, addEndpoint, happen, deliveriesOf } = app.newCustomer()
    const { id } = await addEndpoint(url)
    answers.push(answerWith(500))
    await happen()
    await attempted(deliveriesOf, id, 1)
    await pass(id, { hours: 100, failures: 50 })
    await happen()
    await attempted(deliveriesOf, id, 2)
    expect(await admin.getWebhookEndpoint({ id })).toMatchObject({ status: 'enabled', failingSince: null })
  })
})

it('an endpoint that is gone for good (410) is switched off at once', async () => {
  const { url } = await always(answerWith(410))
  const { admin, person, addEndpoint, happen, settled } = app.newCustomer()
  const { id } = await addEndpoint(url)
  await happen()
  expect(await settled(id)).toMatchObject([{ status: 'cancelled', attempts: 1, lastStatus: 410 }])
  expect(await admin.getWebhookEndpoint({ id })).toMatchObject({ status: 'disabled', disabledBecause: 'gone' })
  const { items } = await until(
    () => app.inboxOf(person.id).listNotifications({}),
    (page) => page.items.some(({ title }) => title.includes('switched off')),
  )
  expect(items.find(({ title }) => title.includes('switched off'))?.body).toContain('410')
})

describe('a replay', () => {
  it('sends the same again, as another delivery that is linked to it', async () => {
    const { url, received, answers } = await always(answerWith(200))
    const { admin, addEndpoint, happen, settled } = app.newCustomer()
    const { id } = await addEndpoint(url)
    answers.push(answerWith(410))
    await happen()
    const [first] = await settled(id)
    const deliveryId = first?.id as string
    const refused = { code: 'conflict', reason: 'notifications.webhook_endpoint_disabled' }
    await expect(admin.replayWebhookDelivery({ id: deliveryId })).rejects.toMatchObject(refused)

    await admin.updateWebhookEndpoint({ id, enabled: true })
    const replay = await admin.replayWebhookDelivery({ id: deliveryId })
    expect(replay).toMatchObject({ replayOf: deliveryId, messageId: first?.messageId, attempts: 0, status: 'pending' })
    const [sent] = await settled(id, 2)
    expect(sent).toMatchObject({ id: replay.id, status: 'delivered', attempts: 1 })
    expect(received[1]?.body).toBe(received[0]?.body)
    expect(received[1]?.headers['webhook-id']).toBe(received[0]?.headers['webhook-id'])
    expect(await admin.getWebhookDelivery({ id: deliveryId })).toMatchObject({ replays: [replay.id] })
  })

  it('of a delivery of another organisation does not exist', async () => {
    const { url } = await always(answerWith(200))
    const { addEndpoint, happen, settled } = app.newCustomer()
    const { id } = await addEndpoint(url)
    await happen()
    const [delivery] = await settled(id)
    const { admin } = app.newCustomer()
    const none = { reason: 'notifications.webhook_delivery_not_found' }
    await expect(admin.replayWebhookDelivery({ id: delivery?.id as string })).rejects.toMatchObject(none)
    await expect(admin.getWebhookDelivery({ id: delivery?.id as string })).rejects.toMatchObject(none)
  })
})

describe('a test', () => {
  it('is sent now, once, and says what was answered', async () => {
    const { url, received } = await always(answerWith(500, {}, 'no'))
    const { admin, addEndpoint } = app.newCustomer()
    const { id } = await addEndpoint(url)
    const tested = await admin.testWebhookEndpoint({ id })
    expect(tested).toMatchObject({
      eventType: 'webhooks.test',
      status: 'failed',
      attempts: 1,
      lastStatus: 500,
      attemptLog: [{ number: 1, responseStatus: 500, responseBody: 'no' }],
    })
    expect(received).toHaveLength(1)
    expect(JSON.parse(tested.requestBody)).toMatchObject({ type: 'webhooks.test', data: { endpointId: id } })
    // It says nothing of how well the endpoint takes what matters.
    expect(await admin.getWebhookEndpoint({ id })).toMatchObject({ failingSince: null })
    const { items } = await admin.listWebhookDeliveries({ id, eventType: 'webhooks.test' })
    expect(items.map((item) => item.id)).toEqual([tested.id])
  })

  it('of an endpoint that is switched off is sent as well, and one that hangs is not waited for long', async () => {
    const { url } = await always(() => undefined)
    const { admin, addEndpoint } = app.newCustomer()
    const { id } = await addEndpoint(url)
    await admin.updateWebhookEndpoint({ id, enabled: false })
    expect(await admin.testWebhookEndpoint({ id })).toMatchObject({
      status: 'failed',
      attemptLog: [{ responseStatus: null, error: 'No answer came in time.' }],
    })
  })
})

describe('the log', () => {
  it('is read newest first, page by page, and by status and type', async () => {
    const { url, answers } = await always(answerWith(200))
    const { admin, addEndpoint, happen, settled } = app.newCustomer()
    const { id } = await addEndpoint(url)
    for (let times = 0; times < 5; times++) await happen()
    await settled(id, 5)
    answers.push(answerWith(500))
    await admin.testWebhookEndpoint({ id })
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = await admin.listWebhookDeliveries({ id, limit: 2, ...(cursor && { cursor }) })
      ids.push(...page.items.map((item) => item.id))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect(ids).toHaveLength(6)
    expect(ids).toEqual(ids.toSorted().reverse())
    expect((await admin.listWebhookDeliveries({ id, status: 'failed' })).items).toMatchObject([
      { eventType: 'webhooks.test' },
    ])
    expect((await admin.listWebhookDeliveries({ id, eventType: 'member.joined' })).items).toHaveLength(5)
    expect((await admin.listWebhookDeliveries({ id, eventType: 'invoice.paid' })).items).toEqual([])
  })
})

type DeliveriesOf = ReturnType<Webhooks['newCustomer']>['deliveriesOf']

/** Waits until so many deliveries had their first attempt. */
async function attempted(deliveriesOf: DeliveriesOf, id: string, count: number) {
  await until(
    () => deliveriesOf(id),
    (items) => items.filter(({ attempts }) => attempts === 1).length === count,
  )
}

/** As if it had been failing for so long, and so often. */
async function pass(id: string, { hours, failures }: { hours: number; failures: number }) {
  await app.ctx.db
    .update(webhookEndpoint)
    .set({ failingSince: sql`now() - make_interval(hours => ${hours})`, failures })
    .where(eq(webhookEndpoint.id, id))
}
