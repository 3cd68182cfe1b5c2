import type { FastifyInstance, FastifyReply } from 'fastify'
import { onClockOf, viewOnClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { links } from '../links.ts'
import { formOf, redirect, show } from '../pages/respond.ts'
import type { CheckoutSession } from '../state/state.ts'
import { completeCheckout } from './checkout-completion.ts'
import { checkoutForm, readPayer, type CheckoutForm } from './checkout-form.ts'
import { bankOf, failureOf, intentOf } from './checkout-intents.ts'
import { findSession } from './find-session.ts'
import { applyPromotionCode, changeQuantities, removePromotionCode, reprice, repriced } from './checkout-order.ts'
import { changedText, checkoutPage, successUrl, type Attempt, type Waiting } from './checkout-page.ts'
import { needsMethod } from './checkout-quote.ts'
import { forgetCard } from './saved-cards.ts'

interface WithId {
  Params: { id: string }
}

/** The page where people pay, and what its form does. */
export function registerCheckout(app: FastifyInstance, context: () => Context): void {
  const path = links.checkout(':id')

  app.get<WithId>(path, (request, reply) => {
    const { session, ctx } = look(request.params.id, context())
    const priced = session.status === 'open' && session.mode !== 'setup'
    const view = priced ? repriced(session, ctx) : { session, ctx }
    const standing = { attempt: { problem: lastFailure(session, ctx) }, waiting: waitingFor(session, ctx) }
    return show(reply, checkoutPage(view.session, standing, view.ctx))
  })

  app.post<WithId>(path, (request, reply) => {
    const { session, ctx } = open(request.params.id, context())
    if (session.status !== 'open') return again(reply, session, {}, ctx)
    const form = checkoutForm(formOf(request))
    return act(reply, session, form, ctx)
  })

  // Here the bank's page sends people back to, whatever they have answered.
  app.get<WithId>(`${path}/return`, (request, reply) => {
    const { session } = look(request.params.id, context())
    return redirect(reply, session.status === 'complete' ? successUrl(session) : links.checkout(session.id))
  })
}

/** To be looked at. */
function look(id: string, requestCtx: Context): { session: CheckoutSession; ctx: Context } {
  const session = findSession(id, requestCtx)
  return { session, ctx: viewOnClockOf(session.customer, requestCtx) }
}

/** To be changed by what the person does. */
function open(id: string, requestCtx: Context): { session: CheckoutSession; ctx: Context } {
  const session = findSession(id, requestCtx)
  return { session, ctx: onClockOf(session.customer, requestCtx) }
}

function act(reply: FastifyReply, session: CheckoutSession, form: CheckoutForm, ctx: Context): FastifyReply {
  const [action, id = ''] = form.action.split(' ')
  switch (action) {
    case 'apply': {
      const promotionError = applyPromotionCode(session, form.promotionCode, ctx)
      const kept = promotionError === null ? { ...form, promotionCode: '' } : form
      return again(reply.code(promotionError === null ? 200 : 422), session, { form: kept, promotionError }, ctx)
    }
    case 'remove':
      removePromotionCode(session, ctx)
      return again(reply, session, { form }, ctx)
    case 'update': {
      const hadDiscount = hasDiscount(session)
      const quantityErrors = changeQuantities(session, form.quantities, ctx)
      const refused = Object.keys(quantityErrors).length > 0
      const message = hadDiscount && !hasDiscount(session) ? 'Your code does not apply to this order any more.' : null
      return again(reply.code(refused ? 422 : 200), session, { form, quantityErrors, message }, ctx)
    }
    case 'forget':
      forgetCard(session, id, ctx)
      return again(reply, session, { form: { ...form, paymentMethod: 'new' } }, ctx)
    default:
      return pay(reply, session, form, ctx)
  }
}

function pay(reply: FastifyReply, session: CheckoutSession, form: CheckoutForm, ctx: Context): FastifyReply {
  const changed = takeOver(session, form, ctx)
  if (changed) return again(reply.code(changed.status), session, changed.attempt, ctx)
  const read = readPayer(form, { session, needsMethod: needsMethod(session) }, ctx)
  if ('errors' in read) return again(reply.code(422), session, { form, errors: read.errors }, ctx)
  const outcome = completeCheckout(session, read.payer, ctx)
  switch (outcome.status) {
    case 'complete':
      return redirect(reply, successUrl(session))
    case 'authenticate':
      return redirect(reply, outcome.url)
    case 'declined':
      return again(reply.code(402), session, { form, problem: outcome.message }, ctx)
  }
}

/**
 * Takes in what was typed in the summary and not sent by its own button, and a code that has expired meanwhile: nobody
 * pays for an order that they have not seen. Only a share of a period shrinks a little while they look at it.
 */
function takeOver(
  session: CheckoutSession,
  form: CheckoutForm,
  ctx: Context,
): { status: number; attempt: Partial<Attempt> } | null {
  if (session.mode === 'setup') return null
  const hadDiscount = hasDiscount(session)
  reprice(session, ctx)
  const lost = hadDiscount && !hasDiscount(session)
  const total = lost && form.total !== String(session.amount_total) ? null : session.amount_total
  const quantityErrors = changeQuantities(session, form.quantities, ctx)
  if (Object.keys(quantityErrors).length > 0) return { status: 422, attempt: { form, quantityErrors } }
  if (form.promotionCode !== '') {
    const promotionError = applyPromotionCode(session, form.promotionCode, ctx)
    if (promotionError !== null) return { status: 422, attempt: { form, promotionError } }
  }
  if (session.amount_total === total) return null
  return { status: 200, attempt: { form: { ...form, promotionCode: '' }, message: changedText(session) } }
}

function hasDiscount({ discounts }: CheckoutSession): boolean {
  return (discounts ?? []).length > 0
}

function again(reply: FastifyReply, session: CheckoutSession, attempt: Partial<Attempt>, ctx: Context): FastifyReply {
  return show(reply, checkoutPage(session, { attempt, waiting: waitingFor(session, ctx) }, ctx))
}

function waitingFor(session: CheckoutSession, ctx: Context): Waiting | null {
  const intent = session.status === 'open' ? intentOf(session, ctx) : null
  return intent?.status === 'requires_action' ? { url: bankOf(session, intent) } : null
}

/** What became of the last attempt, for whoever comes back. */
function lastFailure(session: CheckoutSession, ctx: Context): string | null {
  const intent = session.status === 'open' ? intentOf(session, ctx) : null
  return intent && failureOf(intent)
}
