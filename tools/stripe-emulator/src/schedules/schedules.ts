import type Stripe from 'stripe'
import { onClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { created, flag, metadata, paging, params, text } from '../http/params.ts'
import type { SubscriptionSchedule } from '../state/state.ts'
import { createSchedule, scheduleFrom } from './new-schedule.ts'
import { updateSchedule } from './schedule-change.ts'
import { cancelSchedule, releaseSchedule } from './schedule-lifecycle.ts'
import { prorationBehavior } from '../subscriptions/subscription-params.ts'
import { changedPhases, defaultSettings, endBehavior, moment, newPhases } from './schedule-params.ts'

const path = '/v1/subscription_schedules'

const createParams = params<Stripe.SubscriptionScheduleCreateParams>()({
  customer: text.optional(),
  default_settings: defaultSettings.optional(),
  end_behavior: endBehavior.optional(),
  from_subscription: text.optional(),
  metadata: metadata.optional(),
  phases: newPhases.optional(),
  start_date: moment.optional(),
})

const updateParams = params<Stripe.SubscriptionScheduleUpdateParams>()({
  default_settings: defaultSettings.optional(),
  end_behavior: endBehavior.optional(),
  metadata: metadata.optional(),
  phases: changedPhases.optional(),
  proration_behavior: prorationBehavior.optional(),
})

const listParams = params<Stripe.SubscriptionScheduleListParams>()({
  ...paging,
  canceled_at: created,
  completed_at: created,
  created,
  customer: text.optional(),
  released_at: created,
  scheduled: flag.optional(),
})

const cancelParams = params<Stripe.SubscriptionScheduleCancelParams>()({
  invoice_now: flag.optional(),
  prorate: flag.optional(),
})

const releaseParams = params<Stripe.SubscriptionScheduleReleaseParams>()({ preserve_cancel_date: flag.optional() })

export const subscriptionSchedules: Endpoint[] = [
  collection(['POST', path], createParams, (given, ctx) => {
    const { from_subscription: subscription, customer, phases, start_date: start, ...settings } = given
    if (subscription !== undefined) {
      const other = Object.entries({ ...settings, customer, phases, start }).find(([, value]) => value !== undefined)
      if (other) {
        throw invalidRequest(
          'You cannot set this when from_subscription is set: create the schedule, then update it.',
          { param: other[0] === 'start' ? 'start_date' : other[0] },
        )
      }
      return scheduleFrom(subscription, ctx)
    }
    if (customer === undefined) throw missing('customer')
    if (phases === undefined) throw missing('phases')
    const owner = findCustomer(customer, ctx, 'customer')
    return createSchedule({ ...settings, customer: owner, phases, start }, onClockOf(customer, ctx))
  }),

  member(['GET', `${path}/:id`], params<Stripe.SubscriptionScheduleRetrieveParams>()({}), (id, _given, ctx) =>
    findSchedule(id, ctx),
  ),

  member(['POST', `${path}/:id`], updateParams, (id, given, ctx) => {
    const schedule = findLive(id, 'update', ctx)
    return updateSchedule(schedule, given, onClockOf(schedule.customer, ctx))
  }),

  member(['POST', `${path}/:id/cancel`], cancelParams, (id, { invoice_now: now = true, prorate = true }, ctx) => {
    const schedule = findLive(id, 'cancel', ctx)
    cancelSchedule(schedule, { invoiceNow: now, prorate }, onClockOf(schedule.customer, ctx))
    return schedule
  }),

  member(['POST', `${path}/:id/release`], releaseParams, (id, { preserve_cancel_date: keep }, ctx) => {
    const schedule = findLive(id, 'release', ctx)
    releaseSchedule(schedule, { keepCancellation: keep ?? false }, onClockOf(schedule.customer, ctx))
    return schedule
  }),

  /** Without a customer, those on test clocks are left out: https://docs.stripe.com/api/subscription_schedules/list */
  collection(['GET', path], listParams, (given, { state }) =>
    paginate(
      state.schedules.matching(
        (schedule) =>
          where(given, 'customer')(schedule) &&
          (given.customer !== undefined || schedule.test_clock === null) &&
          (given.scheduled !== true || schedule.status === 'not_started') &&
          within(schedule.canceled_at, given.canceled_at) &&
          within(schedule.completed_at, given.completed_at) &&
          within(schedule.released_at, given.released_at),
      ),
      path,
      given,
    ),
  ),
]

function findSchedule(id: string, { state }: Context): SubscriptionSchedule {
  const schedule = state.schedules.get(id)
  if (!schedule) throw noSuch('subscription_schedule', id)
  return schedule
}

/** https://docs.stripe.com/api/subscription_schedules/release */
function findLive(id: string, deed: 'update' | 'cancel' | 'release', ctx: Context): SubscriptionSchedule {
  const schedule = findSchedule(id, ctx)
  if (schedule.status === 'not_started' || schedule.status === 'active') return schedule
  throw invalidRequest(
    `You cannot ${deed} a subscription schedule that is currently in the \`${schedule.status}\` status. ` +
      'It must be in one of the following statuses: `not_started`, `active`.',
  )
}

interface Range {
  gt?: number | undefined
  gte?: number | undefined
  lt?: number | undefined
  lte?: number | undefined
}

function within(time: number | null, range: Range | undefined): boolean {
  if (!range) return true
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range
  return time !== null && time > gt && time >= gte && time < lt && time <= lte
}

function missing(param: string): Error {
  return invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
}
