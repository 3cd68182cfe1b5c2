import { inArray } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { ownersOf } from './reconcile-customer.ts'
import type { Search } from './reconcile-suspects.ts'
import { stripeEvent } from './schema.ts'
import type { StripeEvent } from './stripe/events.ts'
import { eventPages, type SentEvent } from './stripe/everything.ts'

const DAY = 86_400_000
/** Milliseconds: as long as Stripe keeps events, and those before a run that may still have been on their way then. */
const KNOWN = 30 * DAY
const OVERLAP = DAY / 12
/**
 * Milliseconds after which an event that Stripe has not brought counts as lost. It tries for three days, but after an hour
 * it was refused some three times, and comes again in hours: by then somebody should know that.
 */
const PATIENCE = 3_600_000

/** Events of our customers that never came, by organisation. */
export async function findLost({ since, onPage }: Search, ctx: BillingContext): Promise<Map<string, StripeEvent[]>> {
  const lost = new Map<string, StripeEvent[]>()
  const from = new Date(Math.max(since ? since.getTime() - OVERLAP : 0, Date.now() - KNOWN))
  for await (const page of eventPages(from, ctx)) {
    await onPage()
    const missing = await withoutThoseThatCame(
      page.filter((event) => event.ignoredBecause === null && !isOnItsWay(event)),
      ctx,
    )
    const owners = await ownersOf(
      missing.flatMap(({ customerId }) => customerId ?? []),
      ctx,
    )
    for (const event of missing) {
      const organizationId = event.customerId === null ? undefined : owners.get(event.customerId)
      if (organizationId === undefined) continue
      lost.set(organizationId, [...(lost.get(organizationId) ?? []), event])
    }
  }
  return lost
}

/** The customers of whom Stripe is just about to tell something. That another endpoint is away says nothing of ours. */
export async function findTold(ctx: BillingContext): Promise<Set<string>> {
  const told = new Set<string>()
  for await (const page of eventPages(new Date(Date.now() - PATIENCE), ctx))
    for (const { customerId } of await withoutThoseThatCame(page.filter(isOnItsWay), ctx))
      if (customerId !== null) told.add(customerId)
  return told
}

/** What a clock that was moved dates ahead of ours was sent at nobody knows what time, and is waited for by nobody. */
function isOnItsWay({ pending, createdAt }: SentEvent): boolean {
  return pending && Math.abs(Date.now() - createdAt.getTime()) < PATIENCE
}

async function withoutThoseThatCame(sent: readonly SentEvent[], { db }: BillingContext): Promise<SentEvent[]> {
  if (sent.length === 0) return []
  const ids = sent.map(({ id }) => id)
  const rows = await db.select({ id: stripeEvent.id }).from(stripeEvent).where(inArray(stripeEvent.id, ids))
  const came = new Set(rows.map(({ id }) => id))
  return sent.filter(({ id }) => !came.has(id))
}
