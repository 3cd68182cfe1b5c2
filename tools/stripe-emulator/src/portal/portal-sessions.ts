import type Stripe from 'stripe'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { collection, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { params, text, webUrl } from '../http/params.ts'
import { newId } from '../ids.ts'
import { links } from '../links.ts'
import type { PortalConfiguration, PortalSession } from '../state/state.ts'
import { defaultConfiguration, findConfiguration } from './configurations.ts'
import { flowData } from './flow-params.ts'
import { flowOf } from './flows.ts'

/** How long the link works; Stripe's lasts five minutes when it is unused and an hour from the last visit. */
const lifetime = 3600

const createParams = params<Stripe.BillingPortal.SessionCreateParams>()({
  configuration: text.optional(),
  customer: text,
  flow_data: flowData.optional(),
  locale: z.enum(['auto', 'en']).optional(),
  return_url: webUrl.optional(),
})

/** https://docs.stripe.com/api/customer_portal/sessions */
export const portalSessions: Endpoint[] = [
  collection(['POST', '/v1/billing_portal/sessions'], createParams, (given, ctx) => {
    const customer = findCustomer(given.customer, ctx, 'customer')
    const configuration = configurationFor(given.configuration, ctx)
    const id = newId('bps')
    const flow = given.flow_data ? flowOf(given.flow_data, { configuration, customer }, ctx) : null
    const session: PortalSession = {
      id,
      object: 'billing_portal.session',
      configuration: configuration.id,
      created: ctx.now,
      customer: customer.id,
      customer_account: null,
      flow,
      livemode: false,
      locale: given.locale ?? null,
      on_behalf_of: null,
      return_url: given.return_url ?? configuration.default_return_url,
      url: ctx.url(flow ? links.portalFlow(id) : links.portal(id)),
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

function configurationFor(id: string | undefined, ctx: Context): PortalConfiguration {
  if (id === undefined) return defaultConfiguration(ctx)
  const configuration = findConfiguration(id, ctx, 'configuration')
  if (configuration.active) return configuration
  throw invalidRequest(`The configuration ${id} is not active.`, { param: 'configuration' })
}
