import type { Subscription } from '@lightpress/billing-contract'

type Status = Subscription['status']

/** Ended for good: the organisation is on the free plan again and may choose anew. */
export function isEnded(status: Status): boolean {
  return status === 'canceled'
}

/** Takes money, or waits for it. One that never got its first payment (`incomplete`) stands in nobody's way. */
export function isSubscribed(status: Status): boolean {
  return !isEnded(status) && status !== 'incomplete'
}

/** What pays counts before what waits for money, and that before what has ended; of equals the newest. */
const rank: Record<Status, number> = { active: 5, trialing: 4, past_due: 3, unpaid: 2, incomplete: 1, canceled: 0 }

/** The one subscription that counts of all that a customer has or had; undefined of none. */
export function currentOf<S extends { status: Status; createdAt: Date }>(all: readonly S[]): S | undefined {
  const [current] = all.toSorted(
    (a, b) => rank[b.status] - rank[a.status] || b.createdAt.getTime() - a.createdAt.getTime(),
  )
  return current
}
