import { newId } from '@lightpress/kernel'
import { billingEvents } from '../support/billing-events.ts'
import { seed, until } from '@lightpress/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { answerWith, hang, startReceiver, verify, type Answering, type Receiver } from '../support/receiver.ts'
import { startWebhooks, type Webhooks } from '../support/webhooks.ts'

let app: Webhooks
const receivers: Receiver[] = []
beforeAll(async () => {
  app = await startWebhooks()
})
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.stop()
})
afterAll(() => app.close())

async function receive(always?: Answering): Promise<Receiver> {
  const receiver = await startReceiver(always)
  receivers.push(receiver)
  return receiver
}

describe('what happens', () => {
  it('is told to the endpoints that want to hear of it, signed, with ids and facts', async () => {
    const [wanted, other, foreign] = [await receive(), await receive(), await receive()]
    const { addEndpoint, happen, settled, organizationId } = app.newCustomer()
    const { id, secret } = await addEndpoint(wanted.url)
    await addEndpoint(other.url, ['invoice.paid'])
    await app.newCustomer().addEndpoint(foreign.url)

    const { id: eventId, userId } = await happen()
    const [delivery] = await settled(id)
    expect(delivery).toMatchObject({ status: 'delivered', attempts: 1, lastStatus: 200, messageId: `msg_${eventId}` })
    const [request] = wanted.received
    if (!request) throw new Error('Nothing arrived')
    expect(verify(request, secret)).toEqual({
      type: 'member.joined',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      data: { organizationId, userId, role: 'member', actorId: null },
    })
    expect(request.headers).toMatchObject({
      'webhook-id': `msg_${eventId}`,
      'content-type': 'application/json',
      'user-agent': 'Lightpress-Webhooks/1',
    })
    expect(() => verify({ ...request, body: `${request.body} ` }, secret)).toThrow('No matching signature')
    expect([other.received, foreign.received]).toEqual([[], []])
  })

  it('is told once however often we hear of it', async () => {
    const receiver = await receive()
    const { addEndpoint, happen, settled } = app.newCustomer()
    const { id } = await addEndpoint(receiver.url)
    const { id: eventId } = await happen()
    await settled(id)
    await happen({ id: eventId })
    await happen({ id: eventId })
    await happen()
    await settled(id, 2)
    expect(receiver.received).toHaveLength(2)
    expect(new Set(receiver.ids()).size).toBe(2)
  })

  it.each(billingEvents)('of billing is told as $type', async ({ type, event, payload, data }) => {
    const receiver = await receive()
    const { addEndpoint, settled, organizationId } = app.newCustomer()
    const { id, secret } = await addEndpoint(receiver.url, [type])
    await app.deliver(event as never, { ...payload, organizationId } as never)
    await settled(id)
    const [request] = receiver.received
    expect(request && verify(request, secret)).toMatchObject({ type, data: { ...data, organizationId } })
    expect(request?.body).not.toContain('stripe.com')
  })

  it.each([
    ['left', 'member.left'],
    ['removed', 'member.removed'],
    ['role', 'member.role_changed'],
    ['ownership', 'member.role_changed'],
  ] as const)('to a membership (%s) is told as %s', async (change, type) => {
    const receiver = await receive()
    const { addEndpoint, settled, happen } = app.newCustomer()
    const { id } = await addEndpoint(receiver.url, [type])
    await happen({ change })
    expect(await settled(id)).toMatchObject([{ eventType: type, status: 'delivered' }])
  })

  it('while an endpoint is switched off is not told, then or later', async () => {
    const receiver = await receive()
    const { admin, addEndpoint, happen, settled } = app.newCustomer()
    const { id } = await addEndpoint(receiver.url)
    await admin.updateWebhookEndpoint({ id, enabled: false })
    await happen()
    await admin.updateWebhookEndpoint({ id, enabled: true })
    const { id: eventId } = await happen()
    await settled(id)
    expect(receiver.ids()).toEqual([`msg_${eventId}`])
  })
})

describe('while a rotation lasts', () => {
  it('both secrets verify what is sent, and after it the new one alone', async () => {
    const receiver = await receive()
    const { admin, addEndpoint, happen, settled } = app.newCustomer()
    const { id, secret: old } = await addEndpoint(receiver.url)
    const { secret } = await admin.rotateWebhookSecret({ id, overlapHours: 1 })
    await happen()
    await settled(id)
    const { secret: newest } = await admin.rotateWebhookSecret({ id, overlapHours: 0 })
    await happen()
    await settled(id, 2)
    const [during, after] = receiver.received
    if (!during || !after) throw new Error('Nothing arrived')
    for (const one of [old, secret]) expect(verify(during, one).type).toBe('member.joined')
    expect(verify(after, newest).type).toBe('member.joined')
    for (const one of [old, secret]) expect(() => verify(after, one)).toThrow('No matching signature')
  })
})

