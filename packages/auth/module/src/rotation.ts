/** A session that is not used for so long is over. */
export const REFRESH_LIFETIME_SECONDS = 30 * 24 * 60 * 60

/** Milliseconds in which a used token is taken for a request repeated or run in parallel, not for a theft. */
export const GRACE = 10_000

/**
 * What a refresh token that is presented means: it is fresh and is traded for its successor; it was traded a moment
 * ago, and the answer is repeated; it was traded before, so two parties hold it, and the family ends; it expired.
 */
export type Verdict = 'fresh' | 'repeated' | 'replayed' | 'expired'

export function judge({ usedAt, expiresAt }: { usedAt: Date | null; expiresAt: Date }, now: Date): Verdict {
  if (expiresAt <= now) return 'expired'
  if (usedAt === null) return 'fresh'
  return now.getTime() - usedAt.getTime() <= GRACE ? 'repeated' : 'replayed'
}
