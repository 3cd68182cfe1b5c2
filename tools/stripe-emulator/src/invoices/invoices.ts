import type Stripe from 'stripe'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { noSuch } from '../http/errors.ts'
import { paginate, where, wholeList } from '../http/list.ts'
import { created, paging, params, text } from '../http/params.ts'
import type { Invoice } from '../state/state.ts'

const path = '/v1/invoices'

const listParams = params<Stripe.InvoiceListParams>()({
  ...paging,
  created,
  customer: text.optional(),
  status: z.enum(['draft', 'open', 'paid', 'uncollectible', 'void']).optional(),
  subscription: text.optional(),
})

export const invoices: Endpoint[] = [
  member(['GET', `${path}/:id`], params<Stripe.InvoiceRetrieveParams>()({}), (id, _given, ctx) => findInvoice(id, ctx)),

  collection(['GET', path], listParams, (given, { state }) =>
    paginate(
      [...state.invoices.values()]
        .filter(where(given, 'customer', 'status'))
        .filter((invoice) => given.subscription === undefined || subscriptionOf(invoice) === given.subscription),
      path,
      given,
    ),
  ),

  member(['GET', `${path}/:id/lines`], params<Stripe.InvoiceListLineItemsParams>()({}), (id, _given, ctx) =>
    wholeList(findInvoice(id, ctx).lines.data, `${path}/${id}/lines`),
  ),
]

export const invoicePayments: Endpoint[] = [
  collection(
    ['GET', '/v1/invoice_payments'],
    params<Stripe.InvoicePaymentListParams>()({ ...paging, created, invoice: text.optional() }),
    (given, { state }) =>
      paginate([...state.invoicePayments.values()].filter(where(given, 'invoice')), '/v1/invoice_payments', given),
  ),
]

export function findInvoice(id: string, ctx: Context): Invoice {
  const invoice = ctx.state.invoices.get(id)
  if (!invoice) throw noSuch('invoice', id)
  return invoice
}

export function subscriptionOf({ parent }: Invoice): string | null {
  return parent?.subscription_details?.subscription ?? null
}
