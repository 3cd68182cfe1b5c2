export interface ErrorDetails {
  code?: string
  param?: string
  decline_code?: string
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

export function errorBody(error: ApiError, requestId: string): string {
  const { code } = error.details
  return JSON.stringify(
    {
      error: {
        type: error.type,
        message: error.message,
        ...error.details,
        ...(code !== undefined && { doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` }),
        request_id: requestId,
      },
    },
    null,
    2,
  )
}
