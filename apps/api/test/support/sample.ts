import { createHash, randomUUID } from 'node:crypto'
import type { z } from 'zod'

/**
 * A valid value for whatever a schema declares, generated: every optional field is there, texts are different each
 * time, so that no two requests are about the same address.
 */
export function sampleOf(schema: z.ZodType): unknown {
  const sample = valueOf(schema)
  const result = schema.safeParse(sample)
  if (!result.success)
    throw new TypeError(`No valid sample was found (${result.error.message}): teach sample.ts what this schema wants`)
  return sample
}

interface Definition {
  type: string
  innerType?: z.ZodType
  in?: z.ZodType
  element?: z.ZodType
  shape?: Record<string, z.ZodType>
  options?: z.ZodType[]
  entries?: Record<string, string>
  values?: unknown[]
}

function valueOf(schema: z.ZodType): unknown {
  const { type, innerType, element, shape, options, entries, values, ...def } = schema.def as Definition
  if (innerType) return valueOf(innerType)
  if (shape) return Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, valueOf(field)]))
  if (options) return valueOf(options[0] as z.ZodType)
  if (entries) return Object.values(entries)[0]
  if (values) return values[0]
  if (element) return [valueOf(element)]
  // What a pipe takes may be held against its whole: `EmailAddress` checks the address in its last part.
  if (type === 'pipe' && def.in && def.in.def.type !== 'string') return valueOf(def.in)
  return candidates().find((candidate) => schema.safeParse(candidate).success)
}

/** What fields of our contracts hold, the strictest first. */
function candidates(): unknown[] {
  const unique = randomUUID()
  return [
    unique,
    `sample-${unique}@example.com`,
    new Date().toISOString(),
    `https://example.com/${unique}`,
    `/${unique}`,
    createHash('sha256').update(unique).digest('base64url'),
    'Europe/Berlin',
    'usd',
    timeOfDay(),
    1,
    true,
  ]
}

let minutes = 0

/** Another one each time, so that hours end at another time than they begin. */
function timeOfDay(): string {
  minutes = (minutes + 1) % 1_440
  return new Date(minutes * 60_000).toISOString().slice(11, 16)
}

export interface Field {
  /** Where it is in the input: `['address', 'city']`. */
  path: readonly string[]
  schema: z.ZodType
}

/** Every field of an object and of the objects in it. */
export function fieldsOf(schema: z.ZodObject, above: readonly string[] = []): Field[] {
  return Object.entries(schema.shape).flatMap(([name, declared]) => {
    const field = declared as z.ZodType
    const path = [...above, name]
    const inner = innermost(field)
    return [{ path, schema: field }, ...(inner.def.type === 'object' ? fieldsOf(inner as z.ZodObject, path) : [])]
  })
}

/** Whether a field holds the id of something. */
export function isId(schema: z.ZodType): boolean {
  const inner = innermost(schema)
  return 'format' in inner && (inner as { format: unknown }).format === 'uuid'
}

/**
 * Whether a refusal's `path` (`items.0.name`) is of this schema, or inside something that was sent for a field of it;
 * the empty one is the input as a whole.
 */
export function hasField(schema: z.ZodType, path: string): boolean {
  let at: z.ZodType | undefined = schema
  for (const name of path === '' ? [] : path.split('.')) {
    const { shape, element, valueType }: Definition & { valueType?: z.ZodType } = innermost(at).def as never
    if (shape && !Object.hasOwn(shape, name)) return false
    at = shape ? shape[name] : (element ?? valueType)
    if (!at) return true
  }
  return true
}

/** The schema inside optional, default, nullable and pipe. */
function innermost(schema: z.ZodType): z.ZodType {
  const { innerType, in: taken } = schema.def as Definition
  const inner = innerType ?? taken
  return inner ? innermost(inner) : schema
}
