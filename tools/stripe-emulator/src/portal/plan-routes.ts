import { ApiError } from '../http/errors.ts'
import { links } from '../links.ts'
import type { Subscription } from '../state/state.ts'
import { cancelPlan, resumePlan } from './cancellation.ts'
import { changeFrom, changeOfFlow, makeChange, previewChange, seenAt } from './plan-change.ts'
import type { Answer, Fields, Site } from './site.ts'
import { cancelPage, confirmPage, updatePage } from './step-pages.ts'
import { afterCompletion, findOwnSubscription, requireFeature, type Visit } from './visit.ts'

/** To change a plan, to end it, and to go on with it after all. */
export function registerPlans({ page, action }: Site): void {
  page('/subscriptions/:part/cancel', (visit, { part }) => {
    requireFeature(visit, 'subscription_cancel')
    return cancelPage(findOwnSubscription(part, visit), visit)
  })

  action('/cancel', (visit, { subscription = '', feedback = '', comment = '' }) => {
    cancelPlan(findOwnSubscription(subscription, visit), { feedback, comment }, visit)
    return { to: afterCompletion(visit) }
  })

  action('/resume', (visit, { subscription = '' }) => {
    resumePlan(findOwnSubscription(subscription, visit), visit)
    return { to: links.portal(visit.session.id) }
  })

  page('/subscriptions/:part/update', (visit, { part }) => {
    requireFeature(visit, 'subscription_update')
    return updatePage(findOwnSubscription(part, visit), visit, null)
  })

  page('/subscriptions/:part/confirm', (visit, { part, query }) => {
    requireFeature(visit, 'subscription_update')
    return confirmation(findOwnSubscription(part, visit), query, visit)
  })

  action('/update', (visit, form) => {
    requireFeature(visit, 'subscription_update')
    const { subscription: id = '', price = '', quantity = '' } = form
    const subscription = findOwnSubscription(id, visit)
    const from = seenAt(form.from ?? '', subscription, visit)
    const confirms = visit.session.flow?.type === 'subscription_update_confirm'
    const change = confirms
      ? changeOfFlow(subscription, from, visit)
      : changeFrom(subscription, { price, quantity, from }, visit)
    return { to: makeChange(subscription, change, visit) }
  })
}

/** What the chosen change costs; or the choice once more, with what is wrong with it. */
function confirmation(subscription: Subscription, { price = '', quantity = '' }: Fields, visit: Visit): Answer {
  try {
    const change = changeFrom(subscription, { price, quantity, from: visit.ctx.now }, visit)
    return confirmPage(subscription, { change, preview: previewChange(subscription, change, visit) }, visit)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { status: 422, page: updatePage(subscription, visit, error.message) }
  }
}
