import { command, defineEvent, Page, pageOf, query } from '@lightpress/protocol'
import { z } from 'zod'

/**
 * What programs can be told of, by the names that they are sent with. Each is made of an event of ours; `webhooks.test`
 * is sent by hand only.
 */
export const WebhookEventType = z.enum([
  'member.joined',
  'member.left',
  'member.removed',
  'member.role_changed',
  'subscription.changed',
  'subscription.trial_ending',
  'invoice.paid',
  'invoice.payment_failed',
])
export type WebhookEventType = z.infer<typeof WebhookEventType>

export const WebhookEndpoint = z.object({
  id: z.uuid(),
  url: z.string(),
  description: z.string(),
  eventTypes: z.array(WebhookEventType),
  status: z.enum(['enabled', 'disabled']),
  /** By hand; by us, after nothing was taken for three days; or because it answered 410 Gone. */
  disabledBecause: z.enum(['person', 'failing', 'gone']).nullable(),
  /** Since when no delivery was taken; null when the last one was. */
  failingSince: z.iso.datetime().nullable(),
  /** Until when the secret before this one signs as well, after a rotation. */
  oldSecretUntil: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
})
export type WebhookEndpoint = z.infer<typeof WebhookEndpoint>

/** With the secret, which is shown when it is made and never again: `whsec_` and base64 (Standard Webhooks). */
export const WebhookEndpointWithSecret = WebhookEndpoint.extend({ secret: z.string() })

export const WebhookDelivery = z.object({
  id: z.uuid(),
  endpointId: z.uuid(),
  /** The same for all deliveries of one thing: `webhook-id` in the request. */
  messageId: z.string(),
  eventType: z.union([WebhookEventType, z.literal('webhooks.test')]),
  status: z.enum(['pending', 'delivered', 'failed', 'cancelled']),
  attempts: z.number().int(),
  /** The last answer's status; null when there was none. */
  lastStatus: z.number().int().nullable(),
  nextAttemptAt: z.iso.datetime().nullable(),
  /** Which delivery this one repeats. */
  replayOf: z.uuid().nullable(),
  createdAt: z.iso.datetime(),
  settledAt: z.iso.datetime().nullable(),
})
export type WebhookDelivery = z.infer<typeof WebhookDelivery>

export const WebhookAttempt = z.object({
  number: z.number().int(),
  at: z.iso.datetime(),
  durationMs: z.number().int(),
  requestHeaders: z.record(z.string(), z.string()),
  /** Null when no answer came; then `error` says why. */
  responseStatus: z.number().int().nullable(),
  responseHeaders: z.record(z.string(), z.string()),
  /** The beginning of it (4 KiB), as text. */
  responseBody: z.string(),
  responseTruncated: z.boolean(),
  error: z.string().nullable(),
})
export type WebhookAttempt = z.infer<typeof WebhookAttempt>

export const WebhookDeliveryDetails = WebhookDelivery.extend({
  /** The body as it was, or will be, sent. */
  requestBody: z.string(),
  attemptLog: z.array(WebhookAttempt),
  replays: z.array(z.uuid()),
})
export type WebhookDeliveryDetails = z.infer<typeof WebhookDeliveryDetails>

const url = z.url().max(2_000)
const description = z.string().max(200)
const eventTypes = z.array(WebhookEventType).min(1)
const one = z.object({ id: z.uuid() })

