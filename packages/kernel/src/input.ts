import type { z } from 'zod'

/**
 * Path parameters and query strings are text; a schema may want numbers, booleans or lists. Turns the text into
 * what the field's own schema asks for; what cannot be turned stays text and is refused by the schema.
 */
export function fromText(schema: z.ZodObject, text: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(text).map(([name, value]) => {
      const field = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined
      return [name, field ? convert(innermost(field as z.ZodType), value) : value]
    }),
  )
}

function convert(field: z.ZodType, value: unknown): unknown {
  switch (field.def.type) {
    case 'array': {
      const element = innermost((field as z.ZodArray).element as z.ZodType)
      return (Array.isArray(value) ? value : [value]).map((item) => convert(element, item))
    }
    case 'number':
      return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value
    case 'boolean':
      return value === 'true' ? true : value === 'false' ? false : value
    default:
      return value
  }
}

/** The schema inside optional, default, nullable and pipe. */
function innermost(schema: z.ZodType): z.ZodType {
  const def = schema.def as { innerType?: z.ZodType; in?: z.ZodType }
  const inner = def.innerType ?? def.in
  return inner ? innermost(inner) : schema
}
