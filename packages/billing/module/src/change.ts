import type { Subscription } from '@lightpress/billing-contract'
import { newId, once, organizationOf, type Tx } from '@lightpress/kernel'
import { isAppError, type AppError, type Input } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import { isGood, prorationMoment } from './change-rules.ts'
import type { BillingContext, Ops } from './context.ts'
import { convergeNow } from './converge.ts'
import { findCustomer, lockCustomer } from './customers.ts'
import { nowFor } from './grace.ts'
import { claim, endChange, endUnclaimed, findOpenChange, supersedeOpen, type ChangeRow } from './open-changes.ts'
import { isUnavailable } from './patience.ts'
import { planChange, readNow, type PlannedChange } from './planned-change.ts'
import { previewNow } from './preview-change.ts'
import * as refusals from './refusals.ts'
import { requestSeats } from './requests.ts'
import { change, customer } from './schema.ts'
import { changeAtOnce, goOn, itemsAfter } from './stripe/changes.ts'
import { changeWithPeriod, releaseSchedule } from './stripe/schedules.ts'
import { findSubscription } from './subscriptions.ts'

type Choice = Input<Ops['changeSubscription']>
type Confirmed = Choice['confirmed']

/**
 * Changes the plan. First the choice is written down, then Stripe is asked under the choice's own id, then what came of it
 * is read: pressed twice, sent again or tried again after a lost answer, it is one change and one charge.
 */
export async function changeSubscription(choice: Choice, ctx: BillingContext): Promise<Subscription> {
  const organizationId = organizationOf(ctx)
  if ((await findCustomer(organizationId, ctx)) === undefined) throw refusals.notSubscribed()
  const input = { organizationId, ...choice }
  const id = await ctx.withTx((tx) =>
    once(tx, { operation: 'changeSubscription', input, effect: () => begin(tx, input) }, ctx),
  )
  const [row] = await ctx.db.select().from(change).where(eq(change.id, id))
  if (!row) throw refusals.organizationClosed()
  if (row.failure) throw refusedBefore(row.failure)
  if (!row.endedAt) await carryThrough(row, choice.confirmed, ctx)
  return findSubscription(organizationId, ctx, { mayPay: true })
}

/** Finds the change that was begun for this choice, or writes down a new one in place of others; answers its id. */
async function begin(
  tx: Tx,
  { organizationId, planId, interval, seats, confirmed }: Choice & { organizationId: string },
): Promise<string> {
  const { clockAt } = await lockCustomer(tx, organizationId)
  const wanted = { planId, interval, minimumSeats: seats ?? null }
  const begun = await findOpenChange(tx, organizationId, { ...wanted, at: confirmed?.at ?? null })
  if (begun) return begun.id
  await supersedeOpen(tx, organizationId)
  const id = newId()
  const prorateAt = confirmed ? new Date(confirmed.at) : nowFor(clockAt)
  await tx.insert(change).values({ id, organizationId, ...wanted, prorateAt })
  return id
}

/** Until it is known how it ended: with Stripe away it stays open, and whoever asks for the same goes on with it. */
async function carryThrough(row: ChangeRow, confirmed: Confirmed, ctx: BillingContext): Promise<void> {
  try {
    const todo = await prepare(row, confirmed, ctx)
    if (todo) await carryOut(row, todo, ctx)
    await convergeNow(row.organizationId, ctx)
  } catch (error) {
    // By this request or one before it Stripe may have done it: nobody is told that nothing was charged.
    throw isUnavailable(error) ? refusals.changeUncertain(error) : error
  }
  await endChange(row.id, null, ctx)
  // Somebody may have come or gone since the members were counted.
  await ctx.withTx((tx) => requestSeats(tx, eq(customer.organizationId, row.organizationId)))
}

interface Todo {
  planned: PlannedChange
  prorateAt: Date
}

