import type { Subscription } from '@lightpress/billing-contract'
import { organizationOf } from '@lightpress/kernel'
import { eq } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { convergeNow } from './converge.ts'
import { findCustomer, lockCustomer } from './customers.ts'
import { supersedeOpen } from './open-changes.ts'
import { changeSuperseded, nothingToResume, notSubscribed } from './refusals.ts'
import { subscription } from './schema.ts'
import { endWithPeriod, goOn, readStanding, type Standing } from './stripe/changes.ts'
import { isOurMistake } from './stripe/client.ts'
import { cancelSubscription as endNow } from './stripe/endings.ts'
import { releaseSchedule } from './stripe/schedules.ts'
import { findSubscription, type SubscriptionRow } from './subscriptions.ts'

/** Ends it with the period that is paid for; at once where none is. What was planned instead is given up. */
export async function cancelSubscription(_input: object, ctx: BillingContext): Promise<Subscription> {
  return decide(ctx, async (standing, copy) => {
    if (!standing) {
      // It has ended meanwhile, or the answer to this was lost.
      if (!copy) throw notSubscribed()
      return
    }
    await releaseIfPlanned(standing, ctx)
    if (standing.status !== 'active' && standing.status !== 'trialing') return endNow(standing.id, ctx)
    if (standing.ending !== null && standing.stripeScheduleId === null) return
    await endWithPeriod(standing, ctx)
  })
}

/** Takes back what was to happen when the period ends: the end, or another plan. */
export async function resumeSubscription(_input: object, ctx: BillingContext): Promise<Subscription> {
  return decide(ctx, async (standing, copy) => {
    if (!standing || standing.status === 'incomplete') throw notSubscribed()
    const isPlanned = standing.ending !== null || standing.stripeScheduleId !== null
    // Where the copy says so it was so a moment ago, and is taken back already: the answer was lost.
    const wasPlanned = copy?.cancelAtPeriodEnd || copy?.stripeScheduleId != null
    if (!isPlanned && !wasPlanned) throw nothingToResume()
    const released = await releaseIfPlanned(standing, ctx)
    if (released.ending !== null) await goOn(released, ctx)
  })
}

type Effect = (standing: Standing | undefined, copy: SubscriptionRow | undefined) => Promise<void>

async function decide(ctx: BillingContext, effect: Effect): Promise<Subscription> {
  const organizationId = organizationOf(ctx)
  const customerId = await findCustomer(organizationId, ctx)
  if (customerId === undefined) throw notSubscribed()
  const decision = { organizationId, customerId, effect }
  // Who was overtaken looks at what there is now, and decides once more.
  if (!(await carryOut(decision, ctx)) && !(await carryOut(decision, ctx))) throw changeSuperseded()
  await convergeNow(organizationId, ctx)
  return findSubscription(organizationId, ctx, { mayPay: true })
}

/**
 * What is decided here is decided for good: a change that was begun before and not finished is over. False where one that
 * began after that was faster, and Stripe refused what was meant for the subscription as it was.
 */
async function carryOut(
  { organizationId, customerId, effect }: { organizationId: string; customerId: string; effect: Effect },
  ctx: BillingContext,
): Promise<boolean> {
  await ctx.withTx(async (tx) => {
    await lockCustomer(tx, organizationId)
    await supersedeOpen(tx, organizationId)
  })
  const [copy] = await ctx.db.select().from(subscription).where(eq(subscription.organizationId, organizationId))
  const standing = await readStanding(customerId, ctx)
  try {
    await effect(standing, copy)
    return true
  } catch (error) {
    if (!isOurMistake(error)) throw error
    const now = await readStanding(customerId, ctx)
    if (now?.id === standing?.id && now?.stripeScheduleId === standing?.stripeScheduleId) throw error
    return false
  }
}

/** As it is without its schedule, which may have said as well when it ends. */
async function releaseIfPlanned(standing: Standing, ctx: BillingContext): Promise<Standing> {
  if (standing.stripeScheduleId === null) return standing
  await releaseSchedule(standing.stripeScheduleId, ctx)
  return (await readStanding(standing.customerId, ctx)) ?? standing
}
