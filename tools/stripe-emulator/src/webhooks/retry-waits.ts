const minute = 60_000
const hour = 60 * minute

/**
 * Stripe tries for three days, ever more rarely (https://docs.stripe.com/webhooks#automatic-retries), and does not say
 * when exactly. These waits are what its dashboard was seen to announce; they add up to two days and 17 hours.
 */
const refusedWaits = [5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, ...Array<number>(4).fill(12 * hour)]

/** Milliseconds until the next attempt after so many refusals; null when it is given up. */
export function waitAfterRefusals(refusals: number, pace: number): number | null {
  const wait = refusedWaits[refusals - 1]
  return wait === undefined ? null : wait / pace
}

/** While nobody listens at all (a restart), which is not Stripe's way: whoever develops waits for it. */
const downWaits = [250, 500, 1_000, 2_000, 5_000]

/** Failures in a row; the last of them comes nearly four seconds after the first, which is longer than a restart takes. */
export const awayForLongAfter = downWaits.length

export function waitAfterFailures(failures: number): number {
  return downWaits[Math.min(failures, downWaits.length) - 1] ?? 0
}

/** An endpoint that stays down is waited for as long as Stripe does, in real time. */
export const givesUpAfter = 72 * hour
