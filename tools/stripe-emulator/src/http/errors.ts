import { FormError } from './form.ts'

export interface ErrorDetails {
  code?: string
  param?: string
  decline_code?: string
  /** The charge that was declined. */
  charge?: string
  /** What the error is about, as it is now. */
  payment_intent?: object
  payment_method?: object
  setup_intent?: object
}

type ErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error'

/** An answer in Stripe's error shape. */
export class ApiError extends Error {
  readonly status: number
  readonly type: ErrorType
  readonly details: ErrorDetails

  constructor(status: number, type: ErrorType, message: string, details: ErrorDetails = {}) {
    super(message)
    this.status = status
    this.type = type
    this.details = details
  }
}

export function invalidRequest(message: string, details: ErrorDetails = {}): ApiError {
  return new ApiError(400, 'invalid_request_error', message, details)
}

/** The object named in the path (404) or in a parameter (400) does not exist. */
export function noSuch(noun: string, id: string, param = 'id'): ApiError {
  const message = `No such ${noun}: '${id}'`
  return new ApiError(param === 'id' ? 404 : 400, 'invalid_request_error', message, { code: 'resource_missing', param })
}

/** What Stripe can do and this stand-in cannot: said aloud, never passed over. */
export function notCovered(what: string, param: string): ApiError {
  return invalidRequest(`This Stripe stand-in does not cover ${what}. Its README says what it covers.`, { param })
}

/** The answer to whatever was thrown, by a handler or on the way to it. */
export function asApiError(error: unknown, contentType = 'application/x-www-form-urlencoded'): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof FormError) return invalidRequest(error.message)
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status === 413) return new ApiError(413, 'invalid_request_error', 'The request is too large.')
  if (status === 415) return invalidRequest(`Invalid request (check that your POST content type is ${contentType}).`)
  if (status < 500) return invalidRequest(error instanceof Error ? error.message : 'Invalid request')
  return new ApiError(500, 'api_error', 'The stand-in failed; its log says why.')
}

/** What the log says of it. */
export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

export function errorBody(error: ApiError, requestId: string | null): string {
  const { code } = error.details
  return JSON.stringify(
    {
      error: {
        type: error.type,
        message: error.message,
        ...error.details,
        ...(code !== undefined && { doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` }),
        ...(requestId !== null && { request_id: requestId }),
      },
    },
    null,
    2,
  )
}
