import { links } from '../links.ts'
import { blankCard, cardForm, readCardForm, type CardForm } from '../pages/card-form.ts'
import { finishCard, makeDefault, payWith, removeCard, saveCard, type Saved } from './cards.ts'
import type { Answer, Site } from './site.ts'
import { cardPage } from './step-pages.ts'
import { findOwnCard, findOwnSubscription, requireFeature, type Visit } from './visit.ts'

/** To add a card, to take one away, and to choose which one pays. */
export function registerCards({ page, action, arrival }: Site): void {
  page('/cards/new', (visit) => {
    requireFeature(visit, 'payment_method_update')
    return cardPage(visit, { form: blankCard(visit.ctx.now), errors: {}, problem: null })
  })

  action('/cards', (visit, given) => {
    requireFeature(visit, 'payment_method_update')
    const form = cardForm(given)
    const read = readCardForm(form, visit.ctx.now)
    if ('errors' in read) return { status: 422, page: cardPage(visit, { form, errors: read.errors, problem: null }) }
    return after(saveCard(read, visit), form, visit)
  })

  arrival('/cards/saved', (visit, { setup = '' }) => {
    requireFeature(visit, 'payment_method_update')
    return after(finishCard(setup, visit), { ...blankCard(visit.ctx.now), cardNumber: '' }, visit)
  })

  for (const [at, act] of Object.entries({ default: makeDefault, remove: removeCard })) {
    action(`/cards/${at}`, (visit, { card = '' }) => {
      requireFeature(visit, 'payment_method_update')
      act(findOwnCard(card, visit), visit)
      return { to: links.portal(visit.session.id) }
    })
  }

  action('/cards/pay', (visit, { card = '', subscription = '' }) => {
    requireFeature(visit, 'payment_method_update')
    payWith(findOwnCard(card, visit), findOwnSubscription(subscription, visit), visit)
    return { to: links.portal(visit.session.id) }
  })
}

/** On, or back to the form with what became of the card. */
function after(saved: Saved, form: CardForm, visit: Visit): Answer {
  if ('to' in saved) return saved
  return { status: 402, page: cardPage(visit, { form, errors: {}, problem: saved.problem }) }
}
