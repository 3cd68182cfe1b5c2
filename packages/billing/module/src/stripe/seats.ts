import type { Stripe as Sdk } from 'stripe'
import type { BillingContext } from '../context.ts'
import { planOfProduct } from '../plans.ts'
import { keyOf } from './changes.ts'
import { ask, idOf, unlessMissing } from './client.ts'
import { minimumSeatsOf, seatItemOf } from './readings.ts'
import { phaseAgain } from './schedules.ts'

type Proration = NonNullable<Sdk.SubscriptionUpdateParams['proration_behavior']>

/** What a subscription pays for seats, and what it will once another plan takes its place. */
export interface PaidSeats {
  subscriptionId: string
  itemId: string
  status: Sdk.Subscription['status']
  interval: string | undefined
  seats: number
  /** The fewest that are to be paid for. */
  minimumSeats: number
  /** Where a schedule says what is paid: it would undo what is said to the subscription. */
  schedule: { id: string; phases: SeatPhase[] } | null
}

/** A phase that runs or is to come. */
interface SeatPhase {
  phase: Sdk.SubscriptionSchedule.Phase
  /** The place of the seats among its items; -1 where it has none. */
  at: number
  minimumSeats: number
}

/** Undefined where there is nothing to change any more. */
export async function readPaidSeats(subscriptionId: string, ctx: BillingContext): Promise<PaidSeats | undefined> {
  const found = await unlessMissing(ask(ctx, (stripe) => stripe.subscriptions.retrieve(subscriptionId)))
  const item = found && seatItemOf(found)
  if (!item || isOver(found.status)) return undefined
  const minimumSeats = minimumSeatsOf(found)
  return {
    subscriptionId,
    itemId: item.id,
    status: found.status,
    interval: item.price.recurring?.interval,
    seats: item.quantity ?? 1,
    minimumSeats,
    schedule: found.schedule === null ? null : await readPhases(idOf(found.schedule), minimumSeats, ctx),
  }
}

/** Whether other seats are paid for, now or later, than there are to be for so many members. */
export function seatsDiffer({ seats, minimumSeats, schedule }: PaidSeats, members: number): boolean {
  const phases = schedule?.phases.filter(({ at }) => at >= 0) ?? []
  return (
    seats !== Math.max(members, minimumSeats) ||
    phases.some(({ phase, at, minimumSeats }) => phase.items[at]?.quantity !== Math.max(members, minimumSeats))
  )
}

/** `because`: what it is done for, so that it is done once for that, and again for what happens later. */
export async function writeSeats(
  paid: PaidSeats,
  { members, because }: { members: number; because: string },
  ctx: BillingContext,
): Promise<void> {
  const seats = Math.max(members, paid.minimumSeats)
  const proration_behavior = prorationOf(paid, seats)
  const cause = `${paid.subscriptionId}-${because}-${paid.seats}`
  if (paid.schedule) {
    const { id, phases } = paid.schedule
    const params = { phases: phases.map((phase) => withSeats(phase, members)), proration_behavior }
    const idempotencyKey = keyOf('seats', cause, params)
    await ask(ctx, (stripe) => stripe.subscriptionSchedules.update(id, params, { idempotencyKey }))
  } else {
    const params = { items: [{ id: paid.itemId, quantity: seats }], proration_behavior }
    const idempotencyKey = keyOf('seats', cause, params)
    await ask(ctx, (stripe) => stripe.subscriptions.update(paid.subscriptionId, params, { idempotencyKey }))
  }
}

/**
 * How the rest of the period is settled: with the next invoice; at once where that is a year away and there is something
 * to pay, unless an invoice waits to be paid as it is. A trial has nothing to settle.
 */
export function prorationOf(
  { status, interval, seats }: Pick<PaidSeats, 'status' | 'interval' | 'seats'>,
  wanted: number,
): Proration {
  if (status === 'trialing') return 'none'
  const owes = status !== 'active'
  return interval === 'year' && wanted > seats && !owes ? 'always_invoice' : 'create_prorations'
}

async function readPhases(id: string, minimumSeats: number, ctx: BillingContext): Promise<PaidSeats['schedule']> {
  const expand = ['phases.items.price']
  const { phases, current_phase: current } = await ask(ctx, (stripe) =>
    stripe.subscriptionSchedules.retrieve(id, { expand }),
  )
  const begun = current?.start_date ?? 0
  return {
    id,
    phases: phases
      .filter(({ start_date: start }) => start >= begun)
      .map((phase) => ({
        phase,
        at: phase.items.findIndex(({ price }) => isSeat(price)),
        minimumSeats: phase.start_date === begun ? minimumSeats : minimumSeatsOf({ metadata: phase.metadata ?? {} }),
      })),
  }
}

function withSeats(
  { phase, at, minimumSeats }: SeatPhase,
  members: number,
): Sdk.SubscriptionScheduleUpdateParams.Phase {
  const { items, ...again } = phaseAgain(phase)
  const quantity = Math.max(members, minimumSeats)
  return { ...again, items: items.map((item, index) => (index === at ? { ...item, quantity } : item)) }
}

function isSeat(price: Sdk.SubscriptionSchedule.Phase.Item['price']): boolean {
  if (typeof price === 'string' || price.deleted) return false
  return price.recurring?.usage_type === 'licensed' && planOfProduct(idOf(price.product)) !== undefined
}

function isOver(status: Sdk.Subscription['status']): boolean {
  return status === 'canceled' || status === 'incomplete' || status === 'incomplete_expired'
}
