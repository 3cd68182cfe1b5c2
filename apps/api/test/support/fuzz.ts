import { STATUS_CODES } from 'node:http'
import { pathParameters } from '@lightpress/protocol'
import {
  inputFor,
  isReachable,
  requestFor,
  serviceOf,
  type Declared,
  type Reachable,
  type Request,
} from './operations.ts'
import { fieldsOf, hasField, type Field } from './sample.ts'
import type { Answer } from './send.ts'
import type { World } from './world.ts'

/** An operation, and one thing in it that takes whatever somebody sends. */
export interface Target {
  declared: Reachable
  field: Field
}

/** Characters of a value in a path: Node takes 16 KiB of headers, and some values are sent twice. */
const LINE = 5_000

export function targetsOf(operations: readonly Declared[]): Target[] {
  return operations
    .filter(isReachable)
    .flatMap((declared) =>
      declared.operation.input ? fieldsOf(declared.operation.input).map((field) => ({ declared, field })) : [],
    )
}

/** A request that is valid but for one field, which holds `hostile`, a JSON text. */
export function withHostile({ declared, field: { path: at } }: Target, hostile: string): Request[] {
  const { operation } = declared
  const sample = inputFor(declared)
  const [name = '', ...below] = at
  const text = asText(hostile)
  if (pathParameters(operation.path).includes(name)) {
    const valid = requestFor(declared, { ...sample, [name]: 'HERE' })
    // Escaped as a client does it, and as none does.
    return [encodeURIComponent(text.toWellFormed()), text.replace(/[^\x21-\x22\x24-\x3e\x40-\x7e]/g, '%')].map(
      (value) => ({
        ...valid,
        path: valid.path.replace('HERE', value.slice(0, LINE)),
      }),
    )
  }
  const { [name]: _, ...rest } = sample
  if (operation.method === 'GET' || operation.method === 'DELETE') {
    const valid = requestFor(declared, rest)
    const join = valid.path.includes('?') ? '&' : '?'
    const value = encodeURIComponent(text.toWellFormed()).slice(0, LINE)
    const odd = [`${name}=${value}&${name}=${value}`, `${name}[a]=${value}`, `${name}=%E0%A4%A&${value}`]
    return [`${name}=${value}`, odd[hostile.length % odd.length]].map((query) => ({
      ...valid,
      path: `${valid.path}${join}${query}`,
    }))
  }
  const valid = requestFor(declared, rest)
  const value = below.reduceRight((inner, key) => `{${JSON.stringify(key)}:${inner}}`, hostile)
  const others = (valid.body ?? '{}').slice(1, -1)
  return [{ ...valid, body: `{${others}${others && ','}${JSON.stringify(name)}:${value}}` }]
}

/** Bodies that are no input at all. */
export function withoutInput(declared: Reachable, hostile: string): Request[] {
  const { method, path } = requestFor(declared, inputFor(declared))
  if (method === 'GET' || method === 'DELETE') {
    const query = encodeURIComponent(asText(hostile).toWellFormed().slice(0, 1_000))
    return [{ method, path: `${path}${path.includes('?') ? '&' : '?'}${query}` }]
  }
  return [{ method, path, body: hostile }]
}

/** What must hold of every answer, whatever was sent. */
export function wrongIn(answer: Answer, { operation }: Reachable, request: Request): string[] {
  const { status, headers, json } = answer
  const wrong: string[] = []
  if (status >= 500 || !STATUS_CODES[status]) wrong.push(`it answered ${status}`)
  if (status < 400) return wrong
  if (headers['content-type'] !== 'application/problem+json; charset=utf-8')
    wrong.push(`its type is ${String(headers['content-type'])}`)
  const problem = (json ?? {}) as Partial<Record<string, unknown>>
  for (const name of ['type', 'title', 'detail', 'reason', 'requestId'])
    if (typeof problem[name] !== 'string') wrong.push(`it has no ${name}`)
  if (problem.status !== status) wrong.push(`it says it is ${String(problem.status)}`)
  for (const { path } of (problem.errors ?? []) as { path: string }[])
    if (!(operation.input && hasField(operation.input, path)) && !wasSent(path, request))
      wrong.push(`it blames "${path}", which is no field`)
  return wrong
}

/** What nobody can store is refused under a name that nobody knows, too. */
function wasSent(path: string, request: Request): boolean {
  const [name = ''] = path.split('.')
  return name !== '' && `${request.path} ${request.body ?? ''}`.includes(name)
}

/** Sends, and throws what is wrong with the answer. */
export async function probe(
  world: World,
  { declared, request, headers }: { declared: Reachable; request: Request; headers: Record<string, string | string[]> },
): Promise<Answer> {
  const answer = await world.send(serviceOf(world.stack, declared.module), {
    ...request,
    headers: { origin: world.stack.url, ...headers },
  })
  const wrong = wrongIn(answer, declared, request)
  if (wrong.length === 0) return answer
  const sent = `${request.method} ${request.path.slice(0, 300)} ${request.body?.slice(0, 300) ?? ''}`
  throw new Error(
    [`${declared.name}: ${wrong.join('; ')}`, sent, JSON.stringify(headers), answer.text.slice(0, 500)]
      .concat(linesAbout(answer, { world, module: declared.module }))
      .join('\n'),
  )
}

/** What the process wrote about a request. */
function linesAbout({ json }: Answer, { world: { stack }, module }: { world: World; module: string }): string[] {
  const { requestId = 'none' } = (json ?? {}) as { requestId?: string }
  return stack.logs(serviceOf(stack, module).name).filter((line) => line.includes(requestId))
}

/** What a JSON text would be in a path or a query string. */
function asText(json: string): string {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'string' ? value : json
  } catch {
    return json
  }
}
