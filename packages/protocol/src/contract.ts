import type { z } from 'zod'
import { accesses, type Access, type Assurance } from './access.ts'
import { deliveryOperations, type DeliveryOperations } from './deliveries.ts'
import { dataOperations, type DataOperations } from './personal-data.ts'
import { trailOperations, type TrailOperations } from './trails.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

interface Declared {
  access: Access
  /** One sentence for the reference page. */
  summary: string
  /** What an API key must have been given: `billing:read`. Without one the operation is for people only. */
  scope?: string
  /** Where the person must act themself, and perhaps have proved so just now. */
  assurance?: Assurance
  /** Success status where it is not 200. */
  status?: number
  /** Response headers that never vary. */
  headers?: Readonly<Record<string, string>>
}

/** Reads; may be retried once by the seam. Without a path it is served to other modules only. */
export interface Query<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> extends Declared {
  kind: 'query'
  method: 'GET'
  path?: string
  input: I
  output: O
  cacheSeconds?: number
}

/** Changes something; never retried by us, idempotent when internal (meshes retry too). */
export interface Command<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> extends Declared {
  kind: 'command'
  method: Method
  path?: string
  input: I
  output: O
}

/**
 * What is not just JSON in, JSON out: cookies, redirects, streams, uploads, signed webhooks. Public only.
 * `input` and `output` are declared where they exist, so that clients and the reference know them.
 */
export interface Raw<
  I extends z.ZodObject | undefined = z.ZodObject | undefined,
  O extends z.ZodType | undefined = z.ZodType | undefined,
> extends Declared {
  kind: 'raw'
  method: Method
  path: string
  input: I
  output: O
  /** The media type of the answer where there is no `output`. */
  produces?: string
  /** Gives the handler the body's bytes as they came (`request.body` is a Buffer), for signatures. */
  bytes?: boolean
  /**
   * Media types whose bodies the handler is given as they arrive (`request.body` is a stream), to be read or refused. The
   * input is then what the path and the query say; that of a JSON body where `application/json` is among them.
   */
  takes?: readonly string[]
}

export type Operation = Query | Command | Raw
export type Operations = Record<string, Operation>

/** What every module answers, by the kernel's doing. */
export type KernelOperations = DeliveryOperations & DataOperations & TrailOperations
export const kernelOperations: KernelOperations = { ...deliveryOperations, ...dataOperations, ...trailOperations }

export interface Contract<N extends string = string, Ops extends Operations = Operations> {
  name: N
  operations: Ops & KernelOperations
  /** Every reason this module may refuse with: `name.snake_case`. */
  reasons: readonly string[]
}

export type Input<Op> = Op extends { input: infer I extends z.ZodType } ? z.output<I> : undefined
export type Output<Op> = Op extends { output: infer O extends z.ZodType } ? z.input<O> : undefined

/** An operation that people reach has a path in its type, too, so that clients offer it. */
export function query<I extends z.ZodObject, O extends z.ZodType, P extends string | undefined = undefined>(
  declared: Declared & {
    path?: P
    input: I
    output: O
    /**
     * For how long a caller's process may answer this from memory, unless its module says before that it is not so any more
     * (`invalidate`). For what services ask and what does not depend on who asks.
     */
    cacheSeconds?: number
  },
): Query<I, O> & WithPath<P> {
  return { kind: 'query', method: 'GET', ...declared } as Query<I, O> & WithPath<P>
}

export function command<I extends z.ZodObject, O extends z.ZodType, P extends string | undefined = undefined>(
  declared: Declared & { method?: Method; path?: P; input: I; output: O },
): Command<I, O> & WithPath<P> {
  return { kind: 'command', method: 'POST', ...declared } as Command<I, O> & WithPath<P>
}

type WithPath<P> = P extends string ? { path: string } : unknown

export function raw<I extends z.ZodObject | undefined = undefined, O extends z.ZodType | undefined = undefined>(
  declared: Declared &
    Pick<Raw, 'produces' | 'bytes' | 'takes'> & { method: Method; path: string; input?: I; output?: O },
): Raw<I, O> {
  return { kind: 'raw', input: undefined as I, output: undefined as O, ...declared }
}

/** Declares what other modules, the web and the outside may know of a module. Wrong declarations throw at import. */
export function defineContract<const N extends string, const Ops extends Operations>(
  name: N,
  operations: Ops,
  { reasons = [] }: { reasons?: readonly string[] } = {},
): Contract<N, Ops> {
  for (const [key, operation] of Object.entries(operations)) {
    if (key in kernelOperations) throw new TypeError(`${name}.${key} has the name of what the kernel answers`)
    check(name, key, operation)
  }
  for (const reason of reasons) {
    if (!reason.startsWith(`${name}.`)) throw new TypeError(`Reason ${reason} must start with "${name}."`)
  }
  return { name, operations: { ...operations, ...kernelOperations }, reasons }
}

function check(name: string, key: string, operation: Operation) {
  const where = `${name}.${key}`
  if (!accesses.includes(operation.access)) throw new TypeError(`${where} does not say who may call it`)
  const { access, scope, assurance } = operation
  if (operation.kind === 'query' && operation.cacheSeconds !== undefined && access !== 'service')
    throw new TypeError(`${where} may depend on who asks, so it cannot be answered from memory`)
  if (operation.path === undefined) {
    if (access !== 'service') throw new TypeError(`${where} has no path, so its access must be "service"`)
    if (scope !== undefined || assurance !== undefined)
      throw new TypeError(`${where} is for services, so nothing would ask for its scope or assurance`)
    return
  }
  if (access === 'service') throw new TypeError(`${where} is for services, so it must not have a path`)
  if (scope !== undefined && !['member', 'admin', 'owner'].includes(access))
    throw new TypeError(`${where} has a scope, so its access must be that of a role in an organisation`)
  if (scope !== undefined && !/^[a-z]+:(read|write)$/.test(scope))
    throw new TypeError(`${where} has the scope "${scope}", which is not like "billing:read"`)
  if (assurance !== undefined && (access === 'public' || access === 'signed'))
    throw new TypeError(`${where} is for whoever comes, so it cannot ask how sure it is who that is`)
  if (assurance === 'recent' && scope !== undefined)
    throw new TypeError(`${where} asks for a proof that no API key can give, so there cannot be a scope for it`)
  const fields = operation.input ? Object.keys(operation.input.shape) : []
  for (const parameter of pathParameters(operation.path)) {
    if (!fields.includes(parameter)) throw new TypeError(`${where}: the path names ":${parameter}", the input does not`)
  }
}

export function pathParameters(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map((match) => match[1] as string)
}

/**
 * The path prefixes that belong to a contract (`/v1/billing`, `/.well-known`): the one source for the
 * development gateway, compose, the load balancer and the CDN.
 */
export function contractPrefixes(contract: Contract): string[] {
  const prefixes = new Set<string>()
  for (const { path } of Object.values(contract.operations)) {
    if (path === undefined) continue
    const [first = '', second = '', third = ''] = path.slice(1).split('/')
    if (first !== 'v1') prefixes.add(`/${first}`)
    else prefixes.add(second === 'admin' ? `/v1/admin/${third}` : `/v1/${second}`)
  }
  return [...prefixes].sort()
}
