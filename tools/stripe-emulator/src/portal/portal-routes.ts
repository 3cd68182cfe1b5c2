import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import { updateCustomer } from '../customers/customers.ts'
import { ApiError } from '../http/errors.ts'
import { links } from '../links.ts'
import { blankCard, cardForm, readCardForm } from '../pages/card-form.ts'
import { formOf, redirect, show, textOf } from '../pages/respond.ts'
import type { Page } from '../pages/layout.ts'
import type { Customer } from '../state/state.ts'
import { cancelPlan, resumePlan } from './cancellation.ts'
import { finishCard, makeDefault, payWith, removeCard, saveCard, type Saved } from './cards.ts'
import { changeFrom, changeOfFlow, makeChange, previewChange, seenAt } from './plan-change.ts'
import { portalPage } from './portal-page.ts'
import { cancelPage, cardPage, confirmPage, detailsPage, donePage, updatePage } from './step-pages.ts'
import { afterCompletion, findOwnCard, findOwnSubscription, look, open, requireFeature, type Visit } from './visit.ts'

interface Request {
  Params: { id: string; part: string }
  Querystring: Record<string, unknown>
}

type Form = Record<string, string>

/** The portal's pages, and what their forms do. */
export function registerPortal(app: FastifyInstance, context: () => Context): void {
  const path = links.portal(':id')

  function page(at: string, shown: (visit: Visit, request: FastifyRequest<Request>) => Page): void {
    app.get<Request>(`${path}${at}`, (request, reply) =>
      show(reply, shown(look(request.params.id, context()), request)),
    )
  }

  /** A form does something and says where to go then. */
  function action(at: string, act: (visit: Visit, form: Form, reply: FastifyReply) => string | FastifyReply): void {
    app.post<Request>(`${path}${at}`, (request, reply) => {
      const form = Object.fromEntries(Object.entries(formOf(request)).map(([name, value]) => [name, textOf(value)]))
      const answer = act(open(request.params.id, context()), form, reply)
      return typeof answer === 'string' ? redirect(reply, answer) : answer
    })
  }

  page('', portalPage)
  page('/flow', flowPage)
  page('/done', donePage)

  page('/subscriptions/:part/cancel', (visit, { params }) => {
    requireFeature(visit, 'subscription_cancel')
    return cancelPage(findOwnSubscription(params.part, visit), visit)
  })
  action('/cancel', (visit, form) => {
    cancelPlan(
      findOwnSubscription(form.subscription ?? '', visit),
      { feedback: form.feedback ?? '', comment: form.comment ?? '' },
      visit,
    )
    return afterCompletion(visit)
  })
  action('/resume', (visit, form) => {
    resumePlan(findOwnSubscription(form.subscription ?? '', visit), visit)
    return links.portal(visit.session.id)
  })

  page('/subscriptions/:part/update', (visit, { params }) => {
    requireFeature(visit, 'subscription_update')
    return updatePage(findOwnSubscription(params.part, visit), visit, null)
  })
  app.get<Request>(`${path}/subscriptions/:part/confirm`, ({ params, query }, reply) => {
    const visit = look(params.id, context())
    requireFeature(visit, 'subscription_update')
    const subscription = findOwnSubscription(params.part, visit)
    try {
      const change = changeFrom(
        subscription,
        { price: textOf(query.price), quantity: textOf(query.quantity), from: visit.ctx.now },
        visit,
      )
      return show(
        reply,
        confirmPage(subscription, { change, preview: previewChange(subscription, change, visit) }, visit),
      )
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return show(reply.code(422), updatePage(subscription, visit, error.message))
    }
  })
  action('/update', (visit, form) => {
    requireFeature(visit, 'subscription_update')
    const subscription = findOwnSubscription(form.subscription ?? '', visit)
    const from = seenAt(form.from ?? '', subscription, visit)
    const chosen = { price: form.price ?? '', quantity: form.quantity ?? '', from }
    const confirms = visit.session.flow?.type === 'subscription_update_confirm'
    return makeChange(
      subscription,
      confirms ? changeOfFlow(subscription, from, visit) : changeFrom(subscription, chosen, visit),
      visit,
    )
  })

  page('/cards/new', (visit) => {
    requireFeature(visit, 'payment_method_update')
    return cardPage(visit, { form: blankCard(visit.ctx.now), errors: {}, problem: null })
  })
  action('/cards', (visit, given, reply) => {
    requireFeature(visit, 'payment_method_update')
    const form = cardForm(given)
    const read = readCardForm(form, visit.ctx.now)
    if ('errors' in read) return show(reply.code(422), cardPage(visit, { form, errors: read.errors, problem: null }))
    const saved = saveCard(read, visit)
    return 'to' in saved
      ? saved.to
      : show(reply.code(402), cardPage(visit, { form, errors: {}, problem: saved.problem }))
  })
  // Here the bank sends people back to.
  app.get<Request>(`${path}/cards/saved`, ({ params, query }, reply) => {
    const visit = open(params.id, context())
    const saved: Saved = finishCard(textOf(query.setup), visit)
    if ('to' in saved) return redirect(reply, saved.to)
    const form = { ...blankCard(visit.ctx.now), cardNumber: '' }
    return show(reply.code(402), cardPage(visit, { form, errors: {}, problem: saved.problem }))
  })
  for (const [at, act] of Object.entries({ default: makeDefault, remove: removeCard })) {
    action(`/cards/${at}`, (visit, form) => {
      requireFeature(visit, 'payment_method_update')
      act(findOwnCard(form.card ?? '', visit), visit)
      return links.portal(visit.session.id)
    })
  }
  action('/cards/pay', (visit, form) => {
    requireFeature(visit, 'payment_method_update')
    payWith(findOwnCard(form.card ?? '', visit), findOwnSubscription(form.subscription ?? '', visit), visit)
    return links.portal(visit.session.id)
  })

  page('/details', (visit) => {
    requireFeature(visit, 'customer_update')
    return detailsPage(visit, null)
  })
  action('/details', (visit, form, reply) => {
    requireFeature(visit, 'customer_update')
    if (form.email !== undefined && !/^[^\s@]+@[^\s@]+$/.test(form.email.trim())) {
      return show(reply.code(422), detailsPage(visit, 'Enter an email address.'))
    }
    updateCustomer(visit.customer, detailsFrom(form, visit), visit.ctx)
    return links.portal(visit.session.id)
  })
}

