import type Stripe from 'stripe'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { flag, paging, params } from '../http/params.ts'
import { applyChanges } from '../webhooks/events.ts'
import { createParams, updateParams } from './configuration-params.ts'
import {
  changesOf,
  checkConfiguration,
  createConfiguration,
  defaultConfiguration,
  findConfiguration,
} from './configurations.ts'

const path = '/v1/billing_portal/configurations'

/** https://docs.stripe.com/api/customer_portal/configurations */
export const portalConfigurations: Endpoint[] = [
  collection(['POST', path], createParams, createConfiguration),

  member(['GET', `${path}/:id`], params<Stripe.BillingPortal.ConfigurationRetrieveParams>()({}), (id, _given, ctx) =>
    findConfiguration(id, ctx),
  ),

  member(['POST', `${path}/:id`], updateParams, (id, given, ctx) => {
    const configuration = findConfiguration(id, ctx)
    if (given.active === false && configuration.is_default) {
      throw invalidRequest('The default configuration cannot be deactivated.', { param: 'active' })
    }
    const changes = changesOf(configuration, given)
    checkConfiguration({ ...configuration, ...changes }, ctx)
    const previous = applyChanges(configuration, changes)
    if (!previous) return configuration
    ctx.emit('billing_portal.configuration.updated', configuration, {
      ...previous,
      ...applyChanges(configuration, { updated: ctx.now }),
    })
    return configuration
  }),

  collection(
    ['GET', path],
    params<Stripe.BillingPortal.ConfigurationListParams>()({
      ...paging,
      active: flag.optional(),
      is_default: flag.optional(),
    }),
    (given, ctx) => {
      defaultConfiguration(ctx)
      return paginate(
        [...ctx.state.portalConfigurations.values()].filter(where(given, 'active', 'is_default')),
        path,
        given,
      )
    },
  ),
]
