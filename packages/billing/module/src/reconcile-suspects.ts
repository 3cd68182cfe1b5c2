import { summarizeError } from '@lightpress/kernel'
import { and, asc, eq, gt, inArray } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { currentOf, isSubscribed } from './current-subscription.ts'
import { invoiceDrift, subscriptionDrift, type InvoiceRow } from './find-drift.ts'
import { findLost } from './lost-webhooks.ts'
import { ownersOf } from './reconcile-customer.ts'
import { customer, invoice, subscription, usageTotal } from './schema.ts'
import type { StripeEvent } from './stripe/events.ts'
import { customerPages, invoicePages, subscriptionPages } from './stripe/everything.ts'
import type { FoundInvoice } from './stripe/invoice-readings.ts'
import type { FoundSubscription } from './stripe/readings.ts'

/** Why a customer is to be looked at by itself. What was read page by page is old by then, so nothing is said of it yet. */
export interface Suspicion {
  lost: StripeEvent[]
  /** Stripe did not list the customer. */
  unseen: boolean
  /** What was used is charged for, which Stripe adds up for one customer at a time. */
  metered: boolean
}

/** Somebody who pays for a plan of ours and is no customer that we know of. */
export interface Stranger {
  stripeCustomerId: string
  subscriptionId: string
  organizationId: string | null
}

export interface Suspects {
  /** By organisation. */
  suspicions: Map<string, Suspicion>
  strangers: Stranger[]
  /** How many subscriptions were compared. */
  compared: number
}

export interface Search {
  /** When the last run that was finished began. */
  since: Date | null
  /** Called between pages. */
  onPage: () => Promise<void>
}

/** Reads everything that Stripe has, page by page, and finds whom to look at. Keeps one subscription for each customer. */
export async function findSuspects(search: Search, ctx: BillingContext): Promise<Suspects> {
  const suspicions = new Map<string, Suspicion>()
  const suspect = (organizationId: string, why: Partial<Suspicion> = {}) => {
    const before = suspicions.get(organizationId) ?? { lost: [], unseen: false, metered: false }
    suspicions.set(organizationId, { ...before, ...why })
  }
  for (const [organizationId, lost] of await findLost(search, ctx)) suspect(organizationId, { lost })
  const found = await readSubscriptions(search, { suspect }, ctx)
  const unsettled = await compareInvoices(search, { suspect }, ctx)
  const listed = await listCustomers(search, ctx)
  const compared = await compareOurs({ ...found, unsettled, listed, suspect, onPage: search.onPage }, ctx)
  return { suspicions, strangers: found.strangers, compared }
}

type Suspect = (organizationId: string, why?: Partial<Suspicion>) => void

const DAY = 86_400_000
/** Milliseconds for which an invoice that is over is looked at: a month's, and its payment. */
const RECENT = 40 * DAY

async function readSubscriptions({ onPage }: Search, { suspect }: { suspect: Suspect }, ctx: BillingContext) {
  const current = new Map<string, FoundSubscription>()
  const strangers: Stranger[] = []
  for await (const page of subscriptionPages(ctx)) {
    await onPage()
    const owners = await ownersOf(
      page.map(({ customerId }) => customerId),
      ctx,
    )
    for (const { customerId, organizationId: named, found } of page) {
      const organizationId = owners.get(customerId)
      if ('error' in found) {
        ctx.log.error(
          { customer: customerId, error: summarizeError(found.error) },
          'a subscription cannot be understood',
        )
        if (organizationId !== undefined) suspect(organizationId)
      } else if (organizationId !== undefined) {
        const before = current.get(organizationId)
        current.set(organizationId, currentOf(before ? [before, found] : [found]) ?? found)
      } else if (isSubscribed(found.status)) {
        strangers.push({ stripeCustomerId: customerId, subscriptionId: found.id, organizationId: named })
      }
    }
  }
  return { current, strangers }
}

