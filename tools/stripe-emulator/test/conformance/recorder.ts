import type Stripe from 'stripe'
import { endpoints } from '../../src/endpoints.ts'
import type { Endpoint } from '../../src/http/endpoint.ts'

/** What the SDK is put through, on a stand-in of its own. */
export interface Case {
  name: string
  run(stripe: Stripe): Promise<void>
}

const driven = new Set<string>()

/** Remembers which endpoints answer this SDK as they should. */
export function record(stripe: Stripe): void {
  stripe.on('response', ({ method, path, status }: Stripe.ResponseEvent) => {
    if (status < 300) driven.add(nameOf(endpointFor(method, path.split('?')[0] ?? '')))
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
