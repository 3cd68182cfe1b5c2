import { onClockOf, viewOnClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { invalidRequest } from '../http/errors.ts'
import { links } from '../links.ts'
import type { Customer, PaymentMethod, PortalConfiguration, PortalSession, Subscription } from '../state/state.ts'
import { hasEnded } from '../subscriptions/invoice-settled.ts'
import { findConfiguration, type Features } from './configurations.ts'
import { findPortalSession } from './portal-sessions.ts'

/** A customer at their portal: who, what they are offered, and by which clock. */
export interface Visit {
  session: PortalSession
  configuration: PortalConfiguration
  customer: Customer
  ctx: Context
}

/** To be looked at. */
export function look(id: string, requestCtx: Context): Visit {
  const session = findPortalSession(id, requestCtx)
  return visitOf(session, viewOnClockOf(session.customer, requestCtx))
}

/** To be changed by what the person does. */
export function open(id: string, requestCtx: Context): Visit {
  const session = findPortalSession(id, requestCtx)
  return visitOf(session, onClockOf(session.customer, requestCtx))
}

/** Refuses what the configuration does not offer: a form that was shown before may still be sent. */
export function requireFeature({ configuration }: Visit, name: keyof Features): void {
  if (!configuration.features[name].enabled) throw invalidRequest('This is not offered here.')
}

/** One of their subscriptions that has not ended; in a flow about one, only that. */
export function findOwnSubscription(id: string, { customer, ctx, session: { flow } }: Visit): Subscription {
  const about = flow?.subscription_cancel ?? flow?.subscription_update ?? flow?.subscription_update_confirm
  const subscription = ctx.state.subscriptions.get(id)
  if (subscription?.customer !== customer.id || hasEnded(subscription)) {
    throw invalidRequest('This plan has already ended.')
  }
  if (about && about.subscription !== id) throw invalidRequest('This link is for another plan.')
  return subscription
}

/** Their cards, the newest first. */
export function cardsOf({ customer, ctx }: Visit): PaymentMethod[] {
  return [...ctx.state.paymentMethods.values()].filter((method) => method.customer === customer.id).reverse()
}

export function findOwnCard(id: string, visit: Visit): PaymentMethod {
  const method = cardsOf(visit).find((card) => card.id === id)
  if (!method) throw invalidRequest('This card is not there any more.')
  return method
}

/** Where a page leads back to: a flow hides all but itself. */
export function backFrom({ session }: Visit): string | null {
  return session.flow ? session.return_url : links.portal(session.id)
}

/** https://docs.stripe.com/customer-management/portal-deep-links: where one goes once it is done. */
export function afterCompletion({ session }: Visit): string {
  const after = session.flow?.after_completion
  if (after?.type === 'redirect' && after.redirect) return after.redirect.return_url
  if (after?.type === 'hosted_confirmation') return `${links.portal(session.id)}/done`
  return links.portal(session.id)
}

function visitOf(session: PortalSession, ctx: Context): Visit {
  const customer = findCustomer(session.customer, ctx)
  return { session, configuration: findConfiguration(session.configuration, ctx), customer, ctx }
}
