import { isDeepStrictEqual } from 'node:util'
import { invoicePaid, subscriptionChanged } from '@lightpress/billing-contract'
import { newId, publish, type Tx } from '@lightpress/kernel'
import { and, eq, gt, isNotNull, isNull, notInArray, sql } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { currentOf, isSubscribed } from './current-subscription.ts'
import { invoice, subscription } from './schema.ts'
import type { FoundInvoice, FoundSubscription } from './stripe/readings.ts'
import { toSubscription, type SubscriptionRow } from './subscriptions.ts'

/** Writes down the subscription that counts; tells listeners if they would see a difference. */
export async function recordSubscription(
  tx: Tx,
  { organizationId, found }: { organizationId: string; found: FoundSubscription[] },
  { log }: Pick<BillingContext, 'log'>,
): Promise<void> {
  const several = found.filter(({ status }) => isSubscribed(status)).map(({ id }) => id)
  if (several.length > 1) log.error({ organizationId, subscriptions: several }, 'subscribed more than once')

  const mine = eq(subscription.organizationId, organizationId)
  const [before] = await tx.select().from(subscription).where(mine)
  const after = toRow(organizationId, currentOf(found))
  if (after) {
    await tx.insert(subscription).values(after).onConflictDoUpdate({ target: subscription.organizationId, set: after })
  } else {
    await tx.delete(subscription).where(mine)
  }
  const news = seenBy(after)
  if (!isDeepStrictEqual(news, seenBy(before))) await publish(tx, subscriptionChanged, { organizationId, ...news })
}

function toRow(organizationId: string, found: FoundSubscription | undefined): SubscriptionRow | undefined {
  if (!found) return undefined
  const { id, createdAt: _, ...facts } = found
  return { organizationId, stripeSubscriptionId: id, ...facts }
}

function seenBy(row: SubscriptionRow | undefined) {
  const { planId, status, seats } = toSubscription(row)
  return { planId, status, seats }
}

/**
 * Writes down the invoices; tells of each once, ever, that it was paid. Stripe calls one of nothing (a trial, a coupon,
 * a credit) paid as well, but no payment was made, and whoever hears of one may rely on that.
 */
export async function recordInvoices(
  tx: Tx,
  { organizationId, found }: { organizationId: string; found: FoundInvoice[] },
): Promise<void> {
  const mine = eq(invoice.organizationId, organizationId)
  // Stripe forgets no invoice but a draft that somebody deletes.
  const known = found.map(({ id }) => id)
  await tx.delete(invoice).where(and(mine, eq(invoice.status, 'draft'), notInArray(invoice.stripeInvoiceId, known)))
  if (found.length > 0) await upsert(tx, organizationId, found)

  const paid = and(eq(invoice.status, 'paid'), isNotNull(invoice.paidAt), gt(invoice.total, 0))
  const news = await tx
    .update(invoice)
    .set({ paymentToldAt: sql`now()` })
    .where(and(mine, paid, isNull(invoice.paymentToldAt)))
    .returning()
  for (const { id, number, planId, total, currency, paidAt, hostedUrl } of news) {
    await publish(tx, invoicePaid, {
      organizationId,
      invoiceId: id,
      number,
      planId,
      total: { amount: total, currency },
      paidAt: (paidAt as Date).toISOString(),
      hostedUrl,
    })
  }
}

/** What Stripe may still change about an invoice. */
const changing = ['number', 'status', 'planId', 'total', 'currency', 'hostedUrl', 'pdfUrl', 'paidAt'] as const

async function upsert(tx: Tx, organizationId: string, found: FoundInvoice[]): Promise<void> {
  // Oldest first, so that our ids grow with time.
  const rows = found.toReversed().map(({ id, ...facts }) => ({
    id: newId(),
    organizationId,
    stripeInvoiceId: id,
    ...facts,
  }))
  const columns = changing.map((name) => invoice[name])
  const news = columns.map(({ name }) => sql`excluded.${sql.identifier(name)}`)
  await tx
    .insert(invoice)
    .values(rows)
    .onConflictDoUpdate({
      target: invoice.stripeInvoiceId,
      set: Object.fromEntries(changing.map((name, at) => [name, news[at]])),
      setWhere: sql`(${sql.join(columns, sql`, `)}) is distinct from (${sql.join(news, sql`, `)})`,
    })
}
