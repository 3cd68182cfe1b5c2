import { redeemAll } from '../catalogue/discounts.ts'
import { onClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { collection, type Endpoint } from '../http/endpoint.ts'
import { ApiError, invalidRequest, noSuch, notCovered } from '../http/errors.ts'
import { forkFor } from '../state/fork.ts'
import type { Customer, Invoice } from '../state/state.ts'
import { findLive } from '../subscriptions/subscriptions.ts'
import { draftInvoice } from './draft.ts'
import { pendingItems } from './invoice-items.ts'
import { asPreview, newInvoice, nextInvoice } from './preview.ts'
import { act, addItem } from './preview-acts.ts'
import { refuseCurrencies, refuseMixed } from './preview-checks.ts'
import { previewParams, type PreviewGiven } from './preview-params.ts'

export const invoicePreview: Endpoint[] = [
  collection(['POST', '/v1/invoices/create_preview'], previewParams, (given, ctx) => {
    const { customer, invoice } = previewOf(given, ctx)
    if (invoice) return invoice
    throw new ApiError(404, 'invalid_request_error', `No upcoming invoices for customer: ${customer}`, {
      code: 'invoice_upcoming_none',
    })
  }),
]

/**
 * What would be invoiced if this were done: it is done, in a world of its own, and the invoice that comes of it is the
 * answer, the one that arises at once or else the next one.
 */
export function previewOf(given: PreviewGiven, requestCtx: Context): { customer: string; invoice: Invoice | null } {
  if (given.preview_mode === 'recurring') throw notCovered('preview_mode=recurring', 'preview_mode')
  refuseMixed(given)
  const id = customerNamed(given, requestCtx)
  requireSubject(given)
  const fork = forkFor(id, onClockOf(id, requestCtx))
  const known = new Set(fork.state.invoices.keys())
  const customer = findCustomer(id, fork)
  const items = (given.invoice_items ?? []).map((item, at) => addItem(item, { customer, at }, fork))
  const subject = act(given, customer, fork)
  const currency = subject?.currency ?? given.currency ?? items[0]?.currency ?? 'usd'
  refuseCurrencies(given, { currency, items })
  const invoice = subject
    ? (newInvoice(known, subject.isMeant, fork) ?? nextInvoice(customer.id, subject.isMeant, fork))
    : oneOff(given, { customer, currency }, fork)
  return { customer: id, invoice: invoice && asPreview(invoice) }
}

/** What waits for an invoice beside all subscriptions. */
function oneOff(
  { discounts }: PreviewGiven,
  { customer, currency }: { customer: Customer; currency: string },
  fork: Context,
): Invoice | null {
  if (pendingItems({ customer, subscription: null, currency }, fork.state).length === 0) return null
  const holder = { customer: customer.id, currency }
  return draftInvoice(
    {
      customer,
      subscription: null,
      currency,
      reason: 'manual',
      lines: [],
      pending: 'take',
      period: { start: fork.now, end: fork.now },
      autoAdvance: false,
      collectionMethod: 'charge_automatically',
      daysUntilDue: null,
      discounts: discounts === undefined ? undefined : redeemAll(discounts ?? [], holder, fork).map(({ id }) => id),
    },
    fork,
  )
}

/** Whose subscription or schedule it is about, or who is named. */
function customerNamed({ customer, schedule, subscription }: PreviewGiven, ctx: Context): string {
  const planned = schedule === undefined ? undefined : ctx.state.schedules.get(schedule)
  if (schedule !== undefined && !planned) throw noSuch('subscription_schedule', schedule, 'schedule')
  const owner = subscription === undefined ? planned?.customer : findLive(subscription, ctx).customer
  const id = owner ?? customer
  if (id === undefined) {
    throw invalidRequest('You must pass a customer, a subscription or a schedule.', { param: 'customer' })
  }
  if (customer !== undefined && customer !== id) {
    const param = subscription === undefined ? 'schedule' : 'subscription'
    throw invalidRequest(`The ${param} does not belong to customer ${customer}.`, { param })
  }
  return findCustomer(id, ctx, 'customer').id
}

/** https://docs.stripe.com/changelog/basil/2025-03-31/invoice-preview-api-deprecations: a customer alone is not enough. */
function requireSubject({
  invoice_items,
  schedule,
  schedule_details,
  subscription,
  subscription_details,
}: PreviewGiven) {
  if (subscription ?? subscription_details?.items ?? schedule ?? schedule_details?.phases ?? invoice_items) return
  throw invalidRequest(
    'You must pass one of subscription, subscription_details[items], schedule, schedule_details[phases] or invoice_items.',
    { code: 'parameter_missing', param: 'subscription' },
  )
}