export const webhookOperations = {
  listWebhookEndpoints: query({
    path: '/v1/webhook-endpoints',
    access: 'admin',
    scope: 'webhooks:read',
    summary: "Where the organisation's programs are told what happens. At most 20, so there are no pages.",
    input: z.object({}),
    output: z.object({ items: z.array(WebhookEndpoint), limit: z.number().int() }),
  }),
  createWebhookEndpoint: command({
    path: '/v1/webhook-endpoints',
    access: 'admin',
    assurance: 'self',
    scope: 'webhooks:write',
    status: 201,
    summary: 'Adds an endpoint. Its secret is in this answer and in no other.',
    input: z.object({ url, description: description.default(''), eventTypes }),
    output: WebhookEndpointWithSecret,
  }),
  getWebhookEndpoint: query({
    path: '/v1/webhook-endpoints/:id',
    access: 'admin',
    scope: 'webhooks:read',
    summary: 'One endpoint.',
    input: one,
    output: WebhookEndpoint,
  }),
  updateWebhookEndpoint: command({
    method: 'PATCH',
    path: '/v1/webhook-endpoints/:id',
    access: 'admin',
    assurance: 'self',
    scope: 'webhooks:write',
    summary:
      'Changes where it is, what it hears of, or whether it does. What is switched on again is not sent what it missed.',
    input: one.extend({
      url: url.optional(),
      description: description.optional(),
      eventTypes: eventTypes.optional(),
      enabled: z.boolean().optional(),
    }),
    output: WebhookEndpoint,
  }),
  deleteWebhookEndpoint: command({
    method: 'DELETE',
    path: '/v1/webhook-endpoints/:id',
    access: 'admin',
    assurance: 'self',
    scope: 'webhooks:write',
    summary: 'Removes it with its log. What waits is not sent any more.',
    input: one,
    output: z.object({}),
  }),
  rotateWebhookSecret: command({
    path: '/v1/webhook-endpoints/:id/rotate-secret',
    access: 'admin',
    assurance: 'self',
    scope: 'webhooks:write',
    summary: 'Makes a new secret. The old one signs as well for some hours, so that nothing is refused meanwhile.',
    input: one.extend({ overlapHours: z.number().int().min(0).max(168).default(24) }),
    output: WebhookEndpointWithSecret,
  }),
  testWebhookEndpoint: command({
    path: '/v1/webhook-endpoints/:id/test',
    access: 'admin',
    scope: 'webhooks:write',
    summary: 'Sends a `webhooks.test` now, once, and says what came of it. 60 an hour of an organisation.',
    input: one,
    output: WebhookDeliveryDetails,
  }),
  listWebhookDeliveries: query({
    path: '/v1/webhook-endpoints/:id/deliveries',
    access: 'admin',
    scope: 'webhooks:read',
    summary: 'What was sent to it in the last 30 days, newest first.',
    input: Page.extend({
      id: z.uuid(),
      status: WebhookDelivery.shape.status.optional(),
      eventType: WebhookDelivery.shape.eventType.optional(),
    }),
    output: pageOf(WebhookDelivery),
  }),
  getWebhookDelivery: query({
    path: '/v1/webhook-endpoints/deliveries/:id',
    access: 'admin',
    scope: 'webhooks:read',
    summary: 'One delivery with every attempt: what was asked and what was answered.',
    input: one,
    output: WebhookDeliveryDetails,
  }),
  replayWebhookDelivery: command({
    path: '/v1/webhook-endpoints/deliveries/:id/replay',
    access: 'admin',
    scope: 'webhooks:write',
    status: 201,
    summary:
      'Sends the same again, as a new delivery that is linked to this one. The receiver knows it by its `webhook-id`. 1,000 an hour of an organisation.',
    input: one,
    output: WebhookDelivery,
  }),
  replayMissedWebhooks: command({
    path: '/v1/webhook-endpoints/:id/replay-missed',
    access: 'admin',
    scope: 'webhooks:write',
    summary:
      'Replays what failed or was cancelled since then and was not replayed since, the oldest first and 100 at most. Where there may be more, `nextCursor` goes on after these. Each counts as a replay.',
    input: one.extend({ since: z.iso.datetime({ offset: true }), cursor: z.string().max(200).optional() }),
    output: z.object({ replayed: z.number().int(), nextCursor: z.string().nullable() }),
  }),
}

/** What an organisation tells whom is not what it was: those who look after it are to see who did that. Ids only. */
export const webhookEndpointChanged = defineEvent(
  'notifications.webhook_endpoint.changed.v1',
  z.object({
    organizationId: z.uuid(),
    endpointId: z.uuid(),
    /** `repointed`: it has another URL. */
    change: z.enum(['added', 'repointed', 'enabled', 'disabled', 'secret_rotated', 'deleted']),
    /** Who did it; null for a program, and for us. */
    actorId: z.uuid().nullable(),
    /** By which API key, where a program did it. */
    apiKeyId: z.uuid().nullable(),
  }),
  { listeners: ['users'] },
)

export const webhookReasons = [
  'notifications.webhook_endpoint_not_found',
  'notifications.webhook_delivery_not_found',
  'notifications.webhook_endpoint_limit',
  'notifications.webhook_url_refused',
  'notifications.webhook_endpoint_disabled',
  'notifications.too_many_webhooks_by_hand',
] as const