/** The one page that a session with a flow is for. */
function flowPage(visit: Visit): Page {
  const { flow } = visit.session
  if (!flow) return portalPage(visit)
  if (flow.subscription_cancel)
    return cancelPage(findOwnSubscription(flow.subscription_cancel.subscription, visit), visit)
  if (flow.subscription_update) {
    return updatePage(findOwnSubscription(flow.subscription_update.subscription, visit), visit, null)
  }
  if (flow.subscription_update_confirm) {
    const subscription = findOwnSubscription(flow.subscription_update_confirm.subscription, visit)
    const change = changeOfFlow(subscription, visit.ctx.now, visit)
    return confirmPage(subscription, { change, preview: previewChange(subscription, change, visit) }, visit)
  }
  return cardPage(visit, { form: blankCard(visit.ctx.now), errors: {}, problem: null })
}

/** Only what may be told; empty is none. */
function detailsFrom(form: Form, { configuration }: Visit): Partial<Customer> {
  const { allowed_updates: allowed } = configuration.features.customer_update
  const told = (name: string) => form[name]?.trim() || null
  const place = {
    city: told('city'),
    country: told('country'),
    line1: told('line1'),
    line2: told('line2'),
    postal_code: told('postal_code'),
    state: told('state'),
  }
  const empty = Object.values(place).every((part) => part === null)
  return {
    ...(allowed.includes('name') && form.name !== undefined && { name: told('name') }),
    ...(allowed.includes('email') && form.email !== undefined && { email: told('email') }),
    ...(allowed.includes('phone') && form.phone !== undefined && { phone: told('phone') }),
    ...(allowed.includes('address') && form.line1 !== undefined && { address: empty ? null : place }),
  }
}
