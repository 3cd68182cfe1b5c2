/** Where an error came up. Ids that logs and traces can be searched by, and names that the code knows. */
export interface ErrorPlace {
  module: string
  /** The operation, event, job or schedule. */
  operation?: string | undefined
  requestId?: string | undefined
  traceId?: string | undefined
}

export interface ToldError {
  type: string
  /** Of the system, the database or a vendor: `ECONNREFUSED`, `23505`. */
  code: string | undefined
  /** Where it came from, without its message. */
  stack: string
}

/**
 * An error and its causes, the first of them first, as they may leave the house: what they are and where they came from. Not
 * what they say: messages quote what was sent and what is stored, and stay in the log, under the same request.
 */
export function tellError(error: unknown): ToldError[] {
  if (!(error instanceof Error)) return [{ type: typeof error, code: undefined, stack: '' }]
  const causes = error.cause === undefined ? [] : tellError(error.cause)
  return [...causes, { type: error.name, code: codeOf(error), stack: framesOf(error) }]
}

/** A message may have lines that look like frames. */
function framesOf({ stack = '', message }: Error): string {
  const said = stack.indexOf(message)
  const rest = said < 0 ? '' : stack.slice(said + message.length)
  return rest
    .split('\n')
    .filter((line) => /^ {4}at .+:\d+:\d+\)?$/.test(line))
    .join('\n')
}

function codeOf(error: Error): string | undefined {
  const code = 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? code : undefined
}
