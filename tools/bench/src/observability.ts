import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { freePort } from '@lightpress/local'
import { testEnvironment } from '@lightpress/testing'
import { startAuthStandIn } from './auth-stand-in.ts'
import { CONNECTIONS, fire, SECONDS, type Shot } from './fire.ts'
import { neighboursAt } from './neighbours.ts'
import { insertPeople, type Inserted } from './people.ts'
import { ROOT, runToEnd, startProcess, untilReady, type Started } from './process.ts'
import { median, round, type Result } from './result.ts'

const SERVICE = `${ROOT}apps/users-service/src/main.ts`
const ROUNDS = 7

/** `GET /v1/users/me` by the users service that watches itself, against the same that does not. */
export async function measureObservability({ databaseUrl }: { databaseUrl: string }): Promise<Result> {
  const auth = await startAuthStandIn('http://localhost:3000')
  const collector = await startSink()
  const base = { ...testEnvironment(databaseUrl), NODE_ENV: 'production', LOG_LEVEL: 'info', ROLES: 'http' }
  const env = { ...base, ...neighboursAt(auth.url, 'users') }
  await runToEnd(SERVICE, { args: ['migrate'], env })
  const [{ userId }] = (await insertPeople(databaseUrl, { count: 1 })) as [Inserted]
  const headers = { authorization: `Bearer ${auth.issue({ userId })}` }
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER: 'parentbased_traceidratio' }
  const variants = {
    'neither metrics nor traces': { METRICS: 'false' },
    metrics: { METRICS: 'true' },
    'metrics, one trace of a hundred': { METRICS: 'true', ...endpoint, OTEL_TRACES_SAMPLER_ARG: '0.01' },
    'metrics, every trace': { METRICS: 'true', ...endpoint, OTEL_TRACES_SAMPLER_ARG: '1' },
  }
  const started: Started[] = []
  try {
    const targets: Parameters<typeof fire>[0][] = []
    for (const more of Object.values(variants)) {
      const port = await freePort()
      const process = startProcess(SERVICE, { env: { ...env, ...more, PORT: String(port) } })
      started.push(process)
      const url = `http://127.0.0.1:${port}`
      await untilReady(`${url}/health/ready`, process)
      targets.push({ process, url: `${url}/v1/users/me`, headers })
    }
    for (const target of targets) await fire(target)
    const rounds: Shot[][] = []
    for (let at = 0; at < ROUNDS; at++) {
      const shots: Shot[] = []
      for (const target of targets) shots.push(await fire(target))
      rounds.push(shots)
    }
    return toResult(Object.keys(variants), rounds)
  } finally {
    for (const process of started) await process.stop()
    await collector.stop()
    await auth.stop()
  }
}

/** Takes whatever it is sent, and does nothing with it. */
async function startSink() {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function toResult(names: readonly string[], rounds: readonly Shot[][]): Result {
  const of = (at: number, pick: (shot: Shot, least: Shot) => number) =>
    median(rounds.map((shots) => pick(shots[at] as Shot, shots[0] as Shot)))
  return {
    title: 'What it costs to be watched',
    about: `GET /v1/users/me of the users service, four processes of it: a request, a call for nothing, one statement. ${ROUNDS} alternating rounds of ${SECONDS} s with ${CONNECTIONS} connections; ratios are the medians of the rounds' ratios. Spans go to a collector on the same machine, which only takes them.`,
    rows: Object.fromEntries(
      names.map((name, at) => [
        name,
        {
          'requests/s': round(
            of(at, ({ requestsPerSecond }) => requestsPerSecond),
            0,
          ),
          'CPU µs/request': round(
            of(at, ({ cpu }) => cpu),
            0,
          ),
          'ratio of CPU': round(
            of(at, ({ cpu }, least) => cpu / least.cpu),
            2,
          ),
        },
      ]),
    ),
  }
}
