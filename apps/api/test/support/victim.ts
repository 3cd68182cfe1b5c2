import { isReachable, requestFor, serviceOf, type Declared, type Input, type Reachable } from './operations.ts'
import { fieldsOf, isId } from './sample.ts'
import type { Answer } from './send.ts'
import type { World } from './world.ts'

/** What is the noun's, by noun: `session` → ids. */
export type Ids = Map<string, Set<string>>

/** Everything that somebody is shown, and the ids in it. Found by asking every operation that only reads. */
export async function look(
  world: World,
  { operations, headers }: { operations: readonly Declared[]; headers: Record<string, string> },
): Promise<{ ids: Ids; view: Record<string, unknown> }> {
  const ids: Ids = new Map()
  const view: Record<string, unknown> = {}
  const reading = operations
    .filter(isReachable)
    .filter(({ operation }) => operation.method === 'GET' && operation.output)
  const read = async (declared: Reachable) => {
    const reads = inputsOf(declared, ids).map(async (input) => {
      const { path } = requestFor(declared, input)
      const answer = await world.send(serviceOf(world.stack, declared.module), { method: 'GET', path, headers })
      if (answer.status !== 200) return
      view[`${declared.name} ${path}`] = answer.json
      collect(answer, { noun: nounBefore(Infinity, declared.operation.path), ids })
    })
    await Promise.all(reads)
  }
  // First what needs no id, then what needs one of those, then what needs one of these.
  for (let rest = reading, next = rest; next.length > 0; rest = rest.filter((each) => !next.includes(each))) {
    next = rest.filter((declared) => idFields(declared).every(({ noun, inPath }) => !inPath || ids.has(noun)))
    await Promise.all(next.map(read))
  }
  return { ids, view }
}

/** The fields of an operation that hold an id, and of what. */
export function idFields({ operation }: Reachable): { name: string; noun: string; inPath: boolean }[] {
  if (!operation.input) return []
  const segments = operation.path.split('/')
  return fieldsOf(operation.input)
    .filter(({ path, schema }) => path.length === 1 && isId(schema))
    .map(({ path: [name = ''] }) => {
      const at = segments.indexOf(`:${name}`)
      return { name, noun: at < 0 || name !== 'id' ? nounOf(name) : nounBefore(at, operation.path), inPath: at >= 0 }
    })
}

function inputsOf(declared: Reachable, ids: Ids): Input[] {
  const [field] = idFields(declared).filter(({ inPath }) => inPath)
  return field ? [...(ids.get(field.noun) ?? [])].map((id) => ({ [field.name]: id })) : [{}]
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function collect({ json }: Answer, { noun, ids }: { noun: string; ids: Ids }): void {
  const add = (of: string, id: string) => ids.set(of, (ids.get(of) ?? new Set()).add(id))
  const visit = (value: unknown, one: string): void => {
    if (Array.isArray(value)) return value.forEach((each) => visit(each, one))
    if (typeof value !== 'object' || value === null) return
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner === 'string' && UUID.test(inner)) add(name === 'id' ? one : nounOf(name), inner)
      // `items` are what the path says, any other list is of what it is called.
      else visit(inner, Array.isArray(inner) && name !== 'items' ? singular(kebab(name)) : one)
    }
  }
  visit(json, noun)
}

/** `organizationId` → `organization` */
function nounOf(field: string): string {
  return kebab(field.replace(/Id$/, ''))
}

/** `linkedSignIns` → `linked-sign-ins`, as paths have it. */
function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function singular(noun: string): string {
  return noun.replace(/ies$/, 'y').replace(/s$/, '')
}

/** What a path's segment is one of: `/v1/auth/sessions/:id` → `session`, `/v1/users/me` → `user`. */
function nounBefore(at: number, path: string): string {
  const noun = path
    .split('/')
    .slice(0, at)
    .findLast((segment) => segment !== 'me' && !segment.startsWith(':'))
  return singular(noun ?? '')
}