describe('an endpoint that does not take it', () => {
  it('is tried again, with the same id and a fresh signature, until it does', async () => {
    const receiver = await receive()
    const { admin, addEndpoint, happen, settled } = app.newCustomer()
    const { id, secret } = await addEndpoint(receiver.url)
    receiver.answers.push(answerWith(500, {}, 'broken'), (response) => response.socket?.destroy())
    await happen()
    const [delivery] = await settled(id)
    expect(delivery).toMatchObject({ status: 'delivered', attempts: 3, lastStatus: 200, nextAttemptAt: null })
    expect(new Set(receiver.ids()).size).toBe(1)
    for (const request of receiver.received) verify(request, secret)
    const { attemptLog, requestBody } = await admin.getWebhookDelivery({ id: delivery?.id as string })
    expect(requestBody).toBe(receiver.received[0]?.body)
    expect(attemptLog).toMatchObject([
      { number: 1, responseStatus: 500, responseBody: 'broken', error: null },
      { number: 2, responseStatus: null, error: 'The connection was closed before an answer came.' },
      { number: 3, responseStatus: 200, responseBody: 'taken', responseTruncated: false, error: null },
    ])
    expect(attemptLog[0]?.requestHeaders['webhook-signature']).toBe(receiver.received[0]?.headers['webhook-signature'])
    expect(await admin.getWebhookEndpoint({ id })).toMatchObject({ failingSince: null })
  })

  it('ends as failed after its last attempt', async () => {
    const receiver = await receive(answerWith(503))
    const { admin, addEndpoint, happen, settled } = app.newCustomer()
    const { id } = await addEndpoint(receiver.url)
    await happen()
    expect(await settled(id)).toMatchObject([{ status: 'failed', attempts: 4, lastStatus: 503, nextAttemptAt: null }])
    const { failingSince, status } = await admin.getWebhookEndpoint({ id })
    expect(status).toBe('enabled')
    expect(Date.now() - Date.parse(failingSince as string)).toBeLessThan(60_000)
  })

  it('is waited for as long as it asks', async () => {
    const receiver = await receive()
    const { addEndpoint, happen, deliveriesOf } = app.newCustomer()
    const { id } = await addEndpoint(receiver.url)
    receiver.answers.push(answerWith(429, { 'retry-after': '3600' }))
    await happen()
    const [delivery] = await until(
      () => deliveriesOf(id),
      ([first]) => first?.attempts === 1,
    )
    const wait = Date.parse(delivery?.nextAttemptAt as string) - Date.now()
    expect(delivery?.status).toBe('pending')
    expect(wait).toBeGreaterThan(3_590_000)
    expect(wait).toBeLessThanOrEqual(3_600_000)
  })

  it('and sends us elsewhere is not followed', async () => {
    const elsewhere = await receive()
    const receiver = await receive(answerWith(307, { location: elsewhere.url }))
    const { admin, addEndpoint, happen, settled } = app.newCustomer()
    const { id } = await addEndpoint(receiver.url)
    await happen()
    const [delivery] = await settled(id)
    expect(delivery).toMatchObject({ status: 'failed', lastStatus: 307 })
    expect(elsewhere.received).toEqual([])
    const { attemptLog } = await admin.getWebhookDelivery({ id: delivery?.id as string })
    expect(attemptLog[0]?.error).toContain('Redirects are not followed')
  })

  it('is not sent what waits once it is switched off or removed', async () => {
    const receiver = await receive(answerWith(429, { 'retry-after': '3600' }))
    const { admin, addEndpoint, happen, deliveriesOf } = app.newCustomer()
    const { id } = await addEndpoint(receiver.url)
    await happen()
    await until(
      () => deliveriesOf(id),
      ([first]) => first?.attempts === 1,
    )
    await admin.updateWebhookEndpoint({ id, enabled: false })
    expect(await deliveriesOf(id)).toMatchObject([{ status: 'cancelled', nextAttemptAt: null, attempts: 1 }])
    await admin.updateWebhookEndpoint({ id, enabled: true })
    await happen()
    await until(
      () => deliveriesOf(id),
      ([first]) => first?.attempts === 1,
    )
    const [waiting] = await deliveriesOf(id)
    await admin.deleteWebhookEndpoint({ id })
    const none = { reason: 'notifications.webhook_delivery_not_found' }
    await expect(admin.getWebhookDelivery({ id: waiting?.id as string })).rejects.toMatchObject(none)
  })
})

