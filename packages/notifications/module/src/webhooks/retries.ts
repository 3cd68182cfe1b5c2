/** Milliseconds that an endpoint may ask us to wait at most. */
const LONGEST_WAIT = 24 * 60 * 60_000

interface Attempted {
  /** How many attempts there were. */
  attempts: number
  /** Milliseconds that the endpoint asked us to wait; null where it did not say. */
  retryAfter: number | null
}

interface Plan {
  /** Seconds after each attempt. */
  retries: readonly number[]
  /** From 0 to 1. */
  random: number
}

/**
 * Milliseconds until the next attempt, null when that was the last. Up to a fifth later than planned, so that what failed
 * together does not come again together; later still where the endpoint asks for it, and never sooner.
 */
export function nextDelay({ attempts, retryAfter }: Attempted, { retries, random }: Plan): number | null {
  const seconds = retries[attempts - 1]
  if (seconds === undefined) return null
  const planned = seconds * 1_000 * (1 + random / 5)
  return Math.round(Math.max(planned, Math.min(retryAfter ?? 0, LONGEST_WAIT)))
}

/** Milliseconds that an answer asks us to wait: RFC 9110, 10.2.3, seconds or a date. */
export function parseRetryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null
  if (/^\d+$/.test(value)) return Number(value) * 1_000
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}
