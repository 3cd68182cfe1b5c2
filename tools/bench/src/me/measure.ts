import { freePort } from '@lightpress/local'
import { testEnvironment } from '@lightpress/testing'
import { startAuthStandIn } from '../auth-stand-in.ts'
import { neighboursAt } from '../neighbours.ts'
import { insertPeople, type Inserted } from '../people.ts'
import { CONNECTIONS, fire, SECONDS, type Shot } from '../fire.ts'
import { ROOT, runToEnd, startProcess, untilReady, type Started } from '../process.ts'
import { median, round, type Result } from '../result.ts'

const SERVICE = `${ROOT}apps/users-service/src/main.ts`
const BARE = new URL('./bare.ts', import.meta.url).pathname
const ROUNDS = 7

/** `GET /v1/users/me` of the users service as production runs it, against the same query on nothing. */
export async function measureMe({ databaseUrl }: { databaseUrl: string }): Promise<Result> {
  const auth = await startAuthStandIn('http://localhost:3000')
  const base = { ...testEnvironment(databaseUrl), NODE_ENV: 'production', LOG_LEVEL: 'info', ROLES: 'http' }
  const env = { ...base, ...neighboursAt(auth.url, 'users') }
  await runToEnd(SERVICE, { args: ['migrate'], env })
  const [{ userId }] = (await insertPeople(databaseUrl, { count: 1 })) as [Inserted]
  const started: Started[] = []
  try {
    const [service, bare] = [await freePort(), await freePort()]
    const ours = startProcess(SERVICE, { env: { ...env, PORT: String(service) } })
    const least = startProcess(BARE, { env: { DATABASE_URL: databaseUrl, USER_ID: userId, PORT: String(bare) } })
    started.push(ours, least)
    const authorization = `Bearer ${auth.issue({ userId })}`
    const targets = [
      { process: ours, url: `http://127.0.0.1:${service}/v1/users/me`, headers: { authorization } },
      { process: least, url: `http://127.0.0.1:${bare}/v1/users/me`, headers: {} },
    ] as const
    await untilReady(`http://127.0.0.1:${service}/health/ready`, ours)
    await untilReady(targets[1].url, least)
    for (const target of targets) await fire(target)
    const rounds = []
    for (let at = 0; at < ROUNDS; at++) rounds.push([await fire(targets[0]), await fire(targets[1])] as const)
    return toResult(rounds)
  } finally {
    for (const process of started) await process.stop()
    await auth.stop()
  }
}

function toResult(rounds: readonly (readonly [Shot, Shot])[]): Result {
  const column = (pick: (round: readonly [Shot, Shot]) => number) => median(rounds.map(pick))
  return {
    title: 'GET /v1/users/me',
    about: `The users service as production runs it (access token verified, role http, JSON log) against a bare Fastify route with the same prepared query on raw pg. ${ROUNDS} alternating rounds of ${SECONDS} s with ${CONNECTIONS} connections; the ratio is the median of the rounds' ratios. Client and database share the cores with the server: its CPU a request, bare by ours, says what a server alone on its core would do. Aim: 0.65.`,
    rows: {
      'users service': {
        'requests/s': round(
          column(([ours]) => ours.requestsPerSecond),
          0,
        ),
        'CPU µs/request': round(
          column(([ours]) => ours.cpu),
          0,
        ),
      },
      'bare Fastify, raw pg': {
        'requests/s': round(
          column(([, bare]) => bare.requestsPerSecond),
          0,
        ),
        'CPU µs/request': round(
          column(([, bare]) => bare.cpu),
          0,
        ),
      },
      ratio: {
        'requests/s': round(
          column(([ours, bare]) => ours.requestsPerSecond / bare.requestsPerSecond),
          2,
        ),
        'CPU µs/request': round(
          column(([ours, bare]) => bare.cpu / ours.cpu),
          2,
        ),
      },
    },
  }
}
