import type { FastifyInstance, FastifyReply } from 'fastify'
import { onClockOf, viewOnClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { links } from '../links.ts'
import { cardForm, readCardForm, type CardForm } from '../pages/card-form.ts'
import { formOf, show } from '../pages/respond.ts'
import { createCard } from '../payments/payment-methods.ts'
import type { Invoice } from '../state/state.ts'
import { attemptPayment, intentOf } from './collection.ts'
import { factsOf, isPayable } from './invoice-facts.ts'
import { bankPage, invoicePage, type PaymentAttempt } from './invoice-page.ts'
import { findInvoice } from './invoices.ts'

interface WithId {
  Params: { id: string }
}

/** The page of an invoice, its PDF, and what its form does. */
export function registerInvoices(app: FastifyInstance, context: () => Context): void {
  app.get<WithId>(links.invoice(':id'), (request, reply) => {
    const { invoice, ctx } = look(request.params.id, context())
    return again(reply, invoice, null, ctx)
  })

  app.get<WithId>(links.invoicePdf(':id'), async (request, reply) => {
    const { invoice, ctx } = look(request.params.id, context())
    const facts = factsOf(invoice, ctx)
    // Half of what it takes to start would be this, and most runs never need it.
    const { invoicePdf } = await import('./invoice-pdf.ts')
    return reply
      .type('application/pdf')
      .header('content-disposition', `inline; filename="${facts.name.replaceAll(/[^\w-]+/g, '-')}.pdf"`)
      .send(await invoicePdf(facts))
  })

  app.post<WithId>(links.invoice(':id'), (request, reply) => {
    const invoice = findInvoice(request.params.id, context())
    const ctx = onClockOf(invoice.customer, context())
    if (!isPayable(invoice, ctx.state)) return reply.redirect(links.invoice(invoice.id), 303)
    return pay(reply, invoice, cardForm(formOf(request)), ctx)
  })
}

function pay(reply: FastifyReply, invoice: Invoice, form: CardForm, ctx: Context): FastifyReply {
  const read = readCardForm(form, ctx.now)
  if ('errors' in read) return again(reply.code(422), invoice, { form, errors: read.errors, problem: null }, ctx)
  const method = createCard(read.card, { email: invoice.customer_email, name: read.name }, ctx)
  const outcome = attemptPayment(invoice, { method, offSession: false }, ctx)
  const intent = intentOf(invoice, ctx.state)
  if (outcome === 'requires_action' && intent) return reply.redirect(bankPage(invoice, intent), 303)
  if (outcome === 'paid') return reply.redirect(links.invoice(invoice.id), 303)
  const problem = intent?.last_payment_error?.message ?? 'The payment failed.'
  return again(reply.code(402), invoice, { form, errors: {}, problem }, ctx)
}

function again(reply: FastifyReply, invoice: Invoice, attempt: PaymentAttempt | null, ctx: Context): FastifyReply {
  return show(reply, invoicePage(invoice, attempt, ctx))
}

/** To be looked at. */
function look(id: string, requestCtx: Context): { invoice: Invoice; ctx: Context } {
  const invoice = findInvoice(id, requestCtx)
  return { invoice, ctx: viewOnClockOf(invoice.customer, requestCtx) }
}
