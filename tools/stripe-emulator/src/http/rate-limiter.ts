import { ApiError } from './errors.ts'

/** Lets so many requests a second pass, and as many at once after a quiet second. In wall-clock time, like Stripe's. */
export function createRateLimiter(): { admit(limit: number | null): boolean } {
  let tokens = 0
  let filled = -Infinity
  return {
    admit(limit) {
      if (limit === null) return true
      const now = performance.now()
      tokens = Math.min(limit, tokens + ((now - filled) / 1000) * limit)
      filled = now
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
  }
}

/** https://docs.stripe.com/rate-limits, with the header `stripe-rate-limited-reason: global-rate`. */
export function tooManyRequests(): ApiError {
  const message = 'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.'
  return new ApiError(429, 'invalid_request_error', message, { code: 'rate_limit' })
}
