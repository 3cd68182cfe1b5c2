import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, startPostgres, startRedis } from '@lightpress/local'
import { hash } from '@node-rs/argon2'
import { productEnvironment } from './environment.ts'
import { neighboursAt } from './neighbours.ts'
import { insertPeople, type Inserted } from './people.ts'
import { ROOT, runToEnd, startProcess, untilReady, type Started } from './process.ts'
import { percentile, round, type Result } from './result.ts'
import { parameters, PASSWORD } from './sign-in/password.ts'

const SESSIONS = 200
/** Sessions that are ended at about the same time. */
const AT_ONCE = 10
/** Milliseconds between two looks of somebody whose session was ended. */
const LOOK = 2

/** From the answer of sign-out, at auth, to the first refusal and to the end of the stream, at other services. */
export async function measureRevocation({ databaseUrl }: { databaseUrl: string }): Promise<Result> {
  const env = { ...productEnvironment(databaseUrl), ROLES: 'http' }
  await runToEnd(`${ROOT}apps/api/src/main.ts`, { args: ['migrate'], env })
  const passwordHash = await hash(PASSWORD, parameters)
  const people = await insertPeople(databaseUrl, { count: SESSIONS, passwordHash })
  const rows: Result['rows'] = {}
  const redis = await startRedis()
  const silent = await startPostgres()
  try {
    await runToEnd(`${ROOT}apps/api/src/main.ts`, {
      args: ['migrate'],
      env: { ...env, DATABASE_URL: silent.url, QUEUE_URL: silent.url },
    })
    const around = { people, env, databaseUrl }
    rows['signal by PostgreSQL'] = await measureWith({ ours: databaseUrl, others: databaseUrl }, around)
    if (redis) rows['signal by Redis'] = await measureWith({ ours: redis.url, others: redis.url }, around)
    // The others listen where nobody speaks.
    rows['no signal, only the poll'] = await measureWith({ ours: databaseUrl, others: silent.url }, around)
  } finally {
    await silent.stop()
    await redis?.stop()
  }
  return {
    title: 'From sign-out to the first refusal elsewhere',
    about: `auth, users and notifications as processes of their own. From the answer of POST /v1/auth/sign-out to the first 401 of GET /v1/users/me, asked every ${LOOK} ms, and to the end of an open stream of notifications; ${SESSIONS} sessions, ${AT_ONCE} at a time. Milliseconds. The promise: 1,000.`,
    rows,
  }
}

interface Around {
  people: Inserted[]
  env: Record<string, string>
}

async function measureWith(queues: { ours: string; others: string }, around: Around) {
  const { urls, stop } = await startServices(queues, around.env)
  const measured: { refused: number; closed: number }[] = []
  try {
    for (let at = 0; at < SESSIONS; at += AT_ONCE) {
      const now = around.people.slice(at, at + AT_ONCE)
      measured.push(...(await Promise.all(now.map((person) => endSession(urls, person)))))
    }
  } finally {
    await stop()
  }
  const refused = measured.map((one) => one.refused)
  const closed = measured.map((one) => one.closed)
  return {
    p50: round(percentile(refused, 50), 0),
    p99: round(percentile(refused, 99), 0),
    most: round(Math.max(...refused), 0),
    'stream p50': round(percentile(closed, 50), 0),
    'stream p99': round(percentile(closed, 99), 0),
  }
}

/** Of the other modules nobody is called here. */
const NOBODY = 'http://127.0.0.1:1'
const NAMES = ['auth', 'users', 'notifications'] as const
type Urls = Record<(typeof NAMES)[number], string>

async function startServices({ ours, others }: { ours: string; others: string }, env: Record<string, string>) {
  const ports = {} as Record<(typeof NAMES)[number], { port: number; internalPort: number }>
  for (const name of NAMES) ports[name] = { port: await freePort(), internalPort: await freePort() }
  const elsewhere = Object.fromEntries(
    NAMES.map((name) => [`${name.toUpperCase()}_URL`, `http://127.0.0.1:${ports[name].internalPort}`]),
  )
  const started: Started[] = []
  const stop = async () => {
    for (const process of started) await process.stop()
  }
  try {
    const urls = {} as Urls
    for (const name of NAMES) {
      const { port, internalPort } = ports[name]
      const own = {
        PORT: String(port),
        INTERNAL_PORT: String(internalPort),
        QUEUE_URL: name === 'auth' ? ours : others,
      }
      const process = startProcess(`${ROOT}apps/${name}-service/src/main.ts`, {
        env: { ...env, ...neighboursAt(NOBODY, name), ...elsewhere, ...own },
      })
      started.push(process)
      urls[name] = `http://127.0.0.1:${port}`
      await untilReady(`${urls[name]}/health/ready`, process)
    }
    return { urls, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** At a moment of their own, so that the polls of the others are somewhere between two. */
async function endSession(urls: Urls, { email }: Inserted) {
  const post = (path: string, init: RequestInit) => fetch(urls.auth + path, { method: 'POST', ...init })
  const headers = { 'content-type': 'application/json' }
  const signedIn = await post('/v1/auth/sign-in', { headers, body: JSON.stringify({ email, password: PASSWORD }) })
  const { accessToken } = (await signedIn.json()) as { accessToken: string }
  const authorization = { authorization: `Bearer ${accessToken}` }
  const look = async () => {
    const response = await fetch(`${urls.users}/v1/users/me`, { headers: authorization })
    await response.arrayBuffer()
    return response.status
  }
  const stream = await fetch(`${urls.notifications}/v1/notifications/stream`, { headers: authorization })
  const before = [await look(), stream.status]
  if (before.some((status) => status !== 200)) throw new Error(`Nobody was let in to begin with: ${before.join(', ')}.`)
  const closed = stream.text().then(() => performance.now())

  await sleep(Math.random() * 1_000)
  await (await post('/v1/auth/sign-out', { headers: { ...headers, ...authorization }, body: '{}' })).arrayBuffer()
  const ended = performance.now()
  while ((await look()) !== 401) await sleep(LOOK)
  const refused = performance.now() - ended
  return { refused, closed: Math.max(0, (await closed) - ended) }
}
