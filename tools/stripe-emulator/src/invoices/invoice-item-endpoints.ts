import type Stripe from 'stripe'
import type { z } from 'zod'
import { amountOf } from '../arithmetic/amounts.ts'
import { multiply, roundHalfAway } from '../arithmetic/decimal.ts'
import { redeemAll } from '../catalogue/discounts.ts'
import { currency } from '../catalogue/fields.ts'
import { onClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { created, flag, paging, params, text } from '../http/params.ts'
import { forkFor } from '../state/fork.ts'
import type { Invoice, InvoiceItem, InvoiceLine, Subscription } from '../state/state.ts'
import { applyChanges } from '../webhooks/events.ts'
import { recompose } from './draft.ts'
import { costOf, itemFields, newLine, refuseOtherCurrency } from './invoice-item-params.ts'
import { createInvoiceItem, deleteInvoiceItem } from './invoice-items.ts'
import { lineOf, lineOfItem, pricingOf } from './invoice-lines.ts'

const path = '/v1/invoiceitems'

const createParams = params<Stripe.InvoiceItemCreateParams>()({
  ...itemFields,
  currency: currency.optional(),
  customer: text,
  invoice: text.optional(),
  pricing: params<Stripe.InvoiceItemCreateParams.Pricing>()({ price: text.optional() }).optional(),
  subscription: text.optional(),
})

const updateParams = params<Stripe.InvoiceItemUpdateParams>()({
  ...itemFields,
  pricing: params<Stripe.InvoiceItemUpdateParams.Pricing>()({ price: text.optional() }).optional(),
})

const listParams = params<Stripe.InvoiceItemListParams>()({
  ...paging,
  created,
  customer: text.optional(),
  invoice: text.optional(),
  pending: flag.optional(),
})

/** https://docs.stripe.com/api/invoiceitems */
export const invoiceItems: Endpoint[] = [
  collection(['POST', path], createParams, (given, requestCtx) => {
    const { id } = findCustomer(given.customer, requestCtx, 'customer')
    const ctx = onClockOf(id, requestCtx)
    // What is refused leaves no inline price behind.
    if (given.price_data) createItem(given, forkFor(id, ctx))
    return createItem(given, ctx)
  }),

  member(['GET', `${path}/:id`], params<Stripe.InvoiceItemRetrieveParams>()({}), (id, _given, ctx) =>
    findInvoiceItem(id, ctx),
  ),

  member(['POST', `${path}/:id`], updateParams, (id, given, requestCtx) => {
    const item = findInvoiceItem(id, requestCtx)
    const ctx = onClockOf(item.customer, requestCtx)
    const invoice = item.invoice === null ? undefined : draftOf(item.invoice, item.customer, ctx)
    if (given.price_data) {
      const fork = forkFor(item.customer, ctx)
      updateItem(findInvoiceItem(id, fork), given, fork)
    }
    updateItem(item, given, ctx)
    if (invoice) {
      const renewed = lineOf(lineOfItem(item, ctx), invoice.id)
      changeLines(invoice, (line) => (isOf(line, id) ? [{ ...renewed, id: line.id }] : [line]), ctx)
    }
    return item
  }),

  collection(['GET', path], listParams, (given, { state }) => {
    const items = [...state.invoiceItems.values()]
      .filter(where(given, 'customer', 'invoice'))
      .filter(({ invoice }) => given.pending === undefined || (invoice === null) === given.pending)
    const page = paginate(
      items.map((item) => ({ id: item.id, created: item.date, item })),
      path,
      given,
    )
    return { ...page, data: page.data.map(({ item }) => item) }
  }),

  member(['DELETE', `${path}/:id`], params<Stripe.InvoiceItemDeleteParams>()({}), (id, _given, requestCtx) => {
    const item = findInvoiceItem(id, requestCtx)
    const ctx = onClockOf(item.customer, requestCtx)
    const invoice = item.invoice === null ? undefined : draftOf(item.invoice, item.customer, ctx)
    deleteInvoiceItem(item, ctx)
    if (invoice) changeLines(invoice, (line) => (isOf(line, id) ? [] : [line]), ctx)
    return { id, object: 'invoiceitem', deleted: true }
  }),
]

function createItem(given: z.output<typeof createParams>, ctx: Context): InvoiceItem {
  const customer = findCustomer(given.customer, ctx, 'customer')
  const invoice = given.invoice === undefined ? undefined : draftOf(given.invoice, customer.id, ctx)
  const subscription = given.subscription === undefined ? null : ownSubscription(given.subscription, customer.id, ctx)
  const cost = costOf({ ...given, price: given.pricing?.price }, { customer, priceParam: 'pricing[price]' }, ctx)
  if (!cost) throw invalidRequest('Missing required param: amount.', { code: 'parameter_missing', param: 'amount' })
  refuseOtherCurrency(given.currency, cost)
  if (invoice && invoice.currency !== cost.currency) {
    throw invalidRequest(`The invoice is in ${invoice.currency}, and this is in ${cost.currency}.`, {
      param: 'currency',
    })
  }
  const holder = { customer: customer.id, currency: cost.currency, amount: cost.amount, invoice: invoice?.id }
  const line = newLine(given, { cost, subscription: subscription?.id ?? null, holder }, ctx)
  const item = createInvoiceItem({ ...line, customer, invoice }, ctx)
  if (invoice) recompose(invoice, ({ lines }) => lines.data.push(lineOf(lineOfItem(item, ctx), invoice.id)), ctx)
  return item
}

function findInvoiceItem(id: string, ctx: Context): InvoiceItem {
  const item = ctx.state.invoiceItems.get(id)
  if (!item) throw noSuch('invoiceitem', id)
  return item
}

/** An invoice that can still be changed. */
function findDraft(id: string, ctx: Context, param?: string): Invoice {
  const invoice = ctx.state.invoices.get(id)
  if (!invoice) throw noSuch('invoice', id, param)
  if (invoice.status === 'draft') return invoice
  throw invalidRequest('This invoice is no longer editable, because it is not a draft any more.', {
    code: 'invoice_not_editable',
    ...(param !== undefined && { param }),
  })
}

function draftOf(id: string, customer: string, ctx: Context): Invoice {
  const invoice = findDraft(id, ctx, 'invoice')
  if (invoice.customer === customer) return invoice
  throw invalidRequest(`The invoice ${id} does not belong to customer ${customer}.`, { param: 'invoice' })
}

export function ownSubscription(id: string, customer: string, { state }: Context): Subscription {
  const subscription = state.subscriptions.get(id)
  if (subscription?.customer === customer) return subscription
  throw noSuch('subscription', id, 'subscription')
}

function changeLines(invoice: Invoice, change: (line: InvoiceLine) => InvoiceLine[], ctx: Context): void {
  recompose(
    invoice,
    ({ lines }) => {
      lines.data = lines.data.flatMap(change)
    },
    ctx,
  )
}

type Update = z.infer<typeof updateParams>

function updateItem(item: InvoiceItem, given: Update, ctx: Context): void {
  const metadata = mergeMetadata(item.metadata ?? {}, given.metadata)
  const cost = costAfter(item, given, ctx)
  const holder = {
    customer: item.customer,
    currency: item.currency,
    amount: item.amount,
    ...(item.invoice && { invoice: item.invoice }),
  }
  if (given.discounts !== undefined) item.discounts = redeemAll(given.discounts ?? [], holder, ctx).map(({ id }) => id)
  applyChanges(item, {
    ...cost,
    description: given.description,
    discountable: given.discountable,
    metadata,
    period: given.period,
  })
}

function costAfter(item: InvoiceItem, { pricing, ...given }: Update, ctx: Context): Partial<InvoiceItem> {
  const customer = findCustomer(item.customer, ctx)
  const quantity = given.quantity ?? (given.amount === undefined ? item.quantity : undefined)
  const asked = { ...given, currency: item.currency, price: pricing?.price, quantity }
  const cost = costOf(asked, { customer, priceParam: 'pricing[price]' }, ctx)
  if (cost) {
    if (cost.currency !== item.currency) throw invalidRequest(`This invoice item is in ${item.currency}.`)
    return { amount: cost.amount, pricing: pricingOf(cost), ...counted(cost.quantity ?? 1) }
  }
  if (given.quantity === undefined) return {}
  const rate = item.pricing?.unit_amount_decimal
  if (typeof rate !== 'string') throw invalidRequest('No rate explains this amount.', { param: 'quantity' })
  const price = ctx.state.prices.get(item.pricing?.price_details?.price ?? '')
  // A piece of tiers is at the rate of its tier; any other price may count in packages.
  const amount =
    price?.billing_scheme === 'per_unit'
      ? amountOf(price, given.quantity)
      : roundHalfAway(multiply(rate, given.quantity))
  return { amount, ...counted(given.quantity) }
}

function counted(quantity: number): Pick<InvoiceItem, 'quantity' | 'quantity_decimal'> {
  return { quantity, quantity_decimal: String(quantity) }
}

function isOf({ parent }: InvoiceLine, item: string): boolean {
  return [parent?.invoice_item_details, parent?.subscription_item_details].some((from) => from?.invoice_item === item)
}
