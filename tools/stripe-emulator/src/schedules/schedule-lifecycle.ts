import type { Due } from '../clocks/agenda.ts'
import type { Context } from '../context.ts'
import type { State, Subscription, SubscriptionSchedule } from '../state/state.ts'
import { cancelSubscription, type Ending } from '../subscriptions/cancellation.ts'
import { changeSubscription } from '../subscriptions/change-subscription.ts'
import { createSubscription } from '../subscriptions/create-subscription.ts'
import type { ProrationBehavior } from '../subscriptions/new-subscription.ts'
import { applyChanges } from '../webhooks/events.ts'
import { cancelAt, changeFor, subscriptionFor } from './phase-change.ts'
import { phaseAt, type Phase } from './phases.ts'

/** How long before its end a schedule tells of it. */
const notice = 7 * 86_400

/** Starts the subscription with the first phase. */
export function beginSchedule(schedule: SubscriptionSchedule, ctx: Context): void {
  const phase = phaseAt(schedule.phases, ctx.now)
  if (!phase) throw new Error(`no phase of ${schedule.id} contains ${ctx.now}`)
  Object.assign(schedule, { status: 'active', current_phase: datesOf(phase) } satisfies Partial<SubscriptionSchedule>)
  const subscription = createSubscription(subscriptionFor(schedule, phase, ctx), ctx)
  schedule.subscription = subscription.id
}

/** Goes over to another phase, or to the same one as it is now. */
export function enterPhase(
  schedule: SubscriptionSchedule,
  { from, to, prorationBehavior }: { from: Phase; to: Phase; prorationBehavior: ProrationBehavior },
  ctx: Context,
): void {
  const subscription = subscriptionOf(schedule, ctx.state)
  schedule.current_phase = datesOf(to)
  changeSubscription(subscription, changeFor(subscription, { schedule, from, to, prorationBehavior }, ctx), ctx)
}

/** Leaves the subscription to itself. */
export function releaseSchedule(
  schedule: SubscriptionSchedule,
  { keepCancellation = false }: { keepCancellation?: boolean },
  ctx: Context,
): void {
  const previous = applyChanges(schedule, {
    status: 'released',
    current_phase: null,
    released_at: ctx.now,
    released_subscription: schedule.subscription,
    subscription: null,
  })
  const subscription = ctx.state.subscriptions.get(schedule.released_subscription ?? '')
  if (subscription) {
    const planned = cancelAt(schedule) !== null && subscription.cancel_at === cancelAt(schedule)
    const fields = { schedule: null, ...(planned && !keepCancellation && { cancel_at: null, canceled_at: null }) }
    const before = applyChanges(subscription, fields)
    if (before) ctx.emit('customer.subscription.updated', subscription, before)
  }
  if (previous) ctx.emit('subscription_schedule.updated', schedule, previous)
  ctx.emit('subscription_schedule.released', schedule)
}

/** Gives up the plan, and ends the subscription that it has. */
export function cancelSchedule(
  schedule: SubscriptionSchedule,
  ending: Pick<Ending, 'invoiceNow' | 'prorate'>,
  ctx: Context,
): void {
  const end = { status: 'canceled', canceled_at: ctx.now, current_phase: null } as const
  Object.assign(schedule, end satisfies Partial<SubscriptionSchedule>)
  const subscription = ctx.state.subscriptions.get(schedule.subscription ?? '')
  if (subscription) cancelSubscription(subscription, ending, ctx)
  ctx.emit('subscription_schedule.canceled', schedule)
}

/** Everything that a schedule does by itself. */
export function* scheduleDues({ schedules, scheduleRecords }: State): Iterable<Due> {
  for (const schedule of schedules.values()) {
    const { id, customer, current_phase: current, phases } = schedule
    const end = phases.at(-1)?.end_date
    if (schedule.status === 'not_started' && phases[0]) {
      yield { customer, at: phases[0].start_date, what: `Start of ${id}`, act: (ctx) => start(schedule, ctx) }
    }
    if (schedule.status !== 'active' || !current || end === undefined) continue
    if (scheduleRecords.get(id)?.toldEnd !== end && end - notice > current.start_date) {
      yield { customer, at: end - notice, what: `Notice of the end of ${id}`, act: (ctx) => tellEnd(schedule, ctx) }
    }
    const what = current.end_date === end ? `End of ${id}` : `Next phase of ${id}`
    yield { customer, at: current.end_date, what, act: (ctx) => goOn(schedule, ctx) }
  }
}

function start(schedule: SubscriptionSchedule, ctx: Context): void {
  const { status, current_phase: current, subscription } = schedule
  beginSchedule(schedule, ctx)
  ctx.emit('subscription_schedule.updated', schedule, { status, current_phase: current, subscription })
}

function tellEnd(schedule: SubscriptionSchedule, { state, emit }: Context): void {
  state.scheduleRecords.set(schedule.id, { toldEnd: schedule.phases.at(-1)?.end_date ?? null })
  emit('subscription_schedule.expiring', schedule)
}

function goOn(schedule: SubscriptionSchedule, ctx: Context): void {
  const { phases, current_phase: current } = schedule
  const from = phases.find(({ start_date: began }) => began === current?.start_date)
  const to = phaseAt(phases, ctx.now)
  if (from && to) {
    enterPhase(schedule, { from, to, prorationBehavior: to.proration_behavior }, ctx)
    ctx.emit('subscription_schedule.updated', schedule, { current_phase: current })
  } else if (schedule.end_behavior === 'cancel') {
    complete(schedule, ctx)
  } else {
    releaseSchedule(schedule, {}, ctx)
  }
}

/** The subscription's own end is due at this same second. */
function complete(schedule: SubscriptionSchedule, ctx: Context): void {
  const end = { status: 'completed', completed_at: ctx.now, current_phase: null } as const
  Object.assign(schedule, end satisfies Partial<SubscriptionSchedule>)
  ctx.emit('subscription_schedule.completed', schedule)
}

function datesOf({ start_date, end_date }: Phase): SubscriptionSchedule['current_phase'] {
  return { end_date, start_date }
}

function subscriptionOf({ id, subscription }: SubscriptionSchedule, { subscriptions }: State): Subscription {
  const found = subscriptions.get(subscription ?? '')
  if (!found) throw new Error(`${id} is active without a subscription`)
  return found
}
