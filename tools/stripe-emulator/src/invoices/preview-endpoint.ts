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
  refuseMixed(given)
  const id = customerNamed(given, requestCtx)
  requireSubject(given)
  const fork = forkFor(id, onClockOf(id, requestCtx))
  const known = new Set(fork.state.invoices.keys())
  const customer = findCustomer(id, fork)
  if (given.discounts === null) customer.discount = null
  for (const [at, item] of (given.invoice_items ?? []).entries()) addItem(item, { customer, at }, fork)
  const isMeant = act(given, customer, fork)
  const invoice = isMeant
    ? (newInvoice(known, isMeant, fork) ?? nextInvoice(customer.id, isMeant, fork))
    : oneOff(given, customer, fork)
  return { customer: id, invoice: invoice && asPreview(invoice) }
}

/** What waits for an invoice beside all subscriptions. */
function oneOff({ currency, discounts }: PreviewGiven, customer: Customer, fork: Context): Invoice | null {
  const waiting = [...fork.state.invoiceItems.values()].find(({ invoice }) => invoice === null)
  const inCurrency = currency ?? waiting?.currency ?? customer.currency ?? 'usd'
  if (pendingItems({ customer, subscription: null, currency: inCurrency }, fork.state).length === 0) return null
  const holder = { customer: customer.id, currency: inCurrency }
  return draftInvoice(
    {
      customer,
      subscription: null,
      currency: inCurrency,
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

function refuseMixed(given: PreviewGiven): void {
  if (given.preview_mode === 'recurring') throw notCovered('preview_mode=recurring', 'preview_mode')
  if (given.schedule === undefined && given.schedule_details === undefined) return
  for (const name of ['subscription', 'subscription_details'] as const) {
    if (given[name] === undefined) continue
    throw invalidRequest(`\`${name}\` cannot be passed with \`schedule\` or \`schedule_details\`.`, { param: name })
  }
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
