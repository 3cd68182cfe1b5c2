import type { z } from 'zod'
import type { Contract, Method, Operation } from './contract.ts'
import { fromProblem } from './errors.ts'

type Callable<Op, Options extends unknown[]> = Op extends { input: infer I; output: infer O extends z.ZodType }
  ? I extends z.ZodType
    ? Record<string, never> extends z.input<I>
      ? (input?: z.input<I>, ...options: Options) => Promise<z.output<O>>
      : (input: z.input<I>, ...options: Options) => Promise<z.output<O>>
    : (input?: Record<string, never>, ...options: Options) => Promise<z.output<O>>
  : never

export interface CallOptions {
  signal?: AbortSignal
  /** Makes a command repeatable: the same key gives the same answer, done once. */
  idempotencyKey?: string
}

/** What holds a contract over HTTP: one async function for each operation that has a path and an output. */
export type Client<C extends Contract> = {
  [K in keyof C['operations'] as C['operations'][K] extends { path: string; output: z.ZodType } ? K : never]: Callable<
    C['operations'][K],
    [options?: CallOptions]
  >
}

/** What a module holds of a neighbour: one async function for each operation that is not raw. */
export type Calls<C extends Contract> = {
  [K in keyof C['operations'] as C['operations'][K] extends { kind: 'raw' } ? never : K]: Callable<
    C['operations'][K],
    []
  >
}

/** What a client needs to know of an operation: small enough for a browser, without its schemas. */
export interface Route {
  method: Method
  path: string
}

/** The public operations of a contract as plain data. */
export function routesOf(contract: Contract): Record<string, Route> {
  return Object.fromEntries(
    Object.entries(contract.operations)
      .filter((entry): entry is [string, Operation & { path: string }] => entry[1].path !== undefined)
      .map(([name, { method, path }]) => [name, { method, path }]),
  )
}

export interface HttpClientOptions {
  /** Scheme, host and port, without a trailing slash; empty for the page's own origin. */
  baseUrl?: string
  fetch?: typeof globalThis.fetch
  headers?: () => Record<string, string>
}

/** A typed client over HTTP for the public operations, in the browser and in tests. Throws `RemoteError`. */
export function createHttpClient<C extends Contract>(
  routes: Record<string, Route>,
  { baseUrl = '', fetch = globalThis.fetch, headers = () => ({}) }: HttpClientOptions = {},
): Client<C> {
  const call = async (route: Route, input: Record<string, unknown>, options: CallOptions) => {
    const { url, body } = place(route, input)
    const response = await fetch(baseUrl + url, {
      method: route.method,
      headers: {
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
        ...(options.idempotencyKey && { 'idempotency-key': options.idempotencyKey }),
        ...headers(),
      },
      ...(body && { body }),
      ...(options.signal && { signal: options.signal }),
    })
    const answer: unknown = response.status === 204 ? undefined : await response.json().catch(() => undefined)
    if (!response.ok) throw fromProblem(response.status, answer)
    return answer
  }
  return Object.fromEntries(
    Object.entries(routes).map(([name, route]) => [
      name,
      (input: Record<string, unknown> = {}, options: CallOptions = {}) => call(route, input, options),
    ]),
  ) as Client<C>
}

/** Puts a flat input where the wire wants it: path parameters by name, then query string or JSON body. */
function place({ method, path }: Route, input: Record<string, unknown>): { url: string; body?: string } {
  const rest = { ...input }
  const url = path.replace(/:(\w+)/g, (_, name: string) => {
    const value = rest[name]
    delete rest[name]
    return encodeURIComponent(String(value))
  })
  if (method !== 'GET' && method !== 'DELETE') return { url, body: JSON.stringify(rest) }
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(rest)) {
    for (const item of Array.isArray(value) ? value : [value]) if (item !== undefined) search.append(name, String(item))
  }
  return { url: search.size > 0 ? `${url}?${search}` : url }
}