/** Answers the ids of those that may still change. */
async function compareInvoices(
  { onPage }: Search,
  { suspect }: { suspect: Suspect },
  ctx: BillingContext,
): Promise<Set<string>> {
  const unsettled = new Set<string>()
  const since = new Date(Date.now() - RECENT)
  for await (const page of invoicePages(since, ctx)) {
    await onPage()
    const owners = await ownersOf(
      page.map(({ customerId }) => customerId),
      ctx,
    )
    const found = new Map<string, FoundInvoice[]>()
    for (const { customerId, found: read } of page) {
      const organizationId = owners.get(customerId)
      if (organizationId === undefined) continue
      if ('error' in read) {
        ctx.log.error({ customer: customerId, error: summarizeError(read.error) }, 'an invoice cannot be understood')
        suspect(organizationId)
        continue
      }
      if (isUnsettled(read)) unsettled.add(read.id)
      found.set(organizationId, [...(found.get(organizationId) ?? []), read])
    }
    const rows = await findInvoices([...found.values()].flat(), ctx)
    for (const [organizationId, theirs] of found) {
      const ours = rows.filter((row) => row.organizationId === organizationId)
      if (invoiceDrift(ours, theirs).length > 0) suspect(organizationId)
    }
  }
  return unsettled
}

const unsettledStatuses: InvoiceRow['status'][] = ['draft', 'open']

function isUnsettled({ status }: FoundInvoice): boolean {
  return unsettledStatuses.includes(status)
}

async function listCustomers({ onPage }: Search, ctx: BillingContext): Promise<Set<string>> {
  const listed = new Set<string>()
  for await (const page of customerPages(ctx)) {
    await onPage()
    for (const organizationId of (await ownersOf(page, ctx)).values()) listed.add(organizationId)
  }
  return listed
}

/** Rows of ours that are read at a time. */
const BATCH = 500

interface Theirs {
  current: Map<string, FoundSubscription>
  unsettled: Set<string>
  listed: Set<string>
}

/** Goes through our customers; answers how many of them have a subscription, here or there. */
async function compareOurs(
  { current, unsettled, listed, suspect, onPage }: Theirs & { suspect: Suspect; onPage: () => Promise<void> },
  { db }: BillingContext,
): Promise<number> {
  let compared = 0
  let after: string | undefined
  for (;;) {
    await onPage()
    const rows = await db
      .select({ organizationId: customer.organizationId, row: subscription })
      .from(customer)
      .leftJoin(subscription, eq(subscription.organizationId, customer.organizationId))
      .where(after === undefined ? undefined : gt(customer.organizationId, after))
      .orderBy(asc(customer.organizationId))
      .limit(BATCH)
    const ids = rows.map(({ organizationId }) => organizationId)
    const [last] = ids.slice(-1)
    if (last === undefined) return compared
    after = last
    for (const { organizationId, row } of rows) {
      const theirs = current.get(organizationId)
      if (row || theirs) compared += 1
      if (subscriptionDrift(row ?? undefined, theirs).length > 0) suspect(organizationId)
      if (!listed.has(organizationId)) suspect(organizationId, { unseen: true })
    }
    const metered = await db
      .selectDistinct({ organizationId: usageTotal.organizationId })
      .from(usageTotal)
      .where(and(inArray(usageTotal.organizationId, ids), eq(usageTotal.charged, true)))
    for (const { organizationId } of metered) suspect(organizationId, { metered: true })
    const open = await db
      .select({ organizationId: invoice.organizationId, id: invoice.stripeInvoiceId })
      .from(invoice)
      .where(and(inArray(invoice.organizationId, ids), inArray(invoice.status, unsettledStatuses)))
    for (const { organizationId, id } of open) if (!unsettled.has(id)) suspect(organizationId)
  }
}

async function findInvoices(found: readonly FoundInvoice[], { db }: BillingContext): Promise<InvoiceRow[]> {
  if (found.length === 0) return []
  return db
    .select()
    .from(invoice)
    .where(
      inArray(
        invoice.stripeInvoiceId,
        found.map(({ id }) => id),
      ),
    )
}
