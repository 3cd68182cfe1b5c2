import type { Context } from '../context.ts'
import { invalidRequest } from './errors.ts'
import { behind, objectOf, rootOf, type Target } from './expandable.ts'
import { withoutHidden } from './hidden.ts'

/** What objects show only when they are asked for, by kind and field, such as `charge.refunds`. */
export type Inclusions = Readonly<Record<string, (id: string, ctx: Context) => unknown>>

/** Checked paths such as `latest_invoice.payments` or `data.customer`, and where they begin. */
export interface Expansions {
  root: Target
  paths: readonly (readonly string[])[]
}

const maxDepth = 4

/** Refuses, before anything is done, what cannot be expanded in the answer of this endpoint. */
export function checkExpansions(
  paths: readonly string[],
  endpoint: { method: string; path: string },
  inclusions: Inclusions,
): Expansions {
  const root = rootOf(endpoint)
  for (const path of paths) checkPath(path, root, inclusions)
  return { root, paths: paths.map((path) => path.split('.')) }
}

function checkPath(path: string, root: Target, inclusions: Inclusions): void {
  const fields = path.split('.')
  if (fields.length > maxDepth) {
    const message = `You cannot expand more than ${maxDepth} levels of a property. Property: ${path}`
    throw invalidRequest(message, { param: 'expand' })
  }
  let [holder, target] = [root, root]
  for (const field of fields) {
    const next = behind(target, field)
    if (next === undefined) throw cannotExpand(path)
    holder = target
    target = next
  }
  const last = fields.at(-1) ?? ''
  // The `data` of a list is only ever on the way.
  const isObject = typeof target === 'string' && last !== 'data'
  const isIncluded = typeof holder === 'string' && Object.hasOwn(inclusions, `${holder}.${last}`)
  if (!isObject && !isIncluded) throw cannotExpand(path)
}

/**
 * Replaces ids by the objects they stand for, and adds what is shown only when it is asked for. The work is done by
 * now, so nothing is refused: what is null, or no longer kept, stays as it is.
 */
export function expand(
  body: object,
  { root, paths }: Expansions,
  { inclusions, ctx }: { inclusions: Inclusions; ctx: Context },
): object {
  const shown = withoutHidden(body)
  if (paths.length === 0) return shown
  const copy = structuredClone(shown)

  function expandField(
    object: Record<string, unknown>,
    target: Target,
    [field = '', ...rest]: readonly string[],
  ): void {
    const next = behind(target, field)
    if (next === undefined) return
    const found = expanded(object, field, next)
    if (found === undefined) return
    object[field] = found
    if (rest.length === 0) return
    for (const inner of Array.isArray(found) ? (found as unknown[]) : [found]) {
      if (isHash(inner)) expandField(inner, next, rest)
    }
  }

  function expanded(object: Record<string, unknown>, field: string, target: Target): unknown {
    if (!Object.hasOwn(object, field)) {
      return structuredClone(withoutHidden(inclusions[`${String(object.object)}.${field}`]?.(String(object.id), ctx)))
    }
    const value = object[field]
    return Array.isArray(value) ? value.map((one: unknown) => resolved(one, target)) : resolved(value, target)
  }

  /** The object behind an id; a copy, because deeper fields of it may be expanded too. */
  function resolved(value: unknown, target: Target): unknown {
    if (typeof value !== 'string' || typeof target !== 'string') return value
    const found = objectOf(target, value, ctx.state)
    return found === undefined ? value : structuredClone(withoutHidden(found))
  }

  for (const path of paths) expandField(copy as Record<string, unknown>, root, path)
  return copy
}

function cannotExpand(path: string): Error {
  return invalidRequest(`This property cannot be expanded (${path}).`, { param: 'expand' })
}

function isHash(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
