import { isDeepStrictEqual } from 'node:util'
import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { invalidRequest } from '../http/errors.ts'
import { mergeMetadata } from '../http/metadata.ts'
import type { SubscriptionSchedule } from '../state/state.ts'
import type { ProrationBehavior } from '../subscriptions/new-subscription.ts'
import { applyChanges } from '../webhooks/events.ts'
import { withDefaults } from './new-schedule.ts'
import { layOut, phaseAt, refusePast, seconds, type Phase } from './phases.ts'
import { beginSchedule, enterPhase } from './schedule-lifecycle.ts'
import type { GivenDefaults, GivenPhase } from './schedule-params.ts'

export interface ScheduleChange {
  default_settings?: GivenDefaults | undefined
  end_behavior?: 'cancel' | 'release' | undefined
  metadata?: Record<string, string> | null | undefined
  phases?: GivenPhase[] | undefined
  /** For what the change of the phase that runs makes different. */
  proration_behavior?: ProrationBehavior | undefined
}

/**
 * Changes the plan. What it says of the phase that runs holds at once; the phases to come are those that are given; past
 * ones can be left out. https://docs.stripe.com/api/subscription_schedules/update
 */
export function updateSchedule(
  schedule: SubscriptionSchedule,
  given: ScheduleChange,
  ctx: Context,
): SubscriptionSchedule {
  const customer = findCustomer(schedule.customer, ctx)
  const running = phaseAt(schedule.phases, schedule.current_phase?.start_date ?? -1)
  const metadata = mergeMetadata(schedule.metadata ?? {}, given.metadata)
  const phases = given.phases && phasesAfter(schedule, given.phases, ctx)
  const previous = applyChanges(schedule, {
    phases,
    default_settings: withDefaults(schedule.default_settings, given.default_settings, customer, ctx),
    end_behavior: given.end_behavior,
    metadata,
  })
  if (!previous) return schedule
  const before = { current_phase: schedule.current_phase, status: schedule.status, subscription: schedule.subscription }
  const to = phaseAt(schedule.phases, ctx.now)
  if (!running && to) beginSchedule(schedule, ctx)
  if (running && to) takeOn(schedule, { from: running, to, asked: given.proration_behavior }, ctx)
  const changed = Object.entries(before).filter(
    ([name, value]) => !isDeepStrictEqual(value, schedule[name as keyof typeof before]),
  )
  ctx.emit('subscription_schedule.updated', schedule, { ...previous, ...Object.fromEntries(changed) })
  return schedule
}

/** A phase that begins now is a transition by its own rules; one that goes on changes by those of the request. */
function takeOn(
  schedule: SubscriptionSchedule,
  { from, to, asked = 'create_prorations' }: { from: Phase; to: Phase; asked: ProrationBehavior | undefined },
  ctx: Context,
): void {
  const begins = to.start_date !== from.start_date
  enterPhase(schedule, { from, to, prorationBehavior: begins ? to.proration_behavior : asked }, ctx)
}

function phasesAfter(schedule: SubscriptionSchedule, given: GivenPhase[], ctx: Context): Phase[] {
  const [first] = given
  if (first?.start_date === undefined) {
    throw invalidRequest(
      'The subscription schedule update is missing at least one phase with a `start_date` to anchor end dates to.',
      { param: 'phases' },
    )
  }
  const start = seconds(first.start_date, ctx)
  const current = schedule.current_phase
  if (current && !schedule.phases.some((phase) => phase.start_date === start && start <= current.start_date)) {
    throw invalidRequest('You can not modify the start date of the current phase.', { param: 'phases[0][start_date]' })
  }
  const phases = layOut(given, { customer: findCustomer(schedule.customer, ctx), start }, ctx)
  if (current && !phases.some((phase) => phase.start_date === current.start_date)) {
    throw invalidRequest('You can not modify the start date of the current phase.', { param: 'phases' })
  }
  const [currency, before] = [phases[0]?.currency, schedule.phases[0]?.currency]
  if (current && currency !== before) {
    throw invalidRequest(`The schedule is in ${before ?? ''}, which cannot be changed.`, { param: 'phases' })
  }
  refusePast(phases, ctx)
  return [...schedule.phases.filter((phase) => current && phase.end_date <= start), ...phases]
}
