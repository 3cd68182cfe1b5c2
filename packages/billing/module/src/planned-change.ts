import type { PlanChange } from '@lightpress/billing-contract'
import { eq } from 'drizzle-orm'
import { effectOf, isSame, keepsPrice, type Effect, type Terms } from './change-rules.ts'
import type { BillingContext } from './context.ts'
import { nowFor } from './grace.ts'
import { notSubscribed, organizationClosed, paymentDue, samePlan } from './refusals.ts'
import { customer } from './schema.ts'
import { countMembers } from './seats.ts'
import { itemsOf } from './stripe/catalogue.ts'
import { itemChanges, readStanding, seatPriceOf, type ItemChange, type Standing } from './stripe/changes.ts'

/** What somebody wants, and what it takes at Stripe, as everything is now. */
export interface PlannedChange {
  standing: Standing
  terms: Terms & { interval: PlanChange['interval'] }
  seats: number
  effective: Effect
  items: ItemChange[]
  seatPriceId: string
}

/** What there is to change, and what time it is for it; no subscription where there is none that takes money. */
export async function readNow(
  organizationId: string,
  ctx: BillingContext,
): Promise<{ standing: Standing | undefined; now: Date }> {
  const [row] = await ctx.db.select().from(customer).where(eq(customer.organizationId, organizationId))
  return { standing: row && (await readStanding(row.stripeCustomerId, ctx)), now: nowFor(row?.clockAt) }
}

interface Wish {
  organizationId: string
  choice: Pick<PlanChange, 'planId' | 'interval'> & { minimumSeats: number | null }
}

/** Refuses what cannot be changed, or is so already. */
export async function planChange(
  standing: Standing | undefined,
  { organizationId, choice }: Wish,
  ctx: BillingContext,
): Promise<PlannedChange> {
  if (!standing || standing.status === 'incomplete') throw notSubscribed()
  if (standing.status === 'past_due' || standing.status === 'unpaid') throw paymentDue()
  const { planId, interval } = choice
  const minimumSeats = choice.minimumSeats ?? standing.minimumSeats
  const terms = { planId, interval, minimumSeats }
  // Who chooses the plan that they have takes back that it was to end.
  if (isSame(standing, terms) && standing.ending === null && standing.stripeScheduleId === null) throw samePlan()
  const [plan, seats] = await Promise.all([
    itemsOf({ planId, interval }, ctx),
    seatsFor({ organizationId, minimumSeats }, ctx),
  ])
  const kept = keepsPrice(standing, terms)
  const items = itemChanges(standing, { plan, quantity: seats, keepsPrice: kept })
  const seatPriceId = items[0]?.price ?? seatPriceOf(plan)
  return { standing, terms, seats, effective: effectOf(standing, terms), items, seatPriceId }
}

/** One for each member, and never fewer than are to be paid for. */
async function seatsFor(
  { organizationId, minimumSeats }: { organizationId: string; minimumSeats: number },
  ctx: BillingContext,
): Promise<number> {
  const members = await countMembers(organizationId, ctx)
  if (members === undefined) throw organizationClosed()
  return Math.max(members, minimumSeats)
}
