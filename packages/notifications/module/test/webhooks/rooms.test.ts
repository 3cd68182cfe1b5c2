import { until } from '@lightpress/testing'
import { eq, sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { webhookEndpoint } from '../../src/webhooks/schema.ts'
import { hang, startReceiver, type Answering, type Receiver } from '../support/receiver.ts'
import { startWebhooks, type Webhooks } from '../support/webhooks.ts'

let app: Webhooks
const receivers: Receiver[] = []
beforeEach(async () => {
  app = await startWebhooks()
})
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.stop()
  await app.close()
})

async function receive(always?: Answering): Promise<Receiver> {
  const receiver = await startReceiver(always)
  receivers.push(receiver)
  return receiver
}

it('eight endpoints that are known to be dead leave a ninth its places', async () => {
  const [dead, well] = [await receive(hang), await receive()]
  const { addEndpoint, happen, settled } = app.newCustomer()
  const ids: string[] = []
  for (let times = 0; times < 8; times++) ids.push((await addEndpoint(dead.url)).id)
  for (const id of ids)
    await app.ctx.db
      .update(webhookEndpoint)
      .set({ failingSince: sql`now() - interval '1 hour'`, failures: 3 })
      .where(eq(webhookEndpoint.id, id))
  await happen()
  await until(
    () => dead.received.length,
    (count) => count === 2,
  )
  const { id } = await addEndpoint(well.url)
  for (let times = 0; times < 3; times++) await happen()
  await settled(id, 3)
  expect(well.received).toHaveLength(3)
  // Two at a time, each of which has fifteen seconds to answer.
  expect(dead.seen.most).toBe(2)
})

it('eight customers whose servers hang leave a ninth its places', async () => {
  const slow = await receive(hang)
  const hanging = Array.from({ length: 8 }, () => app.newCustomer())
  await Promise.all(
    hanging.map(async ({ addEndpoint, happen }) => {
      for (let times = 0; times < 2; times++) await addEndpoint(slow.url)
      for (let times = 0; times < 4; times++) await happen()
    }),
  )
  // All of the eight places of each, which are as many as a process once had.
  await until(
    () => slow.received.length,
    (count) => count >= 64,
  )
  const quick = await receive()
  const { addEndpoint, happen, settled } = app.newCustomer()
  const { id } = await addEndpoint(quick.url)
  const start = Date.now()
  await happen()
  await settled(id)
  expect(Date.now() - start).toBeLessThan(12_000)
})

it('the places of an organisation are those of all processes together', async () => {
  const another = await app.startAnother()
  try {
    const slow = [await receive(hang), await receive(hang), await receive(hang)]
    const { addEndpoint, happen } = app.newCustomer()
    for (const { url } of slow) await addEndpoint(url)
    const open = () => slow.reduce((sum, { received }) => sum + received.length, 0)
    await Promise.all(Array.from({ length: 12 }, () => happen()))
    await until(open, (count) => count === 8)
    // Whoever would send more does it by then.
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(open()).toBe(8)
    for (const { seen } of slow) expect(seen.most).toBeLessThanOrEqual(4)
  } finally {
    await another.close()
  }
})
