import { isDeepStrictEqual } from 'node:util'
import type { Json } from './snapshot.ts'

export interface Narrowing {
  path: string
  what: string
}

/** Which side of a call it is about: `input` goes from the last version to the next, `output` comes back from it. */
export type Side = 'input' | 'output'

/**
 * Where a value of schema `from` may be refused or missed by a reader of schema `to`. Unknown fields are ignored by
 * every reader, so a field more is no narrowing; a field that was known and is gone is one, on both sides.
 */
export function findNarrowings(from: Json, to: Json, side: Side, path: string = side): Narrowing[] {
  if (isDeepStrictEqual(from, to) || Object.keys(to).length === 0) return []
  const [given, taken] = [variantsOf(from), variantsOf(to)]
  if (given.length > 1 || taken.length > 1) return variantNarrowings(given, taken, { side, path })
  return [
    ...typeNarrowings(from, to, { side, path }),
    ...valueNarrowings(from, to, { side, path }),
    ...limitNarrowings(from, to, path),
    ...fieldNarrowings(from, to, { side, path }),
    ...partNarrowings(from, to, { side, path }),
  ]
}

interface Place {
  side: Side
  path: string
}

/** `string | null` is said in two ways: as `anyOf`, and as a list of types. */
function variantsOf(schema: Json): Json[] {
  const variants = schema.anyOf ?? schema.oneOf
  if (variants) return variants
  if (!Array.isArray(schema.type)) return [schema]
  const { enum: values, ...rest } = schema
  return schema.type.map((type) =>
    type === 'null' ? { type } : { ...rest, type, ...(values && { enum: values.filter((value) => value !== null) }) },
  )
}

/** Each variant must fit one of the other side's; what is told is how it misses the nearest. */
function variantNarrowings(given: Json[], taken: Json[], { side, path }: Place): Narrowing[] {
  return given.flatMap((variant) => {
    const misses = taken.map((other) => findNarrowings(variant, other, side, path))
    const alike = misses.filter((_, at) => taken[at]?.type === variant.type)
    const nearest = (alike.length > 0 ? alike : misses).sort((a, b) => a.length - b.length)[0] ?? []
    if (nearest.length === 0 || alike.length > 0) return nearest
    return [{ path, what: says(side, `${nameOf(variant)} is no longer taken`, `may be ${nameOf(variant)} now`) }]
  })
}

function typeNarrowings(from: Json, to: Json, { side, path }: Place): Narrowing[] {
  if (to.type === undefined || to.type === from.type) return []
  if (from.type === 'integer' && to.type === 'number') return []
  const [before, after] = side === 'input' ? [from, to] : [to, from]
  return [{ path, what: `type was ${nameOf(before)}, is ${nameOf(after)}` }]
}

function valueNarrowings(from: Json, to: Json, { side, path }: Place): Narrowing[] {
  const [given, taken] = [valuesOf(from), valuesOf(to)]
  if (!taken) return []
  if (!given) return [{ path, what: says(side, `must be ${taken.join(' or ')} now`, 'may be anything now') }]
  const unknown = given.filter((value) => !taken.includes(value))
  // Somebody may wait for an answer that never comes.
  const gone = side === 'output' ? taken.filter((value) => !given.includes(value)) : []
  return [
    ...unknown.map((value) => says(side, `${String(value)} is no longer taken`, `may be ${String(value)} now`)),
    ...gone.map((value) => `is never ${String(value)} any more`),
  ].map((what) => ({ path, what }))
}

function valuesOf({ enum: values, const: value }: Json): unknown[] | undefined {
  return values ?? (value === undefined ? undefined : [value])
}

const floors = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'] as const
const ceilings = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'] as const
const forms = ['format', 'pattern', 'multipleOf', 'uniqueItems'] as const

function limitNarrowings(from: Json, to: Json, path: string): Narrowing[] {
  const broken = [
    ...floors.filter((key) => to[key] !== undefined && Number(to[key]) > Number(from[key] ?? -Infinity)),
    ...ceilings.filter((key) => to[key] !== undefined && Number(to[key]) < Number(from[key] ?? Infinity)),
    ...forms.filter((key) => to[key] !== undefined && to[key] !== from[key]),
  ]
  return broken.map((key) => ({ path, what: `${key} changed` }))
}

function fieldNarrowings(from: Json, to: Json, { side, path }: Place): Narrowing[] {
  const [given, taken] = [from.properties ?? {}, to.properties ?? {}]
  const [before, after] = side === 'input' ? [given, taken] : [taken, given]
  const at = (name: string) => `${path}.${name}`
  const gone = Object.keys(before).filter((name) => !(name in after))
  const demanded = (to.required ?? []).filter((name) => !from.required?.includes(name) && !gone.includes(name))
  return [
    ...gone.map((name) => ({ path: at(name), what: 'was removed' })),
    ...demanded.map((name) => ({ path: at(name), what: says(side, 'must be sent now', 'may be missing now') })),
    ...Object.entries(given).flatMap(([name, field]) =>
      taken[name] === undefined ? [] : findNarrowings(field as Json, taken[name] as Json, side, at(name)),
    ),
  ]
}

/** Items of a list, values of a record. */
function partNarrowings(from: Json, to: Json, { side, path }: Place): Narrowing[] {
  const parts = [
    [from.items, to.items],
    [from.additionalProperties, to.additionalProperties],
  ] as const
  return parts.flatMap(([given, taken]) =>
    isSchema(given) && isSchema(taken) ? findNarrowings(given, taken, side, `${path}[]`) : [],
  )
}

function isSchema(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function says(side: Side, sent: string, read: string): string {
  return side === 'input' ? sent : read
}

function nameOf({ type }: Json): string {
  return String(type ?? 'anything')
}
