import type { Stripe as Sdk } from 'stripe'
import type { BillingContext } from '../context.ts'
import { changeSuperseded } from '../refusals.ts'
import { keyOf, type PhaseItem, type Standing } from './changes.ts'
import { ask, idOf, isOurMistake } from './client.ts'

type Schedule = Sdk.SubscriptionSchedule
type Phase = Sdk.SubscriptionScheduleUpdateParams.Phase

export interface PlannedTerms {
  changeId: string
  minimumSeats: number
  items: PhaseItem[]
  interval: 'month' | 'year'
}

/**
 * Plans that a subscription is another one from the end of its period on: a phase until then, as it is, and one after
 * it, with which the plan has done its work and lets go. What was planned before makes place.
 */
export async function changeWithPeriod(
  standing: Standing,
  { changeId, minimumSeats, items, interval }: PlannedTerms,
  ctx: BillingContext,
): Promise<void> {
  const schedule = await scheduleOf(standing, changeId, ctx)
  // It says so itself, for it is said together with the phases: they were planned, and the answer was lost.
  if (schedule.metadata?.changeId === changeId) return
  const running = runningPhase(schedule, standing)
  const following: Phase = {
    items: items.map(({ priceId, quantity }) => ({ price: priceId, ...(quantity !== null && { quantity }) })),
    duration: { interval, interval_count: 1 },
    ...(running.discounts && { discounts: running.discounts }),
    metadata: { ...running.metadata, changeId, minimumSeats: String(minimumSeats) },
    proration_behavior: 'none',
  }
  const params: Sdk.SubscriptionScheduleUpdateParams = {
    end_behavior: 'release',
    proration_behavior: 'none',
    phases: [running, following],
    metadata: { changeId },
  }
  const idempotencyKey = keyOf('plan', changeId, params)
  try {
    await ask(ctx, (stripe) => stripe.subscriptionSchedules.update(schedule.id, params, { idempotencyKey }))
  } catch (error) {
    if (!isOurMistake(error) || (await isAtWork(schedule.id, ctx))) throw error
    // Somebody cancelled or resumed after it was begun, and released the schedule before it said anything.
    throw changeSuperseded()
  }
}

/** Leaves a subscription as it is, for good. Of one that is left to itself already that is said in vain. */
export async function releaseSchedule(id: string, ctx: BillingContext): Promise<void> {
  try {
    await ask(ctx, (stripe) => stripe.subscriptionSchedules.release(id))
  } catch (error) {
    if (!isOurMistake(error) || (await isAtWork(id, ctx))) throw error
  }
}

async function isAtWork(id: string, ctx: BillingContext): Promise<boolean> {
  const { status } = await ask(ctx, (stripe) => stripe.subscriptionSchedules.retrieve(id))
  return status === 'active' || status === 'not_started'
}

async function scheduleOf(
  { id, stripeScheduleId }: Standing,
  changeId: string,
  ctx: BillingContext,
): Promise<Schedule> {
  if (stripeScheduleId !== null) return ask(ctx, (stripe) => stripe.subscriptionSchedules.retrieve(stripeScheduleId))
  const idempotencyKey = `schedule-${changeId}`
  return ask(ctx, (stripe) => stripe.subscriptionSchedules.create({ from_subscription: id }, { idempotencyKey }))
}

/** The phase that runs, in the words that an update takes, until the period ends. */
function runningPhase({ phases, current_phase: current }: Schedule, { currentPeriodEnd }: Standing): Phase {
  const phase = phases.find(({ start_date: start }) => start === current?.start_date)
  if (!phase) throw new TypeError('A schedule of a subscription that runs has a phase that does')
  return { ...phaseAgain(phase), end_date: currentPeriodEnd.getTime() / 1000, proration_behavior: 'none' }
}

/** A phase as it is, in the words that an update takes. */
export function phaseAgain(phase: Schedule['phases'][number]): Phase {
  return {
    items: phase.items.map(({ price, quantity, discounts, metadata }) => ({
      price: idOf(price),
      ...(quantity !== undefined && { quantity }),
      ...(discounts.length > 0 && { discounts: discounts.map(discountOf) }),
      ...(metadata !== null && { metadata }),
    })),
    start_date: phase.start_date,
    end_date: phase.end_date,
    ...(phase.discounts.length > 0 && { discounts: phase.discounts.map(discountOf) }),
    ...(phase.metadata !== null && { metadata: phase.metadata }),
    proration_behavior: phase.proration_behavior,
  }
}

function discountOf({ coupon, discount, promotion_code: code }: Schedule['phases'][number]['discounts'][number]) {
  if (discount !== null) return { discount: idOf(discount) }
  return code === null ? { coupon: idOf(coupon ?? '') } : { promotion_code: idOf(code) }
}
