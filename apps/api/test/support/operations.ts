import type { Stack } from '@lightpress/dev'
import { pathParameters, type Contract, type Operation } from '@lightpress/protocol'
import { sampleOf } from './sample.ts'

/** One operation of the product, whichever module has it. */
export interface Declared {
  /** `auth.signIn` */
  name: string
  module: string
  /** `signIn` */
  key: string
  operation: Operation
}

export type Reachable = Declared & { operation: Operation & { path: string } }

export function operationsOf(contracts: readonly Contract[]): Declared[] {
  return contracts.flatMap(({ name: module, operations }) =>
    Object.entries(operations).map(([key, operation]) => ({ name: `${module}.${key}`, module, key, operation })),
  )
}

/** Whether the outside can call it. */
export function isReachable(declared: Declared): declared is Reachable {
  return declared.operation.path !== undefined
}

/** Whether nothing can be asked any more by whoever asked for it. */
export function endsCaller({ name }: Declared): boolean {
  return name === 'users.eraseMe'
}

/** The process that hosts a module, in either topology. */
export function serviceOf({ services }: Pick<Stack, 'services'>, module: string): Stack['services'][number] {
  const service = services.find(({ name }) => name === module) ?? services[0]
  if (!service) throw new TypeError('No process runs')
  return service
}

export type Input = Record<string, unknown>

/** A valid input; an operation without a schema is given an empty object. */
export function inputFor({ operation }: Declared): Input {
  return operation.input ? (sampleOf(operation.input) as Input) : {}
}

export interface Request {
  method: string
  /** With the query string. */
  path: string
  body?: string
}

/** An input where the wire wants it. */
export function requestFor({ operation }: Reachable, input: Input): Request {
  const { method, path } = operation
  const parameters = pathParameters(path)
  const at = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(input[name])))
  const rest = Object.fromEntries(Object.entries(input).filter(([name]) => !parameters.includes(name)))
  if (method !== 'GET' && method !== 'DELETE') return { method, path: at, body: JSON.stringify(rest) }
  const search = new URLSearchParams(
    Object.entries(rest).map(([name, value]): [string, string] => [name, String(value)]),
  )
  return { method, path: search.size > 0 ? `${at}?${search}` : at }
}
