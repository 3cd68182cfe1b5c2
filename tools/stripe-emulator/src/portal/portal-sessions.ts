import type Stripe from 'stripe'
import type { Context } from '../context.ts'
import { collection, type Endpoint } from '../http/endpoint.ts'
import { noSuch } from '../http/errors.ts'
import { params, text, webUrl } from '../http/params.ts'
import { newId } from '../ids.ts'
import { links } from '../links.ts'
import type { PortalSession } from '../state/state.ts'
import { findCustomer } from '../customers/customers.ts'

/** How long the link works; Stripe's lasts five minutes when it is unused and an hour from the last visit. */
const lifetime = 3600

const createParams = params<Stripe.BillingPortal.SessionCreateParams>()({
  customer: text,
  return_url: webUrl.optional(),
})

export const portalSessions: Endpoint[] = [
  collection(['POST', '/v1/billing_portal/sessions'], createParams, (given, ctx) => {
    const customer = findCustomer(given.customer, ctx, 'customer')
    const id = newId('bps')
    const session: PortalSession = {
      id,
      object: 'billing_portal.session',
      configuration: 'bpc_standin',
      created: ctx.now,
      customer: customer.id,
      customer_account: null,
      flow: null,
      livemode: false,
      locale: null,
      on_behalf_of: null,
      return_url: given.return_url ?? null,
      url: ctx.url(links.portal(id)),
    }
    ctx.state.portalSessions.set(id, session)
    ctx.emit('billing_portal.session.created', session)
    return session
  }),
]

/** The session behind a portal link, while the link works. */
export function findPortalSession(id: string, ctx: Context): PortalSession {
  const session = ctx.state.portalSessions.get(id)
  if (!session || session.created + lifetime <= ctx.now) throw noSuch('billing_portal.session', id)
  return session
}
