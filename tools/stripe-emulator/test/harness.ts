import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Stripe from 'stripe'
import { onTestFinished } from 'vitest'
import { createStripeEmulator, type StripeEmulatorOptions } from '../src/index.ts'

export const secret = 'whsec_test_secret'

/** A running stand-in and the real SDK pointed at it. */
export async function startEmulator(options: StripeEmulatorOptions = {}) {
  const logged: string[] = []
  const emulator = await createStripeEmulator({ log: (message) => logged.push(message), ...options })
  const { url } = await emulator.listen()
  let open = true
  async function close() {
    open = false
    await emulator.close()
  }
  onTestFinished(async () => {
    if (open) await close()
  })
  return { ...emulator, close, url, logged, stripe: sdk(url) }
}

export function sdk(url: string, key = 'sk_test_anything'): Stripe {
  const { hostname, port } = new URL(url)
  return new Stripe(key, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false })
}

/** A product with a monthly price. */
export async function createPlan(stripe: Stripe, { amount = 1200, name = 'Pro' } = {}) {
  return await stripe.prices.create({
    currency: 'usd',
    unit_amount: amount,
    recurring: { interval: 'month' },
    product_data: { name },
  })
}

export async function createCheckout(stripe: Stripe, params: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
  const price = await createPlan(stripe)
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    line_items: [{ price: price.id, quantity: 2 }],
    success_url: 'http://shop.test/done?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://shop.test/plans',
    ...params,
  })
  return { price, session, page: session.url ?? '' }
}

/** Sends a page's form as a browser does, without following where it leads. */
export async function submit(page: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(page, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { origin: new URL(page).origin, ...headers },
    redirect: 'manual',
  })
  return { status: response.status, location: response.headers.get('location'), html: await response.text() }
}

export async function pay(page: string, fields: Record<string, string> = {}) {
  return await submit(page, {
    email: 'ada@example.com',
    name: 'Ada Lovelace',
    cardNumber: '4242 4242 4242 4242',
    cardExpiry: '12 / 40',
    cardCvc: '123',
    ...fields,
  })
}

/** A customer with a paid subscription. */
export async function subscribe(stripe: Stripe, params: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
  const { session, page, price } = await createCheckout(stripe, params)
  await pay(page)
  const done = await stripe.checkout.sessions.retrieve(session.id)
  return { price, session: done, subscription: String(done.subscription), customer: String(done.customer) }
}

interface Received {
  event: Stripe.Event
  headers: IncomingHttpHeaders
}

/** An endpoint that verifies what it gets with the SDK. `answer` says when and with which status; with 204 by default. */
export async function startReceiver({
  port = 0,
  answer = (_event: Stripe.Event): number | Promise<number> => 204,
} = {}) {
  const received: Received[] = []
  const problems: unknown[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => void take(Buffer.concat(chunks), request, response))
  })
  async function take(body: Buffer, { headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const event = Stripe.webhooks.constructEvent(body, headers['stripe-signature'] ?? '', secret)
      const status = await answer(event)
      if (status < 300) received.push({ event, headers })
      response.writeHead(status).end()
    } catch (error) {
      problems.push(error)
      response.writeHead(400).end()
    }
  }
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo
  async function close() {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  onTestFinished(close)
  return {
    url: `http://127.0.0.1:${address.port}/hooks`,
    port: address.port,
    received,
    problems,
    types: () => received.map(({ event }) => event.type),
    close,
  }
}

/** Resolves once the condition holds; fails by the test's timeout. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** What the SDK throws for this call. */
export async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await call
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error
    throw error
  }
  throw new Error('the call succeeded')
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stripe-emulator-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
