import type Stripe from 'stripe'
import type { z } from 'zod'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { noSuch } from '../http/errors.ts'
import { paginate } from '../http/list.ts'
import { flag, list, metadata, paging, params, text, unsettable, webUrl } from '../http/params.ts'
import { newId } from '../ids.ts'
import type { EndpointRecord, State, WebhookEndpoint } from '../state/state.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { apiVersion } from '../api-version.ts'
import { isEventType } from './event-types.ts'

const path = '/v1/webhook_endpoints'

const enabledEvents = list(
  text.refine((type) => type === '*' || isEventType(type), {
    error: ({ input }) => `Invalid event type: ${String(input)}. It is none of Stripe's, nor '*'.`,
  }),
).refine((types) => types.length > 0, { error: 'enabled_events needs at least one type.' })

const fields = { description: unsettable(text).optional(), metadata: metadata.optional() }

const createParams = params<Stripe.WebhookEndpointCreateParams>()({
  ...fields,
  api_version: text
    .refine((version) => version === apiVersion, { error: `This stand-in sends events of ${apiVersion} only.` })
    .optional(),
  enabled_events: enabledEvents,
  url: webUrl,
})

const updateParams = params<Stripe.WebhookEndpointUpdateParams>()({
  ...fields,
  disabled: flag.optional(),
  enabled_events: enabledEvents.optional(),
  url: webUrl.optional(),
})

export const webhookEndpoints: Endpoint[] = [
  collection(['POST', path], createParams, (given, ctx) => {
    const record = createEndpoint(given, { secret: newId('whsec'), configured: null, now: ctx.now })
    ctx.state.endpoints.set(record.endpoint.id, record)
    return { ...record.endpoint, secret: record.secret }
  }),

  member(['GET', `${path}/:id`], params<Stripe.WebhookEndpointRetrieveParams>()({}), (id, _given, ctx) =>
    findEndpoint(id, ctx),
  ),

  // https://docs.stripe.com/api/webhook_endpoints/update
  member(['POST', `${path}/:id`], updateParams, (id, { disabled, description, metadata: data, ...given }, ctx) => {
    const endpoint = findEndpoint(id, ctx)
    return Object.assign(endpoint, {
      ...(given.url !== undefined && { url: given.url }),
      ...(given.enabled_events !== undefined && { enabled_events: given.enabled_events }),
      ...(description !== undefined && { description }),
      ...(disabled !== undefined && { status: disabled ? 'disabled' : 'enabled' }),
      metadata: mergeMetadata(endpoint.metadata, data),
    } satisfies Partial<WebhookEndpoint>)
  }),

  collection(['GET', path], params<Stripe.WebhookEndpointListParams>()(paging), (given, { state }) =>
    paginate(
      [...state.endpoints.values()].map(({ endpoint }) => endpoint),
      path,
      given,
    ),
  ),

  member(['DELETE', `${path}/:id`], params<Stripe.WebhookEndpointDeleteParams>()({}), (id, _given, ctx) => {
    findEndpoint(id, ctx)
    ctx.state.endpoints.delete(id)
    return { id, object: 'webhook_endpoint', deleted: true }
  }),
]

/** Makes the endpoints given at start agree with those that were given before; what waits for one goes to its new address. */
export function configureEndpoints(
  state: State,
  configured: readonly { url: string; secret: string }[],
  now: number,
): void {
  for (const [id, record] of state.endpoints) {
    if (record.configured !== null && record.configured >= configured.length) state.endpoints.delete(id)
  }
  for (const [place, { url, secret }] of configured.entries()) {
    const known = [...state.endpoints.values()].find((record) => record.configured === place)
    if (known) {
      known.endpoint.url = url
      if (known.secret !== secret) Object.assign(known, { secret, rolled: [] } satisfies Partial<EndpointRecord>)
      continue
    }
    const given = { url, enabled_events: ['*' as const], description: 'Configured at start' }
    const record = createEndpoint(given, { secret, configured: place, now })
    state.endpoints.set(record.endpoint.id, record)
  }
}

function createEndpoint(
  given: z.infer<typeof createParams>,
  { secret, configured, now }: Pick<EndpointRecord, 'secret' | 'configured'> & { now: number },
): EndpointRecord {
  return {
    secret,
    rolled: [],
    configured,
    endpoint: {
      id: newId('we'),
      object: 'webhook_endpoint',
      api_version: given.api_version ?? null,
      application: null,
      created: now,
      description: given.description ?? null,
      enabled_events: given.enabled_events,
      livemode: false,
      metadata: mergeMetadata({}, given.metadata),
      status: 'enabled',
      url: given.url,
    },
  }
}

function findEndpoint(id: string, ctx: Context): WebhookEndpoint {
  const record = ctx.state.endpoints.get(id)
  if (!record) throw noSuch('webhook endpoint', id)
  return record.endpoint
}
