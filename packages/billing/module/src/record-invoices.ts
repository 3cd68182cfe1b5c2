import { invoicePaid, invoicePaymentFailed } from '@lightpress/billing-contract'
import { minorUnits } from '@lightpress/billing-contract/money'
import { causeOf, newId, publish, type Tx } from '@lightpress/kernel'
import { and, eq, gt, isNotNull, isNull, notInArray, sql } from 'drizzle-orm'
import { currentOf } from './current-subscription.ts'
import { GRACE, pastDueSinceOf } from './grace.ts'
import type { Reading } from './record.ts'
import { invoice } from './schema.ts'
import type { FoundInvoice } from './stripe/invoice-readings.ts'

/**
 * Writes down the invoices; tells of each once, ever, that it was paid. Stripe calls one of nothing (a trial, a coupon,
 * a credit) paid as well, but no payment was made, and whoever hears of one may rely on that.
 */
export async function recordInvoices(tx: Tx, reading: Reading): Promise<void> {
  const { organizationId, invoices: found } = reading
  const mine = eq(invoice.organizationId, organizationId)
  // Stripe forgets no invoice but a draft that somebody deletes.
  const known = found.map(({ id }) => id)
  await tx.delete(invoice).where(and(mine, eq(invoice.status, 'draft'), notInArray(invoice.stripeInvoiceId, known)))
  // Oldest first, so that our ids grow with time.
  const oldestFirst = found.toReversed()
  for (let at = 0; at < oldestFirst.length; at += AT_ONCE)
    await upsert(tx, organizationId, oldestFirst.slice(at, at + AT_ONCE))

  const paid = and(eq(invoice.status, 'paid'), isNotNull(invoice.paidAt), gt(invoice.total, minorUnits(0)))
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
  await tellFailures(tx, reading)
}

/** Of the subscription that counts, while it is not paid: what is open before anybody is subscribed stands on the page. */
async function tellFailures(tx: Tx, { organizationId, subscriptions, invoices }: Reading): Promise<void> {
  const current = currentOf(subscriptions)
  const since = current && pastDueSinceOf(current, invoices)
  if (!since) return
  const news = await tx
    .update(invoice)
    .set({ failuresTold: sql`${invoice.attempts}` })
    .where(
      and(
        eq(invoice.organizationId, organizationId),
        eq(invoice.stripeSubscriptionId, current.id),
        eq(invoice.status, 'open'),
        gt(invoice.attempts, invoice.failuresTold),
      ),
    )
    .returning()
  for (const { id, number, planId, amountDue, currency, attempts, nextAttemptAt, hostedUrl } of news) {
    await publish(tx, invoicePaymentFailed, {
      organizationId,
      invoiceId: id,
      number,
      planId,
      amountDue: { amount: amountDue, currency },
      attempt: attempts,
      nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
      graceEndsAt: new Date(since.getTime() + GRACE).toISOString(),
      hostedUrl,
    })
  }
}

/** A statement takes 65,535 values, an invoice has some twenty. */
const AT_ONCE = 1_000

/** What Stripe may still change about an invoice. */
const changing = [
  'number',
  'status',
  'stripeSubscriptionId',
  'planId',
  'total',
  'amountDue',
  'refunded',
  'currency',
  'hostedUrl',
  'pdfUrl',
  'dueAt',
  'paidAt',
  'attempts',
  'nextAttemptAt',
] as const

async function upsert(tx: Tx, organizationId: string, found: FoundInvoice[]): Promise<void> {
  const rows = found.map(({ id, ...facts }) => ({
    id: newId(),
    organizationId,
    stripeInvoiceId: id,
    ...causeOf(tx),
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
