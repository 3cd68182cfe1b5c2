/** A session that is not used for so long is over. */
export const REFRESH_LIFETIME_SECONDS = 30 * 24 * 60 * 60

/**
 * A session is over after so long, however much it is used: signing in again proves who is there (OWASP ASVS 5.0
 * 7.3.2, NIST SP 800-63B).
 */
export const SESSION_LIFETIME_SECONDS = 90 * 24 * 60 * 60

/** Milliseconds in which a used token is taken for a request repeated or run in parallel, not for a theft. */
export const GRACE = 10_000

/** Successors that a repetition within the grace is led along: nobody trades a token so often in ten seconds. */
export const LONGEST_CHAIN = 30

/**
 * What a refresh token that is presented means: it is fresh and is traded for its successor; it was traded a moment
 * ago, and the answer is repeated; it was traded before, so two parties hold it, and the family ends; it expired.
 */
export type Verdict = 'fresh' | 'repeated' | 'replayed' | 'expired'

/** How long a session may be renewed at all: `endsAt` is of one that is given for less than others. */
export interface Span {
  begunAt: Date
  endsAt: Date | null
}

interface Presented extends Span {
  usedAt: Date | null
  expiresAt: Date
}

export function judge({ usedAt, expiresAt, ...span }: Presented, now: Date): Verdict {
  if (endOf(span) <= now) return 'expired'
  if (expiresAt <= now) return 'expired'
  if (usedAt === null) return 'fresh'
  return isWithinGrace(usedAt, now) ? 'repeated' : 'replayed'
}

/** Whether a request may have been on its way since then. */
export function isWithinGrace(since: Date, now: Date): boolean {
  return now.getTime() - since.getTime() <= GRACE
}

/** When a refresh token that is made now expires: unless it is used by then, or with its session. */
export function expiryOf(span: Span, now: Date): Date {
  return new Date(Math.min(now.getTime() + REFRESH_LIFETIME_SECONDS * 1000, endOf(span).getTime()))
}

function endOf({ begunAt, endsAt }: Span): Date {
  return endsAt ?? new Date(begunAt.getTime() + SESSION_LIFETIME_SECONDS * 1000)
}
