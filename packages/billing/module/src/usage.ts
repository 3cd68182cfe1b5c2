import type { MeterId, Plan, Usage } from '@lightpress/billing-contract'
import { times } from '@lightpress/billing-contract/money'
import { organizationOf } from '@lightpress/kernel'
import type { Output } from '@lightpress/protocol'
import { and, eq, gte } from 'drizzle-orm'
import type { BillingContext, Ops } from './context.ts'
import { nowFor } from './grace.ts'
import { meters } from './plans.ts'
import { customer, subscription, usageDay } from './schema.ts'
import { countUsed, dayOf } from './usage-totals.ts'
import { termsOf, type UsageTerms } from './usage-window.ts'

export async function getUsage(_input: object, ctx: BillingContext): Promise<Output<Ops['getUsage']>> {
  const organizationId = organizationOf(ctx)
  const [found] = await ctx.db
    .select({ standing: subscription, clockAt: customer.clockAt })
    .from(customer)
    .leftJoin(subscription, eq(subscription.organizationId, customer.organizationId))
    .where(eq(customer.organizationId, organizationId))
  const now = nowFor(found?.clockAt)
  const standing = found?.standing ?? undefined
  const items: Usage[] = []
  for (const meterId of Object.keys(meters) as MeterId[]) {
    const terms = termsOf(standing, { meterId, now })
    const charged = terms.metered !== null
    const used = await countUsed(ctx.db, { organizationId, meterId, periodStart: terms.start, charged })
    const days = await readDays({ organizationId, meterId, now }, ctx)
    const free = standing?.status === 'trialing'
    items.push({ meterId, name: meters[meterId].name, ...toFigures(terms, { used, free }), used, days })
  }
  return { items }
}

function toFigures({ start, end, limit, metered }: UsageTerms, { used, free }: { used: number; free: boolean }) {
  return {
    periodStart: start.toISOString(),
    periodEnd: end.toISOString(),
    included: metered?.included ?? limit ?? 0,
    metered: metered !== null,
    price: metered?.price ?? null,
    // Stripe charges nothing for what is used in a trial.
    cost: metered && !free ? costOf(metered, used) : null,
  }
}

function costOf({ price, included }: Plan['metered'][number], used: number) {
  return times(price, Math.max(0, used - included))
}

/** The last thirty, oldest first, those without anything too: whatever plan it was used on. */
async function readDays(
  { organizationId, meterId, now }: { organizationId: string; meterId: MeterId; now: Date },
  { db }: BillingContext,
): Promise<Usage['days']> {
  const first = now.getTime() - 29 * DAY
  const mine = and(eq(usageDay.organizationId, organizationId), eq(usageDay.meterId, meterId))
  const rows = await db
    .select({ day: usageDay.day, used: usageDay.used })
    .from(usageDay)
    .where(and(mine, gte(usageDay.day, dayOf(new Date(first)))))
  const used = new Map(rows.map((row) => [row.day, row.used]))
  return Array.from({ length: 30 }, (_, at) => {
    const date = dayOf(new Date(first + at * DAY))
    return { date, quantity: used.get(date) ?? 0 }
  })
}

/** Milliseconds. */
const DAY = 86_400_000
