import type Stripe from 'stripe'
import { z } from 'zod'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { created, paging, params, text } from '../http/params.ts'
import type { InvoicePayment } from '../state/state.ts'

const path = '/v1/invoice_payments'

const listParams = params<Stripe.InvoicePaymentListParams>()({
  ...paging,
  created,
  invoice: text.optional(),
  payment: params<Stripe.InvoicePaymentListParams.Payment>()({
    payment_intent: text.optional(),
    type: z.enum(['payment_intent']),
  }).optional(),
  status: z.enum(['canceled', 'open', 'paid']).optional(),
})

/** https://docs.stripe.com/api/invoice-payment */
export const invoicePayments: Endpoint[] = [
  member(['GET', `${path}/:id`], params<Stripe.InvoicePaymentRetrieveParams>()({}), (id, _given, { state }) => {
    const payment = state.invoicePayments.get(id)
    if (!payment) throw noSuch('invoice_payment', id)
    return payment
  }),

  collection(['GET', path], listParams, (given, { state }) => {
    const intent = given.payment?.payment_intent
    const asked = where(given, 'invoice', 'status')
    const isWanted = (one: InvoicePayment) =>
      asked(one) && (intent === undefined || one.payment.payment_intent === intent)
    return paginate(state.invoicePayments.matching(isWanted), path, given)
  }),
]
