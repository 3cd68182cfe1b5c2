import { z } from 'zod'
import { mostKeys, tooManyKeys } from './metadata.ts'

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

/** The last second of the year 9999, behind which there are no dates to show. */
const lastSecond = 253_402_300_799

/** A moment, in seconds since 1970. Milliseconds, the commonest slip, are too many. */
export const timestamp = integer.refine((value) => value >= 0 && value <= lastSecond, {
  error: ({ input }) => `Invalid timestamp: ${String(input)}; must be an integer Unix timestamp, in seconds.`,
})

export const flag = z
  .string()
  .refine((value) => value === 'true' || value === 'false', failure('parameter_invalid_boolean', 'Invalid boolean'))
  .transform((value) => value === 'true')

/** An address that a browser may be sent to. */
export const webUrl = z.string().refine(isWebUrl, failure('url_invalid', 'Not a valid URL'))

export function list<Item extends z.ZodType>(item: Item) {
  return z.preprocess((value) => (isNumbered(value) ? Object.values(value) : value), z.array(item))
}

/** Null when it is given empty, which unsets it. */
export function unsettable<Value extends z.ZodType>(value: Value) {
  return z.preprocess((given) => (given === '' ? null : given), value.nullable())
}

/** https://docs.stripe.com/metadata#data; an empty value only removes its key. */
export const metadata = unsettable(
  z
    .record(z.string().max(40, { error: 'must be at most 40 characters' }), z.string().max(500))
    .refine((given) => Object.values(given).filter(Boolean).length <= mostKeys, { error: tooManyKeys }),
)

/** Parameters of which one at most can be given; the second one is refused by its name. */
export function atMostOne<Schema extends z.ZodObject>(
  schema: Schema,
  ...names: Extract<keyof z.output<Schema>, string>[]
): Schema {
  return schema.superRefine((given: Record<string, unknown>, { addIssue }) => {
    const [first, second] = names.filter((name) => given[name] !== undefined)
    if (first === undefined || second === undefined) return
    addIssue({
      code: 'custom',
      path: [second],
      message: `You may only specify one of these parameters: ${first}, ${second}.`,
      params: { code: 'parameters_exclusive' },
    })
  })
}

const range = z.preprocess(
  (value) => (typeof value === 'string' ? { gte: value, lte: value } : value),
  z.strictObject({
    gt: timestamp.optional(),
    gte: timestamp.optional(),
    lt: timestamp.optional(),
    lte: timestamp.optional(),
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

/** A refinement that is named by its code and shows the value. */
function failure(code: string, message: string) {
  return { params: { code }, error: (issue: { input?: unknown }) => `${message}: ${String(issue.input)}` }
}

/** Parts numbered as those of a list are, such as `items[0]`; or a list, which JSON has. */
function isNumbered(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).every((name) => /^\d+$/.test(name))
}

function isWebUrl(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol)
}
