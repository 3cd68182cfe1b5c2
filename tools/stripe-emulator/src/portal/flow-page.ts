import { blankCard } from '../pages/card-form.ts'
import type { Page } from '../pages/layout.ts'
import { changeOfFlow, previewChange } from './plan-change.ts'
import { portalPage } from './portal-page.ts'
import { cancelPage, cardPage, confirmPage, updatePage } from './step-pages.ts'
import { findOwnSubscription, type Visit } from './visit.ts'

/** The one page that a session with a flow is for. */
export function flowPage(visit: Visit): Page {
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