/** What is to be asked of Stripe; null where it was done: its answer was lost, or a twin of this request was faster. */
async function prepare(row: ChangeRow, confirmed: Confirmed, ctx: BillingContext): Promise<Todo | null> {
  try {
    return await plan(row, confirmed, ctx)
  } catch (error) {
    if (isUnavailable(error)) throw error
    // What a twin has done since the subscription was read looks as if something were wrong with this one.
    if (await isDone(row, ctx)) return null
    if (isAppError(error) && error.code === 'conflict') await endUnclaimed(row.id, error.reason, ctx)
    throw error
  }
}

async function plan(row: ChangeRow, confirmed: Confirmed, ctx: BillingContext): Promise<Todo | null> {
  const { organizationId } = row
  const { standing, now } = await readNow(organizationId, ctx)
  if (standing?.changeId === row.id) {
    await letGo(row, standing.stripeScheduleId, ctx)
    return null
  }
  const planned = await planChange(standing, { organizationId, choice: row }, ctx)
  if (confirmed && !isGood(row.prorateAt, now, planned.standing)) throw refusals.previewExpired()
  const prorateAt = prorationMoment(row.prorateAt, planned.standing)
  if (confirmed) await requireAmount(planned, { prorateAt, dueNow: confirmed.dueNow }, ctx)
  return { planned, prorateAt }
}

async function isDone({ id, organizationId }: ChangeRow, ctx: BillingContext): Promise<boolean> {
  return (await readNow(organizationId, ctx)).standing?.changeId === id
}

async function carryOut(row: ChangeRow, todo: Todo, ctx: BillingContext): Promise<void> {
  await claim(row, ctx)
  try {
    await ask(row, todo, ctx)
  } catch (error) {
    if (isAppError(error) && error.code === 'conflict') await endChange(row.id, error.reason, ctx)
    throw error
  }
}

async function ask({ id }: ChangeRow, { planned, prorateAt }: Todo, ctx: BillingContext): Promise<void> {
  const { standing, effective, terms, items } = planned
  const { stripeScheduleId, ending } = standing
  const { minimumSeats, interval } = terms
  if (effective === 'period_end') {
    const going = ending !== null && stripeScheduleId === null ? await goOn(standing, ctx) : standing
    const after = itemsAfter(going, items)
    return changeWithPeriod(going, { changeId: id, minimumSeats, interval, items: after }, ctx)
  }
  // What was planned goes after that, so that a card that is declined changes nothing.
  await changeAtOnce(standing, { changeId: id, minimumSeats, items, prorateAt }, ctx)
  if (stripeScheduleId !== null) await releaseSchedule(stripeScheduleId, ctx)
}

/** What was planned before, and is not wanted any more. */
async function letGo(row: ChangeRow, scheduleId: string | null, ctx: BillingContext): Promise<void> {
  if (scheduleId === null) return
  await claim(row, ctx)
  await releaseSchedule(scheduleId, ctx)
}

/** Nobody is charged another amount than the one they were shown. */
async function requireAmount(
  planned: PlannedChange,
  { prorateAt, dueNow }: { prorateAt: Date; dueNow: NonNullable<Confirmed>['dueNow'] },
  ctx: BillingContext,
): Promise<void> {
  const charge = await previewNow(planned, prorateAt, ctx)
  const { currency } = planned.standing
  const due = charge?.amountDue.amount ?? 0
  if (dueNow.currency !== currency || dueNow.amount !== due) throw refusals.amountChanged()
}

/** A repeated request is refused as it was. */
function refusedBefore(reason: string): AppError {
  const refuse = asBefore[reason]
  return refuse ? refuse() : refusals.changeSuperseded()
}

const asBefore: Record<string, () => AppError> = {
  'billing.not_subscribed': refusals.notSubscribed,
  'billing.same_plan': refusals.samePlan,
  'billing.payment_due': refusals.paymentDue,
  'billing.amount_changed': refusals.amountChanged,
  'billing.preview_expired': refusals.previewExpired,
  'billing.payment_failed': () => refusals.paymentFailed('The card was declined.'),
}
