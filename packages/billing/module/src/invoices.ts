import type { Invoice } from '@lightpress/billing-contract'
import { decodeCursor, organizationOf, pageFrom } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import { and, desc, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { BillingContext, Ops } from './context.ts'
import { invoice } from './schema.ts'

const Key = z.tuple([z.iso.datetime(), z.uuid()])

export async function listInvoices(
  { limit, cursor }: Input<Ops['listInvoices']>,
  ctx: BillingContext,
): Promise<Output<Ops['listInvoices']>> {
  const before = decodeCursor(cursor, Key)
  const rows = await ctx.db
    .select()
    .from(invoice)
    .where(
      and(
        eq(invoice.organizationId, organizationOf(ctx)),
        // Whole seconds, as Stripe has them: nothing is lost in the cursor.
        before && sql`(${invoice.createdAt}, ${invoice.id}) < (${before[0]}::timestamptz, ${before[1]}::uuid)`,
      ),
    )
    .orderBy(desc(invoice.createdAt), desc(invoice.id))
    .limit(limit + 1)
  return pageFrom(rows.map(toInvoice), limit, ({ createdAt, id }) => [createdAt, id])
}

export function toInvoice({ id, number, status, total, currency, ...row }: typeof invoice.$inferSelect): Invoice {
  const { hostedUrl, pdfUrl, createdAt, paidAt } = row
  return {
    id,
    number,
    status,
    total: { amount: total, currency },
    amountDue: { amount: row.amountDue, currency },
    refunded: { amount: row.refunded, currency },
    hostedUrl,
    pdfUrl,
    createdAt: createdAt.toISOString(),
    paidAt: paidAt?.toISOString() ?? null,
  }
}
