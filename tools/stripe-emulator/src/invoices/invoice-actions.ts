import type Stripe from 'stripe'
import { onClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { member, type Endpoint } from '../http/endpoint.ts'
import { ApiError, invalidRequest } from '../http/errors.ts'
import { flag, params, text } from '../http/params.ts'
import { findPaymentMethod } from '../payments/payment-methods.ts'
import type { Invoice, PaymentMethod } from '../state/state.ts'
import { markUncollectible, payOutOfBand, voidInvoice } from './closing.ts'
import { attemptPayment, intentOf, methodOf } from './collection.ts'
import { changeInvoice } from './draft.ts'
import { dueIfFinal, finalizeInvoice, refusalToFinalize, sendInvoice } from './finalization.ts'
import { findInvoice } from './invoices.ts'

const path = '/v1/invoices/:id'

type Status = NonNullable<Invoice['status']>

/** The steps of an invoice's life: https://docs.stripe.com/invoicing/integration/workflow-transitions */
export const invoiceActions: Endpoint[] = [
  member(
    ['POST', `${path}/finalize`],
    params<Stripe.InvoiceFinalizeInvoiceParams>()({ auto_advance: flag.optional() }),
    (id, given, requestCtx) => {
      const { invoice, ctx } = collectOn(id, requestCtx)
      if (invoice.status !== 'draft') {
        throw invalidRequest("This invoice is already finalized, you can't re-finalize a non-draft invoice.", {
          code: 'invoice_not_editable',
        })
      }
      if (given.auto_advance !== undefined) invoice.auto_advance = given.auto_advance
      finalizeInvoice(invoice, ctx)
      requireFinal(invoice)
      return invoice
    },
  ),

  member(
    ['POST', `${path}/pay`],
    params<Stripe.InvoicePayParams>()({
      off_session: flag.optional(),
      paid_out_of_band: flag.optional(),
      payment_method: text.optional(),
    }),
    (id, given, requestCtx) => {
      const { off_session: offSession = true, payment_method } = given
      const { invoice, ctx } = collectOn(id, requestCtx)
      refusePaid(invoice)
      if (given.paid_out_of_band) {
        refuseCharge(given)
        return payOffStripe(invoice, ctx)
      }
      const method =
        payment_method === undefined ? methodOf(invoice, ctx.state) : ownMethod(payment_method, invoice, ctx)
      if (!method && owes(invoice, ctx)) throw withoutMethod()
      if (invoice.status === 'draft') finalizeInvoice(invoice, ctx)
      requireFinal(invoice)
      if (invoice.status === 'paid' || !method) return invoice
      const outcome = attemptPayment(invoice, { method, offSession }, ctx)
      if (outcome !== 'paid') throw refusalOf(invoice, ctx)
      return invoice
    },
  ),

  member(['POST', `${path}/send`], params<Stripe.InvoiceSendInvoiceParams>()({}), (id, _given, requestCtx) => {
    const { invoice, ctx } = collectOn(id, requestCtx)
    requireStatus(invoice, 'draft', 'open')
    sendInvoice(invoice, ctx)
    requireFinal(invoice)
    return invoice
  }),

  member(['POST', `${path}/void`], params<Stripe.InvoiceVoidInvoiceParams>()({}), (id, _given, requestCtx) => {
    const { invoice, ctx } = workOn(id, requestCtx)
    requireStatus(invoice, 'open', 'uncollectible', ...(invoice.parent ? (['draft'] as const) : []))
    voidInvoice(invoice, ctx)
    return invoice
  }),

  member(
    ['POST', `${path}/mark_uncollectible`],
    params<Stripe.InvoiceMarkUncollectibleParams>()({}),
    (id, _given, requestCtx) => {
      const { invoice, ctx } = workOn(id, requestCtx)
      requireStatus(invoice, 'open')
      markUncollectible(invoice, ctx)
      return invoice
    },
  ),
]

/** The bank's no, as an answer to the request that asked it. */
export function refusalOf(invoice: Invoice, { state }: Context): ApiError {
  const intent = intentOf(invoice, state)
  if (intent?.status === 'requires_action') {
    return new ApiError(
      402,
      'card_error',
      'This payment requires additional user action before it can be completed successfully. Payment can be completed ' +
        'using the PaymentIntent associated with the invoice.',
      { code: 'invoice_payment_intent_requires_action' },
    )
  }
  const { code, decline_code: reason, message } = intent?.last_payment_error ?? {}
  return new ApiError(402, 'card_error', message ?? 'The payment failed.', {
    ...(code !== undefined && { code }),
    ...(reason !== undefined && { decline_code: reason }),
  })
}

function workOn(id: string, requestCtx: Context): { invoice: Invoice; ctx: Context } {
  const invoice = findInvoice(id, requestCtx)
  return { invoice, ctx: onClockOf(invoice.customer, requestCtx) }
}

/** https://docs.stripe.com/api/customers/delete "prevents any further operations": it can only be written off. */
function collectOn(id: string, requestCtx: Context): { invoice: Invoice; ctx: Context } {
  const work = workOn(id, requestCtx)
  findCustomer(work.invoice.customer ?? '', work.ctx, 'customer')
  return work
}

function requireFinal(invoice: Invoice): void {
  if (invoice.status === 'draft') throw refusalToFinalize(invoice)
}

function requireStatus({ status }: Invoice, ...wanted: Status[]): void {
  if (status !== null && wanted.includes(status)) return
  throw invalidRequest(`You can only pass in ${wanted.join(' or ')} invoices. This invoice is ${status ?? 'draft'}.`)
}

function refusePaid({ status }: Invoice): void {
  if (status === 'paid') throw invalidRequest('Invoice is already paid')
  if (status === 'void') throw invalidRequest('This invoice is void and can no longer be paid.')
}

/** What was paid elsewhere is not charged here. How Stripe refuses it is not documented. */
function refuseCharge(given: { off_session?: boolean | undefined; payment_method?: string | undefined }): void {
  for (const param of ['payment_method', 'off_session'] as const) {
    if (given[param] === undefined) continue
    throw invalidRequest(`\`${param}\` cannot be passed with \`paid_out_of_band=true\`, which charges nothing.`, {
      param,
    })
  }
}

/** Whether anything would have to be charged. */
function owes(invoice: Invoice, ctx: Context): boolean {
  return (invoice.status === 'draft' ? dueIfFinal(invoice, ctx) : invoice.amount_remaining) > 0
}

function payOffStripe(invoice: Invoice, ctx: Context): Invoice {
  if (invoice.status === 'draft') {
    changeInvoice(invoice, { auto_advance: false }, ctx)
    finalizeInvoice(invoice, ctx)
    requireFinal(invoice)
  }
  if (invoice.status !== 'paid') payOutOfBand(invoice, ctx)
  return invoice
}

function ownMethod(id: string, { customer }: Invoice, ctx: Context): PaymentMethod {
  const method = findPaymentMethod(id, ctx, 'payment_method')
  if (method.customer === customer) return method
  throw invalidRequest(`The payment method ${id} does not belong to the customer of this invoice.`, {
    param: 'payment_method',
  })
}

function withoutMethod(): ApiError {
  return invalidRequest(
    'This customer has no attached payment source or default payment method. Please consider adding a default payment ' +
      'method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.',
    { code: 'resource_missing' },
  )
}
