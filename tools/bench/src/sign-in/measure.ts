import { freePort } from '@lightpress/local'
import { hash } from '@node-rs/argon2'
import autocannon from 'autocannon'
import { productEnvironment } from '../environment.ts'
import { insertPeople, type Inserted } from '../people.ts'
import { answerOf, ask, cpuSeconds, ROOT, runToEnd, startProcess, untilReady, type Started } from '../process.ts'
import { median, round, type Result } from '../result.ts'
import { parameters, PASSWORD } from './password.ts'

const API = `${ROOT}apps/api/src/main.ts`
const RAW = new URL('./raw-argon2.ts', import.meta.url).pathname
const ROUNDS = 5
const SECONDS = 3
/** Who signs in at once, and on how many accounts: none is signed in to so often that it has to wait. */
const SIGNING_IN = 8
const PEOPLE = 2_000
/** Requests a second to the other route: few, so that it waits for sign-ins and not for itself. */
const OTHERS_PER_SECOND = 100

/** Sign-ins a second of CPU against argon2id alone, and what they do to another route of the same process. */
export async function measureSignIn({ databaseUrl }: { databaseUrl: string }): Promise<Result> {
  const env = { ...productEnvironment(databaseUrl), ROLES: 'http' }
  await runToEnd(API, { args: ['migrate'], env })
  const passwordHash = await hash(PASSWORD, parameters)
  const next = inTurn(await insertPeople(databaseUrl, { count: PEOPLE, passwordHash }))
  const started: Started[] = []
  try {
    const port = await freePort()
    const api = startProcess(API, { env: { ...env, PORT: String(port) } })
    const raw = startProcess(RAW, { env: {} })
    started.push(api, raw)
    await answerOf(raw)
    const url = `http://127.0.0.1:${port}`
    await untilReady(`${url}/health/ready`, api)
    await signIns(url, { next, process: api })
    const rounds = []
    for (let at = 0; at < ROUNDS; at++) rounds.push(await measureRound(url, { next, api, raw }))
    return toResult(rounds)
  } finally {
    for (const process of started) await process.stop()
  }
}

async function measureRound(url: string, { next, api, raw }: { next: () => Inserted; api: Started; raw: Started }) {
  const accessToken = await signInOnce(url, next())
  const ours = await signIns(url, { next, process: api })
  const least = await argon2(raw)
  const quiet = await latencyOfMe(url, accessToken)
  const [busy] = await Promise.all([latencyOfMe(url, accessToken), signIns(url, { next, process: api })])
  return { ours, least, quiet, busy }
}

interface Work {
  perSecond: number
  /** By the CPU that the process used: what one core would do that does nothing else. */
  perCore: number
}

async function signIns(url: string, { next, process: { pid } }: { next: () => Inserted; process: Started }) {
  const before = cpuSeconds(pid)
  const result = await autocannon({
    url,
    connections: SIGNING_IN,
    duration: SECONDS,
    requests: [
      {
        method: 'POST',
        path: '/v1/auth/sign-in',
        headers: { 'content-type': 'application/json' },
        setupRequest: (request) => ({ ...request, body: JSON.stringify({ email: next().email, password: PASSWORD }) }),
      },
    ],
  })
  const count = countOf(result)
  return { perSecond: count / result.duration, perCore: count / (cpuSeconds(pid) - before) }
}

/** Everybody, one after the other, over and over. */
function inTurn(people: Inserted[]): () => Inserted {
  let at = 0
  return () => people[at++ % people.length] as Inserted
}

async function argon2(raw: Started): Promise<Work> {
  const before = cpuSeconds(raw.pid)
  const count = await ask<number>(raw, { milliseconds: SECONDS * 1_000 })
  return { perSecond: count / SECONDS, perCore: count / (cpuSeconds(raw.pid) - before) }
}

/** Milliseconds: the 99th percentile. */
async function latencyOfMe(url: string, accessToken: string): Promise<number> {
  const result = await autocannon({
    url: `${url}/v1/users/me`,
    headers: { authorization: `Bearer ${accessToken}` },
    connections: 5,
    overallRate: OTHERS_PER_SECOND,
    duration: SECONDS,
  })
  countOf(result)
  return result.latency.p99
}

function countOf({ requests, non2xx, errors, statusCodeStats }: autocannon.Result): number {
  if (non2xx + errors > 0) throw new Error(`${errors} errors, and answers ${JSON.stringify(statusCodeStats)}.`)
  return requests.total
}

async function signInOnce(url: string, { email }: Inserted): Promise<string> {
  const response = await fetch(`${url}/v1/auth/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD }),
  })
  const { accessToken } = (await response.json()) as { accessToken: string }
  return accessToken
}

interface Round {
  ours: Work
  least: Work
  quiet: number
  busy: number
}

function toResult(rounds: readonly Round[]): Result {
  const column = (pick: (round: Round) => number, digits = 0) => round(median(rounds.map(pick)), digits)
  return {
    title: 'Sign-in',
    about: `apps/api signs in ${SIGNING_IN} people at once with the right password, against argon2id alone with the same parameters (19 MiB, 2 passes, 1 lane), one after the other. A core: by the CPU that the process used, PostgreSQL's own not counted. Then the 99th percentile of GET /v1/users/me of the same process at ${OTHERS_PER_SECOND} requests a second, with and without the sign-ins. Medians of ${ROUNDS} alternating rounds of ${SECONDS} s.`,
    rows: {
      'apps/api': {
        'per second a core': column(({ ours }) => ours.perCore),
        'per second': column(({ ours }) => ours.perSecond),
        'p99 ms of /v1/users/me meanwhile': column(({ busy }) => busy),
      },
      'argon2id alone': {
        'per second a core': column(({ least }) => least.perCore),
        'per second': column(({ least }) => least.perSecond),
        'p99 ms of /v1/users/me meanwhile': '',
      },
      'nobody signs in': {
        'per second a core': '',
        'per second': '',
        'p99 ms of /v1/users/me meanwhile': column(({ quiet }) => quiet),
      },
      ratio: {
        'per second a core': column(({ ours, least }) => ours.perCore / least.perCore, 2),
        'per second': column(({ ours, least }) => ours.perSecond / least.perSecond, 2),
        'p99 ms of /v1/users/me meanwhile': column(({ quiet, busy }) => busy / quiet, 1),
      },
    },
  }
}
