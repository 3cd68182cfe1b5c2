import type { z } from 'zod'
import { invalidRequest, type ApiError } from './errors.ts'

type Issue = z.core.$ZodIssue

/** What is given, read by the schema; the first thing that is wrong with it is refused as Stripe does. */
export function parseParams<Params>(schema: z.ZodType<Params>, given: unknown): Params {
  const result = schema.safeParse(given, { reportInput: true })
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw issue ? explain(issue) : invalidRequest('Invalid request')
}

function explain(issue: Issue): ApiError {
  const name = paramName(issue.path)
  // What is not even a hash has no name: it is all that was given.
  const about = name === '' ? {} : { param: name }
  const shown = name === '' ? 'the body' : name
  switch (issue.code) {
    case 'unrecognized_keys': {
      const unknown = paramName([...issue.path, issue.keys[0] ?? ''])
      return invalidRequest(
        `Received unknown parameter: ${unknown}. It is misspelled, or not covered here: the README says what is.`,
        { code: 'parameter_unknown', param: unknown },
      )
    }
    case 'invalid_type':
      if (issue.input === undefined) {
        return invalidRequest(`Missing required param: ${shown}.`, { code: 'parameter_missing', ...about })
      }
      return invalidRequest(`Invalid ${issue.expected === 'object' ? 'hash' : issue.expected}: ${shown}`, about)
    case 'invalid_value':
      return invalidRequest(`Invalid ${shown}: must be one of ${issue.values.join(', ')}`, about)
    case 'invalid_union':
      return explainUnion(issue, shown, about)
    case 'too_small':
      return issue.input === '' ? emptyValue(name) : invalidRequest(`Invalid ${shown}: ${issue.message}`, about)
    case 'too_big':
      if (issue.origin !== 'string') return invalidRequest(`Invalid ${shown}: ${issue.message}`, about)
      return invalidRequest(`Invalid string: ${shown}; must be at most ${issue.maximum} characters`, about)
    case 'invalid_key': {
      const [mistake] = issue.issues
      return invalidRequest(`Invalid key of ${paramName(issue.path.slice(0, -1))}: ${mistake?.message ?? ''}`, about)
    }
    case 'custom': {
      const code: unknown = issue.params?.code
      return invalidRequest(issue.message, { ...(typeof code === 'string' && { code }), ...about })
    }
    default:
      return invalidRequest(`Invalid ${shown}: ${issue.message}`, about)
  }
}

/** Of several forms the one that is nearest was meant: the one with the fewest mistakes. */
function explainUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  shown: string,
  about: { param?: string },
): ApiError {
  const byMistakes = issue.errors.toSorted((a, b) => a.length - b.length)
  const [mistake] = byMistakes.filter(({ length }) => length === byMistakes[0]?.length).at(-1) ?? []
  if (mistake) return explain({ ...mistake, path: [...issue.path, ...mistake.path] })
  return invalidRequest(`Invalid ${shown}: ${issue.message}`, about)
}

function emptyValue(param: string): ApiError {
  return invalidRequest(
    `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; ` +
      `however '${param}' cannot be unset.`,
    { code: 'parameter_invalid_empty', param },
  )
}

/** `items[0][price]`, as Stripe names it. */
function paramName(path: readonly PropertyKey[]): string {
  const [first = '', ...rest] = path.map(String)
  return first + rest.map((part) => `[${part}]`).join('')
}
