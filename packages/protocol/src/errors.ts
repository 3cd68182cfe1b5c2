/** The closed set of things that can go wrong, each with its one HTTP status. */
export const statusOf = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  limited: 429,
  internal: 500,
  unavailable: 503,
} as const

export type ErrorCode = keyof typeof statusOf

const titleOf: Record<ErrorCode, string> = {
  invalid: 'The request is not valid',
  unauthenticated: 'Sign-in is needed',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  conflict: 'It conflicts with the current state',
  limited: 'Too many requests',
  internal: 'Something went wrong on our side',
  unavailable: 'Temporarily unavailable',
}

/** One field that was refused: `path` names it with dots (`address.city`), `message` is for people. */
export interface FieldError {
  path: string
  message: string
}

export interface ErrorDetails {
  errors?: readonly FieldError[]
  /** Seconds to wait before another try, for `limited` and `unavailable`. */
  retryAfter?: number
  /** Where HTTP has a more exact status than the code's: the body is too large (RFC 9110, 15.5.14). */
  status?: 413
  cause?: unknown
}

const brand = Symbol.for('lightpress.AppError')

/**
 * The only error that crosses a module's edge. `reason` is a stable name owned by the module
 * (`billing.same_plan`), listed in its contract; `message` is for people and must hold no secret.
 */
export class AppError extends Error {
  readonly [brand] = true
  readonly code: ErrorCode
  readonly reason: string
  readonly errors: readonly FieldError[]
  readonly retryAfter: number | undefined
  readonly status: number

  constructor(code: ErrorCode, reason: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'AppError'
    this.code = code
    this.reason = reason
    this.errors = details.errors ?? []
    this.retryAfter = details.retryAfter
    this.status = details.status ?? statusOf[code]
  }
}

/** Recognises by brand: two copies of this package, or two realms, still know each other's errors. */
export function isAppError(error: unknown): error is AppError {
  return typeof error === 'object' && error !== null && brand in error
}

/** Whatever was thrown, as an `AppError`. What we did not foresee becomes `internal`, its message hidden. */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error
  return new AppError('internal', 'internal', 'Something went wrong on our side. It has been recorded.', {
    cause: error,
  })
}

/** Problem details for HTTP APIs, RFC 9457, with our extension members. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  reason: string
  requestId: string
  errors?: readonly FieldError[]
  retryAfter?: number
}

export function toProblem(error: AppError, requestId: string): Problem {
  return {
    type: `urn:lightpress:problem:${error.reason}`,
    title: titleOf[error.code],
    status: error.status,
    detail: error.message,
    reason: error.reason,
    requestId,
    ...(error.errors.length > 0 && { errors: error.errors }),
    ...(error.retryAfter !== undefined && { retryAfter: error.retryAfter }),
  }
}

/** An error that came over HTTP, with the id under which the server recorded it. */
export class RemoteError extends AppError {
  readonly requestId: string

  constructor(problem: Problem) {
    super(codeOfStatus(problem.status), problem.reason, problem.detail, {
      ...(problem.errors && { errors: problem.errors }),
      ...(problem.retryAfter !== undefined && { retryAfter: problem.retryAfter }),
      ...(problem.status === 413 && { status: problem.status }),
    })
    this.requestId = problem.requestId
  }
}

/** Reads a problem document; anything else (a proxy's HTML page, an empty body) is told by its status alone. */
export function fromProblem(status: number, body: unknown): RemoteError {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Partial<Problem>
  const code = codeOfStatus(status)
  return new RemoteError({
    type: 'about:blank',
    title: titleOf[code],
    status,
    detail: typeof problem.detail === 'string' ? problem.detail : titleOf[code],
    reason: typeof problem.reason === 'string' ? problem.reason : code,
    requestId: typeof problem.requestId === 'string' ? problem.requestId : '',
    ...(Array.isArray(problem.errors) && { errors: problem.errors }),
    ...(typeof problem.retryAfter === 'number' && { retryAfter: problem.retryAfter }),
  })
}

function codeOfStatus(status: number): ErrorCode {
  const exact = (Object.keys(statusOf) as ErrorCode[]).find((code) => statusOf[code] === status)
  if (exact) return exact
  if (status === 502 || status === 504) return 'unavailable'
  return status >= 500 ? 'internal' : 'invalid'
}
