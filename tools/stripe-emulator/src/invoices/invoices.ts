import type Stripe from 'stripe'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { noSuch } from '../http/errors.ts'
import { pageOf, paginate, where } from '../http/list.ts'
import { created, paging, params, text } from '../http/params.ts'
import type { Invoice } from '../state/state.ts'

const path = '/v1/invoices'

const listParams = params<Stripe.InvoiceListParams>()({
  ...paging,
  created,
  collection_method: z.enum(['charge_automatically', 'send_invoice']).optional(),
  customer: text.optional(),
  due_date: created,
  status: z.enum(['draft', 'open', 'paid', 'uncollectible', 'void']).optional(),
  subscription: text.optional(),
})

/** What reads invoices: https://docs.stripe.com/api/invoices */
export const invoices: Endpoint[] = [
  member(['GET', `${path}/:id`], params<Stripe.InvoiceRetrieveParams>()({}), (id, _given, ctx) => findInvoice(id, ctx)),

  collection(['GET', path], listParams, (given, { state }) => {
    const isAsked = where(given, 'collection_method', 'customer', 'status')
    const wanted = (invoice: Invoice) =>
      isAsked(invoice) &&
      (given.subscription === undefined || subscriptionOf(invoice) === given.subscription) &&
      isWithin(invoice.due_date, given.due_date)
    return paginate(state.invoices.matching(wanted), path, given)
  }),

  member(['GET', `${path}/:id/lines`], params<Stripe.InvoiceListLineItemsParams>()(paging), (id, given, ctx) =>
    pageOf(findInvoice(id, ctx).lines.data, `${path}/${id}/lines`, given),
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

function isWithin(time: number | null, range: z.infer<typeof created>): boolean {
  if (range === undefined) return true
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range
  return time !== null && time > gt && time >= gte && time < lt && time <= lte
}
