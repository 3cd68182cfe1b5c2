import type { MinorUnits } from '@lightpress/billing-contract'
import { compare, minorUnits, money, plus } from '@lightpress/billing-contract/money'
import type { Stripe as Sdk } from 'stripe'
import { z } from 'zod'
import type { BillingContext } from '../context.ts'
import { planOfProduct, type PaidPlanId } from '../plans.ts'
import { ask, everyPage, fromSeconds, idOf } from './client.ts'

const InvoiceStatus = z.enum(['draft', 'open', 'paid', 'void', 'uncollectible'])

export interface FoundInvoice {
  id: string
  /** Whose it is; null for one that no subscription made. */
  stripeSubscriptionId: string | null
  number: string | null
  status: z.output<typeof InvoiceStatus>
  planId: PaidPlanId | null
  total: MinorUnits
  amountDue: MinorUnits
  refunded: MinorUnits
  currency: string
  hostedUrl: string | null
  pdfUrl: string | null
  createdAt: Date
  /** Since when it was to be paid: tried for the first time, or due; null before. */
  dueAt: Date | null
  paidAt: Date | null
  attempts: number
  nextAttemptAt: Date | null
}

/** Every invoice of a customer, newest first. */
export async function readInvoices(customerId: string, ctx: BillingContext): Promise<FoundInvoice[]> {
  const whose = { customer: customerId, limit: 100 }
  const expand = ['data.payments']
  const [all, charges] = await Promise.all([
    ask(ctx, (stripe) => stripe.invoices.list({ ...whose, expand }).autoPagingToArray(everyPage)),
    ask(ctx, (stripe) => stripe.charges.list(whose).autoPagingToArray(everyPage)),
  ])
  const refunds: Refunds = new Map()
  addRefunds(refunds, charges)
  return all.map((invoice) => toInvoice(invoice, refunds))
}

/** What was given back of payments, by their ids. */
export type Refunds = Map<string, MinorUnits>

export function addRefunds(refunds: Refunds, charges: readonly Sdk.Charge[]): void {
  for (const { payment_intent: intent, amount_refunded: refunded, currency } of charges) {
    if (intent === null || refunded === 0) continue
    const before = money(refunds.get(idOf(intent)) ?? 0, currency)
    refunds.set(idOf(intent), plus(before, money(refunded, currency)).amount)
  }
}

/** Of one whose `payments` are expanded. */
export function toInvoice(found: Sdk.Invoice, refunds: ReadonlyMap<string, MinorUnits>): FoundInvoice {
  const { paid_at: paidAt } = found.status_transitions
  const subscription = found.parent?.subscription_details?.subscription
  return {
    id: found.id,
    stripeSubscriptionId: subscription ? idOf(subscription) : null,
    number: found.number,
    status: InvoiceStatus.parse(found.status),
    planId: planOfInvoice(found),
    total: minorUnits(found.total),
    amountDue: minorUnits(found.status === 'void' ? 0 : found.amount_remaining),
    refunded: refundedOf(found, refunds),
    currency: found.currency,
    hostedUrl: found.hosted_invoice_url ?? null,
    pdfUrl: found.invoice_pdf ?? null,
    createdAt: fromSeconds(found.created),
    dueAt: dueAtOf(found),
    paidAt: paidAt === null ? null : fromSeconds(paidAt),
    attempts: found.attempt_count,
    nextAttemptAt: found.next_payment_attempt === null ? null : fromSeconds(found.next_payment_attempt),
  }
}

function refundedOf({ payments, currency }: Sdk.Invoice, refunds: ReadonlyMap<string, MinorUnits>): MinorUnits {
  const parts = (payments?.data ?? []).flatMap(({ payment: { payment_intent: intent } }) =>
    intent ? money(refunds.get(idOf(intent)) ?? 0, currency) : [],
  )
  return parts.reduce(plus, money(0, currency)).amount
}

/** Whoever pays by card is tried when the invoice is finalised; whoever pays by invoice has until the day that it says. */
function dueAtOf({ due_date: due, attempt_count: attempts, status_transitions: { finalized_at: at } }: Sdk.Invoice) {
  if (due !== null) return fromSeconds(due)
  return at !== null && attempts > 0 ? fromSeconds(at) : null
}

/** That of its greatest line: a change has one that gives back the plan before, too. */
function planOfInvoice({ lines }: Sdk.Invoice): PaidPlanId | null {
  const ours = lines.data.flatMap(({ pricing, amount, currency }) => {
    const product = pricing?.price_details?.product
    const planId = product && planOfProduct(idOf(product))
    return planId ? [{ planId, price: money(amount, currency) }] : []
  })
  return ours.toSorted((a, b) => compare(b.price, a.price))[0]?.planId ?? null
}
