import { toDecimal } from '@lightpress/billing-contract/money'
import { beforeInTrail, exactTime, newestFirst, type TrailPage } from '@lightpress/kernel'
import type { TrailItem, TrailSubject } from '@lightpress/protocol'
import { and, eq, type SQL } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { invoice } from './schema.ts'

const key = { at: invoice.createdAt, id: invoice.id }

/** The invoices of an organisation, and those first read because of a request: what was charged, and given back. */
export async function trail(about: TrailSubject, page: TrailPage, { db }: BillingContext): Promise<TrailItem[]> {
  const condition = conditionOf(about)
  if (!condition) return []
  const rows = await db
    .select({ row: invoice, at: exactTime(invoice.createdAt) })
    .from(invoice)
    .where(and(condition, beforeInTrail(page, key)))
    .orderBy(...newestFirst(key))
    .limit(page.limit)
  return rows.map(({ row, at }) => ({
    id: row.id,
    at,
    module: 'billing',
    kind: 'charge',
    type: 'invoice',
    listener: null,
    state: stateOf[row.status],
    error: null,
    requestId: row.requestId ?? row.id,
    causeId: row.causeId,
    operation: null,
    actorId: null,
    userId: null,
    organizationId: row.organizationId,
    details: detailsOf(row),
  }))
}

/** Of people there are no charges: organisations pay. */
function conditionOf({ kind, id }: TrailSubject): SQL | undefined {
  switch (kind) {
    case 'request':
      return eq(invoice.requestId, id)
    case 'organization':
      return eq(invoice.organizationId, id)
    case 'person':
      return undefined
  }
}

type Row = typeof invoice.$inferSelect

const stateOf: Record<Row['status'], TrailItem['state']> = {
  draft: 'pending',
  open: 'pending',
  paid: 'done',
  void: 'cancelled',
  uncollectible: 'failed',
}

/** Amounts as people read them: `29.00 EUR`. */
function detailsOf(row: Row): Record<string, string> {
  const { status, stripeInvoiceId, number, planId, total, amountDue, refunded, currency, attempts } = row
  const said = (amount: Row['total']) => `${toDecimal({ amount, currency })} ${currency.toUpperCase()}`
  return {
    status,
    stripeInvoiceId,
    total: said(total),
    ...(number !== null && { number }),
    ...(planId !== null && { planId }),
    ...(amountDue > 0 && { amountDue: said(amountDue) }),
    ...(refunded > 0 && { refunded: said(refunded) }),
    ...(attempts > 0 && { attempts: String(attempts) }),
  }
}
