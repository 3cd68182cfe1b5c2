import { randomUUID } from 'node:crypto'
import type autocannon from 'autocannon'

/** What a product asks of Stripe all day, in turns, of customers by chance; POSTs with a key each, as the SDK sends them. */
export function mixOf(customers: readonly string[]): autocannon.Request[] {
  const any = () => customers[Math.floor(Math.random() * customers.length)] ?? ''
  return [
    post('/v1/customers', () => 'email=ada%40example.com&name=Ada+Lovelace&metadata[organization]=o-1'),
    get(() => `/v1/customers/${any()}`),
    get(() => `/v1/subscriptions?customer=${any()}&limit=10`),
    {
      ...post('/v1/customers', () => `metadata[seen]=${randomUUID()}`),
      setupRequest: (request) => updating(request, any()),
    },
    post('/v1/billing/meter_events', () => `event_name=requests&payload[stripe_customer_id]=${any()}&payload[value]=1`),
  ]
}

const headers = { authorization: 'Bearer sk_test_bench', 'content-type': 'application/x-www-form-urlencoded' }

export async function send(url: string, method: 'GET' | 'POST', path: string, body?: string): Promise<{ id: string }> {
  const response = await fetch(`${url}${path}`, { method, headers, ...(body !== undefined && { body }) })
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as { id: string }
}

function get(path: () => string): autocannon.Request {
  return { method: 'GET', headers, setupRequest: (request) => ({ ...request, path: path() }) }
}

function post(path: string, body: () => string): autocannon.Request {
  return { method: 'POST', path, headers, setupRequest: (request) => ({ ...keyed(request), body: body() }) }
}

function updating(request: autocannon.Request, customer: string): autocannon.Request {
  return { ...keyed(request), path: `/v1/customers/${customer}`, body: `metadata[seen]=${randomUUID()}` }
}

function keyed(request: autocannon.Request): autocannon.Request {
  return { ...request, headers: { ...headers, 'idempotency-key': randomUUID() } }
}
