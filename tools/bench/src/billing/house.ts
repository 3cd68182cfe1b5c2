import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@lightpress/local'
import fastify from 'fastify'
import { Client } from 'pg'
import Stripe from 'stripe'
import { productEnvironment } from '../environment.ts'
import { ROOT, runToEnd, startProcess, untilReady, type Started } from '../process.ts'

const SERVICE = `${ROOT}apps/billing-service/src/main.ts`
const STAND_IN = `${ROOT}tools/stripe-emulator/src/main.ts`
/** Who is made at Stripe at the same time. */
const AT_ONCE = 10

/** What is around the billing service: its database, the stand-in for Stripe, and customers there who pay for a plan. */
export interface House {
  database: Client
  stripe: Stripe
  /** The stand-in's address. */
  stripeUrl: string
  /** Stripe's ids. */
  customers: string[]
  webhookSecret: string
  startService(env?: Record<string, string>): Promise<BillingService>
  close(): Promise<void>
}

export interface BillingService {
  process: Started
  webhookUrl: string
}

export async function openHouse(databaseUrl: string, { customers: count }: { customers: number }): Promise<House> {
  const closers: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const end of closers.splice(0)) await end()
  }
  try {
    const neighbours = await startNeighbours()
    closers.unshift(neighbours.stop)
    const standIn = await startStandIn()
    closers.unshift(() => standIn.process.stop())
    const webhookSecret = 'whsec_bench'
    const env = {
      ...productEnvironment(databaseUrl),
      AUTH_URL: neighbours.url,
      USERS_URL: neighbours.url,
      NOTIFICATIONS_URL: neighbours.url,
      STRIPE_API_BASE: standIn.url,
      STRIPE_WEBHOOK_SECRET: webhookSecret,
    }
    await runToEnd(SERVICE, { args: ['migrate'], env })
    await runToEnd(SERVICE, { args: ['billing', 'sync-plans'], env })
    const database = new Client(databaseUrl)
    await database.connect()
    closers.unshift(() => database.end())
    const { hostname: host, port } = new URL(standIn.url)
    const stripe = new Stripe('sk_test_bench', { host, port, protocol: 'http' })
    const customers = await subscribeCustomers(count, { stripe, database })
    const startService = (more: Record<string, string> = {}) => startBilling({ ...env, ...more })
    return { database, stripe, stripeUrl: standIn.url, customers, webhookSecret, startService, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Every customer was read up to the last thing that Stripe told of them. */
export async function untilConverged(database: Client): Promise<void> {
  const behind = 'select from billing.customer where applied_sequence < dirty_sequence limit 1'
  while ((await database.query(behind)).rowCount !== 0) await sleep(1)
}

/** And no job waits or runs any more: also those that found nothing left to do. */
export async function untilQuiet(database: Client): Promise<void> {
  const waiting = `select from billing.outbox left join billing.inbox using (id)
                   where outbox.kind = 'job' and inbox.id is null limit 1`
  await untilConverged(database)
  while ((await database.query(waiting)).rowCount !== 0) await sleep(20)
}

/** Stands in for auth, where nobody is signed in, and for users, where an organisation is one person. */
async function startNeighbours() {
  const app = fastify()
  app.post('/internal/auth/readVerificationKeys', () => ({ keys: [] }))
  app.post('/internal/auth/readRevocations', () => ({ revocations: [], latest: 0, keySet: '' }))
  app.post('/internal/users/countMembers', () => ({ members: 1 }))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, stop: () => app.close() }
}

async function startStandIn() {
  const port = await freePort()
  const process = startProcess(STAND_IN, { env: { PORT: String(port) } })
  const url = `http://127.0.0.1:${port}`
  await untilReady(`${url}/_control/clock`, process)
  return { process, url }
}

async function startBilling(env: Record<string, string>): Promise<BillingService> {
  const [port, internalPort] = [await freePort(), await freePort()]
  const process = startProcess(SERVICE, { env: { ...env, PORT: String(port), INTERNAL_PORT: String(internalPort) } })
  const url = `http://127.0.0.1:${port}`
  await untilReady(`${url}/health/ready`, process)
  return { process, webhookUrl: `${url}/v1/billing/webhooks/stripe` }
}

/** Each with a card, a subscription to Pro and an invoice that is paid, and a row of ours, as after a checkout. */
async function subscribeCustomers(count: number, { stripe, database }: Pick<House, 'stripe' | 'database'>) {
  const [price] = (await stripe.prices.list({ lookup_keys: ['pro_month'] })).data
  if (!price) throw new Error('The catalogue is not at Stripe.')
  const customers: string[] = []
  const card = 'pm_card_visa'
  async function subscribe() {
    while (customers.length < count) {
      const place = customers.push('') - 1
      const { id: customer } = await stripe.customers.create({
        email: `owner-${place}@example.com`,
        payment_method: card,
        invoice_settings: { default_payment_method: card },
      })
      await stripe.subscriptions.create({ customer, items: [{ price: (price as Stripe.Price).id }] })
      customers[place] = customer
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, subscribe))
  const row = 'insert into billing.customer (organization_id, stripe_customer_id) values ($1, $2)'
  for (const customer of customers) await database.query(row, [randomUUID(), customer])
  return customers
}
