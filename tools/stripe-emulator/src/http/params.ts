import { z } from 'zod'
import { invalidRequest, type ApiError } from './errors.ts'

/**
 * Declares an endpoint's parameters by the names of the SDK's own type: a name that Stripe does not have does not
 * compile, a name that is not declared here is refused.
 */
export function params<Params>() {
  return <Shape extends { [Name in keyof Shape]: Name extends keyof Params ? z.ZodType : never }>(shape: Shape) =>
    z.strictObject(shape)
}

/** Text that is not empty: Stripe reads an empty value as an attempt to unset. */
export const text = z.string().min(1)

export const integer = z
  .string()
  .refine((value) => /^-?\d{1,15}$/.test(value), failure('parameter_invalid_integer', 'Invalid integer'))
  .transform(Number)

export function integerBetween(least: number, most: number) {
  return integer.refine(
    (value) => value >= least && value <= most,
    failure('parameter_invalid_integer', `Invalid integer (${least} to ${most})`),
  )
}

export const flag = z
  .string()
  .refine((value) => value === 'true' || value === 'false', failure('parameter_invalid_boolean', 'Invalid boolean'))
  .transform((value) => value === 'true')

/** An address that a browser may be sent to. */
export const webUrl = z.string().refine(isWebUrl, failure('url_invalid', 'Not a valid URL'))

export function list<Item extends z.ZodType>(item: Item) {
  return z.preprocess((value) => (isParts(value) ? Object.values(value) : value), z.array(item))
}

/** Null when it is given empty, which unsets it. */
export function unsettable<Value extends z.ZodType>(value: Value) {
  return z.preprocess((given) => (given === '' ? null : given), value.nullable())
}

export const metadata = unsettable(z.record(z.string().max(40), z.string().max(500)))

const range = z.preprocess(
  (value) => (typeof value === 'string' ? { gte: value, lte: value } : value),
  z.strictObject({
    gt: integer.optional(),
    gte: integer.optional(),
    lt: integer.optional(),
    lte: integer.optional(),
  }),
)

/** What every list takes. */
export const paging = {
  limit: integerBetween(1, 100).optional(),
  starting_after: text.optional(),
  ending_before: text.optional(),
}

/** What most lists take besides. */
export const created = range.optional()

export function parseParams<Params>(schema: z.ZodType<Params>, given: unknown): Params {
  const result = schema.safeParse(given, { reportInput: true })
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw issue ? explain(issue) : invalidRequest('Invalid request')
}

/** `items[0][price]`, as Stripe names it. */
function paramName(path: readonly PropertyKey[]): string {
  const [first, ...rest] = path.map(String)
  return [first, ...rest.map((part) => `[${part}]`)].join('')
}

function explain(issue: z.core.$ZodIssue): ApiError {
  const param = paramName(issue.path)
  switch (issue.code) {
    case 'unrecognized_keys': {
      const unknown = paramName([...issue.path, issue.keys[0] ?? ''])
      return invalidRequest(`Received unknown parameter: ${unknown}`, { code: 'parameter_unknown', param: unknown })
    }
    case 'invalid_type':
      if (issue.input === undefined) {
        return invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
      }
      return invalidRequest(`Invalid ${issue.expected === 'object' ? 'hash' : issue.expected}: ${param}`, { param })
    case 'invalid_value':
      return invalidRequest(`Invalid ${param}: must be one of ${issue.values.join(', ')}`, { param })
    case 'too_small':
      return invalidRequest(
        `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; ` +
          `however '${param}' cannot be unset.`,
        { code: 'parameter_invalid_empty', param },
      )
    case 'custom': {
      const code: unknown = issue.params?.code
      return invalidRequest(issue.message, { ...(typeof code === 'string' && { code }), param })
    }
    default:
      return invalidRequest(`Invalid ${param}: ${issue.message}`, { param })
  }
}

/** A refinement that is named by its code and shows the value. */
export function failure(code: string, message: string) {
  return { params: { code }, error: (issue: { input?: unknown }) => `${message}: ${String(issue.input)}` }
}

function isParts(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isWebUrl(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol)
}
