import type { PlanChange, Subscription } from '@lightpress/billing-contract'
import { otherLeastSeats } from './seats.ts'

/** What the fields say. */
export interface Wanted extends Pick<PlanChange, 'planId' | 'interval'> {
  /** Undefined while what stands there cannot be had. */
  seats: number | undefined
}

/** What is asked for; undefined where that is what there is, or where it is not said whole. */
export function wantedChange(
  before: Pick<Subscription, 'planId' | 'interval' | 'minimumSeats'>,
  { planId, interval, seats: wanted }: Wanted,
  people: number,
): PlanChange | undefined {
  if (wanted === undefined) return undefined
  const seats = otherLeastSeats(wanted, { people, agreed: before.minimumSeats })
  if (seats !== undefined) return { planId, interval, seats }
  return planId === before.planId && interval === before.interval ? undefined : { planId, interval }
}
