import { Interval } from '@lightpress/billing-contract'
import type { Stripe as Sdk } from 'stripe'
import { z } from 'zod'
import type { BillingContext } from '../context.ts'
import { planOfProduct, type PaidPlanId } from '../plans.ts'
import { ask, everyPage, fromSeconds, idOf } from './client.ts'

const Status = z
  .enum(['active', 'trialing', 'past_due', 'unpaid', 'incomplete', 'canceled', 'incomplete_expired', 'paused'])
  .transform((status) => {
    // Paused is a trial that ended without a card: like unpaid, it waits for money and gives nothing.
    if (status === 'paused') return 'unpaid'
    return status === 'incomplete_expired' ? 'canceled' : status
  })

export interface FoundSubscription {
  id: string
  planId: PaidPlanId
  status: z.output<typeof Status>
  interval: Interval | null
  seats: number
  unitAmount: number | null
  currency: string
  currentPeriodEnd: Date
  cancelAtPeriodEnd: boolean
  createdAt: Date
}

/** Every subscription to a plan of ours that a customer has or had, newest first. */
export async function readSubscriptions(customerId: string, ctx: BillingContext): Promise<FoundSubscription[]> {
  const params = { customer: customerId, status: 'all', limit: 100 } as const
  const all = await ask(ctx, (stripe) => stripe.subscriptions.list(params).autoPagingToArray(everyPage))
  return all.flatMap((found) => toSubscription(found) ?? [])
}

function toSubscription(found: Sdk.Subscription): FoundSubscription | undefined {
  for (const { price, quantity, current_period_end: periodEnd } of found.items.data) {
    const planId = planOfProduct(idOf(price.product))
    if (!planId) continue
    return {
      id: found.id,
      planId,
      status: Status.parse(found.status),
      interval: Interval.safeParse(price.recurring?.interval).data ?? null,
      seats: quantity ?? 1,
      unitAmount: price.unit_amount,
      currency: price.currency,
      currentPeriodEnd: fromSeconds(periodEnd),
      // Stripe's portal sets the date instead of the flag on newer subscriptions.
      cancelAtPeriodEnd: found.cancel_at_period_end || found.cancel_at !== null,
      createdAt: fromSeconds(found.created),
    }
  }
  return undefined
}

const InvoiceStatus = z.enum(['draft', 'open', 'paid', 'void', 'uncollectible'])

export interface FoundInvoice {
  id: string
  number: string | null
  status: z.output<typeof InvoiceStatus>
  planId: PaidPlanId | null
  total: number
  currency: string
  hostedUrl: string | null
  pdfUrl: string | null
  createdAt: Date
  paidAt: Date | null
}

/** Every invoice of a customer, newest first. */
export async function readInvoices(customerId: string, ctx: BillingContext): Promise<FoundInvoice[]> {
  const params = { customer: customerId, limit: 100 }
  const all = await ask(ctx, (stripe) => stripe.invoices.list(params).autoPagingToArray(everyPage))
  return all.map(toInvoice)
}

function toInvoice(found: Sdk.Invoice): FoundInvoice {
  const paidAt = found.status_transitions.paid_at
  return {
    id: found.id,
    number: found.number,
    status: InvoiceStatus.parse(found.status),
    planId: planOfInvoice(found),
    total: found.total,
    currency: found.currency,
    hostedUrl: found.hosted_invoice_url ?? null,
    pdfUrl: found.invoice_pdf ?? null,
    createdAt: fromSeconds(found.created),
    paidAt: paidAt === null ? null : fromSeconds(paidAt),
  }
}

function planOfInvoice({ lines }: Sdk.Invoice): PaidPlanId | null {
  for (const { pricing } of lines.data) {
    const product = pricing?.price_details?.product
    const planId = product && planOfProduct(idOf(product))
    if (planId) return planId
  }
  return null
}
