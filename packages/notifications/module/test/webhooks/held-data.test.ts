import { newId } from '@lightpress/kernel'
import { notifications as contract } from '@lightpress/notifications-contract'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { webhookAttempt, webhookDelivery, webhookEndpoint } from '../../src/webhooks/schema.ts'
import { startReceiver } from '../support/receiver.ts'
import { startWebhooks, type Webhooks } from '../support/webhooks.ts'

let app: Webhooks
beforeAll(async () => {
  app = await startWebhooks()
})
afterAll(() => app.close())

it('an organisation is handed its webhooks without their secrets, and nothing is left of them when it is erased', async () => {
  const receiver = await startReceiver()
  const other = await sent(receiver.url)
  const { organizationId, admin, endpoint } = await sent(receiver.url)
  await admin.rotateWebhookSecret({ id: endpoint.id })
  await receiver.stop()

  const subject = { kind: 'organization' as const, id: organizationId }
  const archive = await handOver(subject)
  const names = ['attempts of webhooks', 'webhooks that were sent', 'webhook endpoints']
  expect([...archive.keys()]).toEqual(expect.arrayContaining(names))
  for (const name of names) expect([name, archive.get(name)?.length]).toEqual([name, 1])
  expect(archive.get('webhook endpoints')).toMatchObject([{ id: endpoint.id, url: receiver.url }])
  expect(JSON.stringify([...archive])).not.toMatch(/sealed/i)
  expect(JSON.stringify([...archive])).not.toContain(endpoint.secret.slice('whsec_'.length))

  const { items } = await app.callAs('users', contract).eraseData({ subject, erasureId: newId(), batch: 0 })
  expect(items.filter(({ name }) => names.includes(name))).toMatchObject(names.map((name) => ({ name, count: 1 })))
  const { db } = app.ctx
  expect(await db.select({ id: webhookEndpoint.id }).from(webhookEndpoint)).toEqual([{ id: other.endpoint.id }])
  expect(await db.$count(webhookDelivery)).toBe(1)
  expect(await db.$count(webhookAttempt)).toBe(1)
})

/** A customer with an endpoint that took one webhook. */
async function sent(url: string) {
  const customer = app.newCustomer()
  const endpoint = await customer.addEndpoint(url)
  await customer.happen()
  await customer.settled(endpoint.id)
  return { ...customer, endpoint }
}

async function handOver(subject: { kind: 'organization'; id: string }): Promise<Map<string, unknown[]>> {
  const found = new Map<string, unknown[]>()
  let cursor: string | null = null
  do {
    const page: { parts: { name: string; rows: unknown[] }[]; nextCursor: string | null } = await app
      .callAs('users', contract)
      .exportData({ subject, cursor })
    for (const { name, rows } of page.parts) found.set(name, [...(found.get(name) ?? []), ...rows])
    cursor = page.nextCursor
  } while (cursor !== null)
  return found
}
