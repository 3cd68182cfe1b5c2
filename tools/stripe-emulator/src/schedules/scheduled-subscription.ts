import type { Context } from '../context.ts'
import { invalidRequest } from '../http/errors.ts'
import type { State, Subscription, SubscriptionSchedule } from '../state/state.ts'
import { applyChanges } from '../webhooks/events.ts'

/** When a subscription ends, the schedule says: one that has a schedule takes no other word for it. */
export function refuseScheduledCancellation({ schedule }: Subscription): void {
  if (schedule === null) return
  throw invalidRequest(
    `The subscription is managed by the subscription schedule \`${schedule}\`, and updating any cancelation behavior ` +
      'directly is not allowed. Please update the schedule instead.',
  )
}

/** What was changed on the subscription itself holds until the phase ends. */
export function followSubscription(subscription: Subscription, ctx: Context): void {
  const schedule = activeScheduleOf(subscription, ctx.state)
  if (!schedule) return
  const phases = schedule.phases.map((phase) => {
    if (phase.start_date !== schedule.current_phase?.start_date) return phase
    return {
      ...phase,
      items: subscription.items.data.map(({ price, quantity, metadata }) => {
        const before = phase.items.find((item) => item.price === price.id)
        return {
          billing_thresholds: null,
          discounts: before?.discounts ?? [],
          metadata,
          plan: price.id,
          price: price.id,
          ...(quantity !== undefined && { quantity }),
          tax_rates: [],
        }
      }),
      metadata: subscription.metadata,
      trial_end: subscription.trial_end,
    }
  })
  const previous = applyChanges(schedule, { phases })
  if (previous) ctx.emit('subscription_schedule.updated', schedule, previous)
}

/** A schedule does not outlive its subscription; `delinquent` if that ended because nobody paid. */
export function endScheduleOf(subscription: Subscription, why: 'canceled' | 'delinquent', ctx: Context): void {
  const schedule = activeScheduleOf(subscription, ctx.state)
  if (!schedule) return
  const end = { status: 'canceled', canceled_at: ctx.now, current_phase: null } as const
  Object.assign(schedule, end satisfies Partial<SubscriptionSchedule>)
  ctx.emit(why === 'delinquent' ? 'subscription_schedule.aborted' : 'subscription_schedule.canceled', schedule)
}

function activeScheduleOf({ schedule: id }: Subscription, { schedules }: State): SubscriptionSchedule | null {
  const schedule = schedules.get(id ?? '')
  return schedule?.status === 'active' ? schedule : null
}
