import type Stripe from 'stripe'
import { endpoints } from '../../src/endpoints.ts'
import type { Endpoint } from '../../src/http/endpoint.ts'

/** What the SDK is put through, on a stand-in of its own. */
export interface Case {
  name: string
  run(stripe: Stripe): Promise<void>
}

/** No call of this version of the API gives a discount to a customer as a whole: all that can be seen is the refusal. */
const refusedOnly = new Set(['DELETE /v1/customers/:id/discount'])

const driven = new Set<string>()

/** Remembers which endpoints answer this SDK as they should. */
export function record(stripe: Stripe): void {
  stripe.on('response', ({ method, path, status }: Stripe.ResponseEvent) => {
    const name = nameOf(endpointFor(method, path.split('?')[0] ?? ''))
    if (status < 300 || refusedOnly.has(name)) driven.add(name)
  })
}

/** Those that no recorded SDK has driven so far. */
export function undriven(): string[] {
  return endpoints.map(nameOf).filter((name) => !driven.has(name))
}

function nameOf({ method, path }: Pick<Endpoint, 'method' | 'path'>): string {
  return `${method} ${path}`
}

/** A path of words goes before one with an id in the same place, as in the server's router. */
function endpointFor(method: string, path: string): Endpoint {
  const fitting = endpoints.filter((endpoint) => endpoint.method === method && fits(endpoint.path, path))
  const [exact] = fitting.sort((a, b) => a.path.split(':').length - b.path.split(':').length)
  if (!exact) throw new Error(`no endpoint of the stand-in is ${method} ${path}`)
  return exact
}

function fits(pattern: string, path: string): boolean {
  const [wanted, parts] = [pattern.split('/'), path.split('/')]
  return wanted.length === parts.length && wanted.every((part, at) => part.startsWith(':') || part === parts[at])
}
