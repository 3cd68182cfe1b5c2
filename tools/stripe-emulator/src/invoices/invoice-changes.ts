import type Stripe from 'stripe'
import { z } from 'zod'
import { redeemAll, type Holder } from '../catalogue/discounts.ts'
import { currency } from '../catalogue/fields.ts'
import { onClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest } from '../http/errors.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { newId } from '../ids.ts'
import { flag, integerBetween, metadata, params, text, timestamp, unsettable } from '../http/params.ts'
import type { Invoice } from '../state/state.ts'
import { discounts } from '../subscriptions/subscription-params.ts'
import { applyChanges } from '../webhooks/events.ts'
import { changeInvoice, draftInvoice, recompose } from './draft.ts'
import { checkMethod, checkNumber, checkSubscription, checkTerms } from './invoice-checks.ts'
import { ownSubscription } from './invoice-item-endpoints.ts'
import { pendingItems, subscriptionOfItem } from './invoice-items.ts'
import { findInvoice, subscriptionOf } from './invoices.ts'

const path = '/v1/invoices'
const hour = 3600
const day = 24 * hour

const fields = {
  auto_advance: flag.optional(),
  automatically_finalizes_at: timestamp.optional(),
  collection_method: z.enum(['charge_automatically', 'send_invoice']).optional(),
  days_until_due: integerBetween(0, 3650).optional(),
  default_payment_method: text.optional(),
  description: unsettable(text).optional(),
  discounts,
  due_date: timestamp.optional(),
  footer: unsettable(text).optional(),
  metadata: metadata.optional(),
}

const createParams = params<Stripe.InvoiceCreateParams>()({
  ...fields,
  currency: currency.optional(),
  customer: text,
  number: text.max(26).optional(),
  pending_invoice_items_behavior: z.enum(['exclude', 'include']).optional(),
  subscription: text.optional(),
})

const updateParams = params<Stripe.InvoiceUpdateParams>()({ ...fields, number: unsettable(text.max(26)).optional() })

type Given = z.infer<typeof updateParams>

/** What makes drafts, changes them and throws them away: https://docs.stripe.com/api/invoices */
export const invoiceChanges: Endpoint[] = [
  collection(['POST', path], createParams, (given, requestCtx) => {
    const customer = findCustomer(given.customer, requestCtx, 'customer')
    const ctx = onClockOf(customer.id, requestCtx)
    const subscription = given.subscription === undefined ? null : ownSubscription(given.subscription, customer.id, ctx)
    const collectionMethod = given.collection_method ?? 'charge_automatically'
    checkTerms(given, { collectionMethod, isNew: true }, ctx)
    if (subscription) checkSubscription(given, subscription)
    checkMethod(given.default_payment_method, customer.id, ctx)
    checkNumber(given.number, ctx)
    const inCurrency = subscription?.currency ?? given.currency ?? customer.currency ?? 'usd'
    const waiting = pendingItems({ customer, subscription, currency: inCurrency }, ctx.state)
    if (subscription && waiting.every((item) => subscriptionOfItem(item) === null)) {
      throw invalidRequest('Nothing to invoice for subscription', { code: 'invoice_no_subscription_line_items' })
    }
    const id = newId('in')
    const amount = waiting.reduce((sum, item) => sum + item.amount, 0)
    const holder = { customer: customer.id, currency: inCurrency, invoice: id, subscription: subscription?.id, amount }
    return draftInvoice(
      {
        id,
        customer,
        subscription,
        currency: inCurrency,
        reason: 'manual',
        lines: [],
        pending: subscription ? 'own' : given.pending_invoice_items_behavior === 'include' ? 'take' : 'leave',
        period: { start: ctx.now, end: ctx.now },
        autoAdvance: given.auto_advance ?? given.automatically_finalizes_at !== undefined,
        finalizesAt: given.automatically_finalizes_at,
        collectionMethod,
        daysUntilDue: given.days_until_due ?? null,
        dueDate: given.due_date,
        discounts: redeemed(given.discounts, holder, ctx),
        description: given.description,
        footer: given.footer,
        metadata: mergeMetadata({}, given.metadata),
        defaultPaymentMethod: given.default_payment_method,
        number: given.number,
      },
      ctx,
    )
  }),

  member(['POST', `${path}/:id`], updateParams, (id, given, requestCtx) => {
    const invoice = findInvoice(id, requestCtx)
    const ctx = onClockOf(invoice.customer, requestCtx)
    checkMethod(given.default_payment_method, invoice.customer ?? '', ctx)
    if (invoice.status === 'draft') updateDraft(invoice, given, ctx)
    else updateFinal(invoice, given, ctx)
    return invoice
  }),

  member(['DELETE', `${path}/:id`], params<Stripe.InvoiceDeleteParams>()({}), (id, _given, requestCtx) => {
    const invoice = findInvoice(id, requestCtx)
    const ctx = onClockOf(invoice.customer, requestCtx)
    if (invoice.status !== 'draft') throw invalidRequest('You can only delete draft invoices.')
    if (invoice.parent) throw invalidRequest('Invoices of a subscription cannot be deleted: void it instead.')
    for (const item of ctx.state.invoiceItems.values()) if (item.invoice === id) item.invoice = null
    ctx.state.invoices.delete(id)
    ctx.emit('invoice.deleted', invoice)
    return { id, object: 'invoice', deleted: true }
  }),
]

