import type { PlanId, SubscriptionStatus } from '@lightpress/billing-contract'

/** How an organisation stands with what it pays for, as far as people are told. `paused`: it is not paid, and grace is over. */
export type Standing = 'fine' | 'trying' | 'owing' | 'paused' | 'ended'

export interface Heard {
  status: SubscriptionStatus
  /** Not said by events from before grace was told of. */
  entitledPlanId?: PlanId | null | undefined
}

export function standingOf({ status, entitledPlanId }: Heard): Standing {
  switch (status) {
    case 'trialing':
      return 'trying'
    case 'past_due':
      return entitledPlanId === 'free' ? 'paused' : 'owing'
    case 'unpaid':
      return 'paused'
    case 'canceled':
      return 'ended'
    // Incomplete is a checkout that goes on.
    case 'active':
    case 'incomplete':
      return 'fine'
  }
}