describe('an answer', () => {
  it('of a hundred megabytes is read to its fourth kilobyte', async () => {
    let written = 0
    const receiver = await receive((response) => {
      const write = () => {
        while (written < 100 * 2 ** 20 && !response.destroyed) {
          written += 2 ** 16
          if (!response.write(Buffer.alloc(2 ** 16, 'x'))) return void response.once('drain', write)
        }
        response.end()
      }
      write()
    })
    const { admin, addEndpoint } = app.newCustomer()
    const { id } = await addEndpoint(receiver.url)
    const tested = await admin.testWebhookEndpoint({ id })
    expect(tested).toMatchObject({
      status: 'delivered',
      attemptLog: [{ responseStatus: 200, responseTruncated: true }],
    })
    expect(tested.attemptLog[0]?.responseBody).toBe('x'.repeat(4_096))
    expect(written).toBeLessThan(20 * 2 ** 20)
  })

  it('counts from its status, also when its body never ends', async () => {
    const receiver = await receive((response) => {
      response.writeHead(202)
      response.write('half of it')
    })
    const { admin, addEndpoint } = app.newCustomer()
    const { id } = await addEndpoint(receiver.url)
    expect(await admin.testWebhookEndpoint({ id })).toMatchObject({
      status: 'delivered',
      attemptLog: [{ responseStatus: 202, responseBody: 'half of it', responseTruncated: true }],
    })
  })

  it('that is no text is kept as one', async () => {
    const receiver = await receive((response) => response.end(Buffer.from([0, 255, 65])))
    const { admin, addEndpoint } = app.newCustomer()
    const { id } = await addEndpoint(receiver.url)
    const { attemptLog } = await admin.testWebhookEndpoint({ id })
    expect(attemptLog[0]).toMatchObject({ responseBody: '\uFFFD\uFFFDA', responseTruncated: false })
  })

  it('with headers without end is a failure', async () => {
    const receiver = await receive(answerWith(200, { 'x-long': 'x'.repeat(60_000) }))
    const { admin, addEndpoint } = app.newCustomer()
    const { id } = await addEndpoint(receiver.url)
    expect(await admin.testWebhookEndpoint({ id })).toMatchObject({
      status: 'failed',
      attemptLog: [{ responseStatus: null, error: 'The headers of the answer are too long.' }],
    })
  })
})

describe('customers whose servers hang', () => {
  it('keep nobody else waiting, and have few requests of ours open', async () => {
    const slow = [await receive(hang), await receive(hang), await receive(hang)]
    const hanging = app.newCustomer()
    for (const { url } of slow) await hanging.addEndpoint(url)
    await Promise.all(Array.from({ length: 10 }, () => hanging.happen()))
    await until(
      () => slow.reduce((sum, { received }) => sum + received.length, 0),
      (count) => count === 8,
    )

    const quick = await receive()
    const { addEndpoint, happen, settled } = app.newCustomer()
    const { id } = await addEndpoint(quick.url)
    const start = Date.now()
    await Promise.all(Array.from({ length: 20 }, () => happen()))
    await settled(id, 20)
    expect(Date.now() - start).toBeLessThan(8_000)
    expect(quick.received).toHaveLength(20)
    expect(quick.seen.most).toBeLessThanOrEqual(4)
    for (const { seen } of slow) expect(seen.most).toBeLessThanOrEqual(4)
    expect(slow.reduce((sum, { received }) => sum + received.length, 0)).toBe(8)
  })
})

it(`whatever servers do, each of many events arrives, with one id and one body (SEED=${seed})`, async () => {
  const moods: Answering[] = [answerWith(500), answerWith(404), (response) => response.socket?.destroy()]
  const ids = Array.from({ length: 25 }, () => newId())
  // How often each fails at first, by the seed alone, in whatever order they come.
  const random = randomFrom(seed)
  const failing = new Map(ids.map((id) => [`msg_${id}`, [0, 0, 0, 0, 1, 1, 2, 3][Math.floor(random() * 8)] ?? 0]))
  const failures = new Map<string, number>()
  const receiver = await receive((response, { headers }) => {
    const id = String(headers['webhook-id'])
    const failed = failures.get(id) ?? 0
    const mood = failed < (failing.get(id) ?? 0) ? moods[failed] : undefined
    if (mood) failures.set(id, failed + 1)
    ;(mood ?? answerWith(204))(response, { headers, body: '', at: 0 })
  })
  const { addEndpoint, happen, settled } = app.newCustomer()
  const { id } = await addEndpoint(receiver.url)
  await Promise.all(ids.map((event) => happen({ id: event })))
  const deliveries = await settled(id, ids.length)
  expect(deliveries.filter(({ status }) => status !== 'delivered')).toEqual([])
  expect(new Set(receiver.ids())).toEqual(new Set(ids.map((event) => `msg_${event}`)))
  const bodies = Map.groupBy(receiver.received, ({ headers }) => headers['webhook-id'])
  for (const requests of bodies.values()) expect(new Set(requests.map(({ body }) => body)).size).toBe(1)
})

/** mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