function updateDraft(invoice: Invoice, given: Given, ctx: Context): void {
  const collectionMethod = given.collection_method ?? invoice.collection_method
  const dueAlready = invoice.due_date !== null
  checkTerms(given, { collectionMethod, isNew: !dueAlready }, ctx)
  checkNumber(given.number ?? undefined, ctx)
  const advances = given.auto_advance ?? (given.automatically_finalizes_at === undefined ? invoice.auto_advance : true)
  const finalizes = advances
    ? (given.automatically_finalizes_at ?? invoice.automatically_finalizes_at ?? ctx.now + hour)
    : null
  const holder = {
    customer: invoice.customer,
    currency: invoice.currency,
    invoice: invoice.id,
    subscription: subscriptionOf(invoice) ?? undefined,
    amount: invoice.subtotal,
  }
  const metadata = mergeMetadata(invoice.metadata ?? {}, given.metadata)
  const discounts = redeemed(given.discounts, holder, ctx) ?? invoice.discounts
  const charged = collectionMethod === 'charge_automatically'
  recompose(
    invoice,
    () =>
      applyChanges(invoice, {
        auto_advance: advances,
        automatically_finalizes_at: finalizes,
        collection_method: collectionMethod,
        default_payment_method: given.default_payment_method,
        description: given.description,
        discounts,
        due_date: charged
          ? null
          : (given.due_date ?? dueAfter(invoice.created, given.days_until_due) ?? invoice.due_date),
        footer: given.footer,
        metadata,
        next_payment_attempt: charged ? finalizes : null,
        number: given.number,
      }),
    ctx,
  )
}

/** https://docs.stripe.com/api/invoices/update: what is owed and how does not change any more. */
function updateFinal(
  invoice: Invoice,
  { auto_advance, default_payment_method, metadata, ...rest }: Given,
  ctx: Context,
): void {
  const [fixed] = Object.entries(rest).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (fixed !== undefined) {
    throw invalidRequest("Finalized invoices can't be updated in this way", {
      code: 'invoice_not_editable',
      param: fixed,
    })
  }
  if (auto_advance === true && invoice.status !== 'open') {
    throw invalidRequest('Only draft and open invoices advance automatically.', { param: 'auto_advance' })
  }
  changeInvoice(
    invoice,
    {
      auto_advance,
      default_payment_method,
      metadata: mergeMetadata(invoice.metadata ?? {}, metadata),
      ...(auto_advance !== undefined && { next_payment_attempt: attemptAfter(invoice, auto_advance, ctx) }),
    },
    ctx,
  )
}

/** The ids of the discounts; undefined if nothing was said of them. */
function redeemed(given: Given['discounts'], holder: Holder, ctx: Context): string[] | undefined {
  return given === undefined ? undefined : redeemAll(given ?? [], holder, ctx).map(({ id }) => id)
}

function attemptAfter(invoice: Invoice, advances: boolean, { now }: Context): number | null {
  if (!advances || invoice.collection_method === 'send_invoice') return null
  return invoice.next_payment_attempt ?? now + hour
}

function dueAfter(created: number, days: number | undefined): number | undefined {
  return days === undefined ? undefined : created + days * day
}
