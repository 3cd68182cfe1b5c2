import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startRedis } from '@lightpress/local'
import { membershipChanged } from '@lightpress/users-contract'
import { round, type Result } from '../result.ts'
import { openHouse, untilCame, type House } from './house.ts'

const WARM_UP = 200
const EVENTS = 2_000
const CUSTOMERS = 50

/** How many webhooks leave in a second. */
export async function measureWebhooksOut({ databaseUrl }: { databaseUrl: string }): Promise<Result> {
  const rows: Result['rows'] = {}
  const redis = await startRedis()
  const house = await openHouse(databaseUrl)
  try {
    const queues = [['PostgreSQL', databaseUrl] as const, ...(redis ? [['Redis', redis.url] as const] : [])]
    for (const [queue, queueUrl] of queues) {
      rows[`${queue}, ${CUSTOMERS} customers`] = await measure(house, { queueUrl, customers: CUSTOMERS })
      rows[`${queue}, one customer`] = await measure(house, { queueUrl, customers: 1 })
    }
  } finally {
    await house.close()
    await redis?.stop()
  }
  return {
    title: 'Webhooks to customers',
    about: `${EVENTS} events that are committed at once become as many webhooks: each signed, sent to a server that takes it at once, and logged with its attempt, by one process of the notifications service. One customer has four of them under way at a time, and no more.`,
    rows,
  }
}

async function measure(house: House, { queueUrl, customers }: { queueUrl: string; customers: number }) {
  const receiver = await startReceiver()
  const { process, url } = await house.startService({ QUEUE_URL: queueUrl, WEBHOOK_TARGETS: 'local' })
  try {
    const organizations = Array.from({ length: customers }, () => randomUUID())
    for (const organizationId of organizations) await addEndpoint(url, house.adminToken(organizationId), receiver.url)
    const send = async (count: number) => {
      receiver.ids.clear()
      const began = performance.now()
      await house.publish(
        Array.from({ length: count }, (_, at) => roleChanged(organizations[at % customers] as string)),
        queueUrl,
      )
      await untilCame(count, { what: 'webhooks', came: () => receiver.ids.size })
      return (performance.now() - began) / 1_000
    }
    await send(WARM_UP)
    return { 'a second': round(EVENTS / (await send(EVENTS)), 0) }
  } finally {
    await process.stop()
    receiver.stop()
  }
}

/** By the person themselves, of which nobody else is told. */
function roleChanged(organizationId: string) {
  const userId = randomUUID()
  const payload = { organizationId, userId, change: 'role', role: 'member', actorId: userId } as const
  return { type: membershipChanged.type, payload: membershipChanged.payload.parse(payload) }
}

async function addEndpoint(service: string, token: string, url: string): Promise<void> {
  const response = await fetch(`${service}/v1/webhook-endpoints`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url, eventTypes: ['member.role_changed'] }),
  })
  if (response.status !== 201) throw new Error(`An endpoint was refused: ${await response.text()}`)
  await response.body?.cancel()
}

/** Takes every webhook at once. */
async function startReceiver() {
  const ids = new Set<string>()
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      ids.add(request.headers['webhook-id'] as string)
      response.writeHead(204).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { ids, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, stop }
}
