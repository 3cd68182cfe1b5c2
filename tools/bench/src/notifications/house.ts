import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@lightpress/local'
import { createTokenIssuer } from '@lightpress/testing'
import fastify from 'fastify'
import { Client } from 'pg'
import { productEnvironment } from '../environment.ts'
import { neighboursAt } from '../neighbours.ts'
import { ROOT, runToEnd, startProcess, untilReady, type Started } from '../process.ts'

const SERVICE = `${ROOT}apps/notifications-service/src/main.ts`

/** What is around the notifications service: its database, a provider of mail that takes everything, and its neighbours. */
export interface House {
  database: Client
  /** When the provider was given each mail, by its subject. */
  mails: Map<string, number>
  token(userId: string): string
  /** Of somebody who looks after an organisation. */
  adminToken(organizationId: string): string
  startService(env?: Record<string, string>): Promise<{ process: Started; url: string }>
  /** Events as their publishers commit them, and what wakes the relay after a commit. */
  publish(events: readonly { type: string; payload: object }[], queueUrl: string): Promise<string[]>
  close(): Promise<void>
}

export async function openHouse(databaseUrl: string): Promise<House> {
  const env = productEnvironment(databaseUrl)
  const issuer = createTokenIssuer(env.PUBLIC_URL as string)
  const mails = new Map<string, number>()
  const provider = await startProvider(mails)
  const neighbours = await startNeighbours(issuer.keys)
  await runToEnd(SERVICE, {
    args: ['migrate'],
    env: { ...env, ...neighboursAt(neighbours.url, 'notifications') },
  })
  const database = new Client(databaseUrl)
  await database.connect()
  return {
    database,
    mails,
    token: (userId) => issuer.issue({ userId }),
    adminToken: (organizationId) => issuer.issue({ organizationId, role: 'admin' }),
    async startService(more = {}) {
      const [port, internalPort] = [await freePort(), await freePort()]
      const process = startProcess(SERVICE, {
        env: {
          ...env,
          ...neighboursAt(neighbours.url, 'notifications'),
          RESEND_BASE_URL: provider.url,
          RESEND_RATE: '10000',
          PORT: String(port),
          INTERNAL_PORT: String(internalPort),
          ...more,
        },
      })
      const url = `http://127.0.0.1:${port}`
      await untilReady(`${url}/health/ready`, process)
      return { process, url }
    },
    async publish(events, queueUrl) {
      const rows = events.map((event) => ({ id: randomUUID(), ...event }))
      await database.query(
        `insert into notifications.outbox (id, listener, kind, type, payload, origin)
         select (event ->> 'id')::uuid, 'notifications', 'event', event ->> 'type', event -> 'payload',
           '{"requestId":"bench","traceparent":""}'
         from jsonb_array_elements($1) as event`,
        [JSON.stringify(rows)],
      )
      await signal(['outbox.notifications', null], { queueUrl, database })
      return rows.map(({ id }) => id)
    },
    async close() {
      await database.end()
      await neighbours.stop()
      await provider.stop()
    },
  }
}

/** Milliseconds after which what has not come is lost. */
const LONGEST = 300_000

/** Waits until so many came; says so where they do not. */
export async function untilCame(wanted: number, { what, came }: { what: string; came: () => number }): Promise<void> {
  const began = performance.now()
  while (came() < wanted) {
    if (performance.now() - began > LONGEST) throw new Error(`Of ${wanted} ${what} ${came()} came.`)
    await sleep(5)
  }
}

/** As a process without a relay says that it committed something. */
async function signal(message: unknown, { queueUrl, database }: { queueUrl: string; database: Client }): Promise<void> {
  const text = JSON.stringify(message)
  if (queueUrl.startsWith('postgres')) {
    await database.query('select pg_notify($1, $2)', ['lightpress_signals', text])
    return
  }
  const { hostname, port } = new URL(queueUrl)
  const socket = connect(Number(port), hostname)
  const words = ['PUBLISH', 'lightpress.signals', text]
  socket.end(`*3\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`)
  await once(socket.resume(), 'close')
}

/** Takes every mail at once. */
async function startProvider(mails: Map<string, number>) {
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const { subject } = JSON.parse(Buffer.concat(parts).toString()) as { subject: string }
      mails.set(subject, performance.now())
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: randomUUID() }))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stop = async () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop }
}

/** Auth, where everybody is signed in; users, where an organisation is one person; billing, which is not asked. */
async function startNeighbours(keys: unknown) {
  const app = fastify()
  const person = (id: string) => ({ id, email: `${id}@example.com`, name: 'Ada', locale: 'en', timeZone: 'UTC' })
  app.post('/internal/auth/readVerificationKeys', () => ({ keys }))
  app.post('/internal/auth/readRevocations', () => ({ revocations: [], latest: 0, keySet: '' }))
  app.post<{ Body: { ids: string[] } }>('/internal/users/readUsers', ({ body }) => ({ users: body.ids.map(person) }))
  app.post<{ Body: { organizationId: string } }>('/internal/users/readMembers', ({ body }) => ({
    organizationName: 'Analytical Engines',
    members: [person(body.organizationId)],
  }))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, stop: () => app.close() }
}
