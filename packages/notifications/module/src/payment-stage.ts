import type { PaymentFailedData } from './messages.ts'

/** How urgent a failed payment is; `last`: nobody tries again before the plan stops, so it is for people to act. */
export type Stage = 'first' | 'again' | 'last'

export function stageOf({
  attempt,
  nextAttemptAt,
  graceEndsAt,
}: Pick<PaymentFailedData, 'attempt' | 'nextAttemptAt' | 'graceEndsAt'>): Stage {
  if (attempt <= 1) return 'first'
  return nextAttemptAt === null || new Date(nextAttemptAt) >= new Date(graceEndsAt) ? 'last' : 'again'
}
