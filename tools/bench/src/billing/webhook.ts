import { randomUUID } from 'node:crypto'
import Stripe from 'stripe'
import type { House } from './house.ts'

/** Webhooks that are sent at the same time, by us as by Stripe. */
export const CONNECTIONS = 20

export interface Webhook {
  body: string
  headers: Record<string, string>
}

/** Makes webhooks that tell of a subscription's change, as large as Stripe's are: each an event of its own, of one customer after the other. */
export async function webhooksOf({ stripe, customers, webhookSecret: secret }: House): Promise<() => Webhook> {
  const [event] = (await stripe.events.list({ type: 'customer.subscription.created', limit: 1 })).data
  if (!event) throw new Error('The stand-in tells of no subscription.')
  const subscription = event.data.object as Stripe.Subscription
  let at = 0
  return () => {
    const customer = customers[at++ % customers.length] as string
    const told = { ...event, id: `evt_${randomUUID()}`, type: 'customer.subscription.updated' }
    const body = JSON.stringify({ ...told, data: { object: { ...subscription, customer } } }, null, 2)
    const signature = Stripe.webhooks.generateTestHeaderString({ payload: body, secret })
    return { body, headers: { 'content-type': 'application/json', 'stripe-signature': signature } }
  }
}

/** Resolves once it was answered, with the milliseconds that took. */
export async function send(url: string, { body, headers }: Webhook): Promise<number> {
  const start = performance.now()
  const response = await fetch(url, { method: 'POST', headers, body })
  const answer = await response.text()
  if (!response.ok) throw new Error(`The webhook was answered ${response.status}: ${answer}`)
  return performance.now() - start
}

/** As fast as they are taken, over as many connections. */
export async function sendAll(url: string, webhooks: readonly Webhook[]): Promise<void> {
  const waiting = webhooks.values()
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      for (const webhook of waiting) await send(url, webhook)
    }),
  )
}
