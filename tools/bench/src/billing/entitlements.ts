import { freePort } from '@lightpress/local'
import { Client } from 'pg'
import { productEnvironment } from '../environment.ts'
import { neighboursAt } from '../neighbours.ts'
import { answerOf, ask, ROOT, runToEnd, startProcess, untilReady, type Started } from '../process.ts'
import { median, round, type Result } from '../result.ts'
import type { Asked, Took } from './ask-entitlements.ts'

const API = `${ROOT}apps/api/src/main.ts`
const SERVICE = `${ROOT}apps/billing-service/src/main.ts`
const ASKING = new URL('./ask-entitlements.ts', import.meta.url).pathname
/** A tool imports no module, but may start what is in its file. */
const entryOf = (module: string) => `${ROOT}packages/${module}/module/src/index.ts`
/** Nobody calls anybody else here. */
const NOBODY = 'http://127.0.0.1:1'

const ROUNDS = 9
/** Organisations that are asked for in one round, and how often again. */
const ORGANIZATIONS = 500
const TIMES = 20

/** What a module pays for asking what an organisation is entitled to, in each topology. */
export async function measureEntitlements({ databaseUrl }: { databaseUrl: string }): Promise<Result> {
  const env = { ...productEnvironment(databaseUrl), ROLES: 'http', ...neighboursAt(NOBODY, 'users') }
  await runToEnd(API, { args: ['migrate'], env })
  const organizationIds = await insertSubscribed(databaseUrl, (ROUNDS + 1) * ORGANIZATIONS)
  const started: Started[] = []
  const start = (script: string, options: Parameters<typeof startProcess>[1]) => {
    const process = startProcess(script, options)
    started.unshift(process)
    return process
  }
  try {
    const [port, internalPort] = [await freePort(), await freePort()]
    const ports = { PORT: String(port), INTERNAL_PORT: String(internalPort) }
    const service = start(SERVICE, { env: { ...env, ...ports, USERS_URL: NOBODY } })
    await untilReady(`http://127.0.0.1:${port}/health/ready`, service)
    const near = start(ASKING, { args: [entryOf('users'), entryOf('billing')], env })
    await answerOf(near)
    const BILLING_URL = `http://127.0.0.1:${internalPort}`
    const far = start(ASKING, { args: [entryOf('users')], env: { ...env, BILLING_URL } })
    await answerOf(far)

    const measureRound = async () => {
      const asked: Asked = { organizationIds: organizationIds.splice(0, ORGANIZATIONS), times: TIMES }
      return { near: await ask<Took>(near, asked), far: await ask<Took>(far, asked) }
    }
    await measureRound()
    const rounds: Round[] = []
    for (let at = 0; at < ROUNDS; at++) rounds.push(await measureRound())
    return toResult(rounds)
  } finally {
    for (const process of started) await process.stop()
  }
}

/** Customers who are subscribed: rows as a reading of Stripe leaves them. Answers their organisations' ids. */
async function insertSubscribed(databaseUrl: string, count: number): Promise<string[]> {
  const client = new Client(databaseUrl)
  await client.connect()
  try {
    const { rows } = await client.query<{ id: string }>(
      `insert into billing.customer (organization_id, stripe_customer_id)
       select gen_random_uuid(), 'cus_' || number from generate_series(1, $1) number returning organization_id as id`,
      [count],
    )
    await client.query(
      `insert into billing.subscription (organization_id, stripe_subscription_id, plan_id, status, interval, seats,
                                         unit_amount, currency, current_period_end, cancel_at_period_end)
       select organization_id, 'sub_' || stripe_customer_id, 'pro', 'active', 'month', 1,
              1200, 'usd', now() + interval '1 month', false from billing.customer`,
    )
    await client.query('analyze billing.customer, billing.subscription')
    return rows.map(({ id }) => id)
  } finally {
    await client.end()
  }
}

interface Round {
  near: Took
  far: Took
}

function toResult(rounds: readonly Round[]): Result {
  const column = (pick: (round: Round) => number, digits: number) => round(median(rounds.map(pick)), digits)
  return {
    title: 'Asking what an organisation is entitled to',
    about: `billing.readEntitlements, as users asks it before an invitation: of the billing module in the same process and of the billing service over HTTP; for the first time, which reads PostgreSQL, and again, which is answered from memory. One call after the other, ${ORGANIZATIONS} organisations for the first time and ${TIMES} times again in each of ${ROUNDS} alternating rounds; the ratio is the median of the rounds' ratios.`,
    rows: {
      'in the same process': {
        'first time µs/call': column(({ near }) => near.first, 0),
        'again µs/call': column(({ near }) => near.again, 1),
        'first by again': column(({ near }) => near.first / near.again, 0),
      },
      'over HTTP': {
        'first time µs/call': column(({ far }) => far.first, 0),
        'again µs/call': column(({ far }) => far.again, 1),
        'first by again': column(({ far }) => far.first / far.again, 0),
      },
      ratio: {
        'first time µs/call': column(({ near, far }) => far.first / near.first, 1),
        'again µs/call': column(({ near, far }) => far.again / near.again, 1),
        'first by again': '',
      },
    },
  }
}
