import type { WebhookEndpoint, WebhookEventType } from '@lightpress/notifications-contract'
import { kernelTables } from '@lightpress/kernel'
import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

const { schema } = kernelTables('notifications')

const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** Where an organisation's programs are told what happens. */
export const webhookEndpoint = schema.table(
  'webhook_endpoint',
  {
    id: uuid().primaryKey(),
    organizationId: uuid('organization_id').notNull(),
    url: text().notNull(),
    description: text().notNull(),
    eventTypes: text('event_types').array().$type<WebhookEventType[]>().notNull(),
    status: text({ enum: ['enabled', 'disabled'] })
      .notNull()
      .default('enabled'),
    disabledBecause: text('disabled_because').$type<NonNullable<WebhookEndpoint['disabledBecause']>>(),
    /** Sealed under SECRETS_ENCRYPTION_KEY. */
    sealedSecret: text('sealed_secret').notNull(),
    /** Sealed as well: the one before, which signs beside it for a while after a rotation. */
    sealedOldSecret: text('sealed_old_secret'),
    oldSecretUntil: time('old_secret_until'),
    /** Since when nothing was taken, and how many attempts failed since then. */
    failingSince: time('failing_since'),
    failures: integer().notNull().default(0),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (t) => [
    index('webhook_endpoint_organization').on(t.organizationId),
    index('webhook_endpoint_old_secret')
      .on(t.oldSecretUntil)
      .where(sql`old_secret_until is not null`),
  ],
)

/** One thing for one endpoint: what is sent, and what became of it. */
export const webhookDelivery = schema.table(
  'webhook_delivery',
  {
    id: uuid().primaryKey(),
    endpointId: uuid('endpoint_id')
      .notNull()
      .references(() => webhookEndpoint.id, { onDelete: 'cascade' }),
    organizationId: uuid('organization_id').notNull(),
    /** Null for a test. */
    eventId: uuid('event_id'),
    /** `webhook-id`, which the receiver knows repetitions by. */
    messageId: text('message_id').notNull(),
    eventType: text('event_type').$type<WebhookEventType | 'webhooks.test'>().notNull(),
    /** As it is sent, each time. */
    body: text().notNull(),
    status: text({ enum: ['pending', 'delivered', 'failed', 'cancelled'] })
      .notNull()
      .default('pending'),
    attempts: integer().notNull().default(0),
    lastStatus: integer('last_status'),
    lastError: text('last_error'),
    /** Null for what is settled, and for a test, which is sent by whoever asks for it. */
    nextAttemptAt: time('next_attempt_at'),
    /** How many attempts were begun, those included that came to no end. */
    starts: integer().notNull().default(0),
    /** Since when an attempt is under way; one that lasts longer than it can died with its process. */
    sendingSince: time('sending_since'),
    replayOf: uuid('replay_of'),
    /** The request that it came of. */
    requestId: text('request_id').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    settledAt: time('settled_at'),
  },
  (t) => [
    uniqueIndex('webhook_delivery_event')
      .on(t.endpointId, t.eventId)
      .where(sql`replay_of is null and event_id is not null`),
    // The log is read newest first, which is by id.
    index('webhook_delivery_endpoint').on(t.endpointId, t.id),
    index('webhook_delivery_due')
      .on(t.endpointId, t.nextAttemptAt)
      .where(sql`status = 'pending'`),
    index('webhook_delivery_sending')
      .on(t.organizationId)
      .where(sql`sending_since is not null`),
    index('webhook_delivery_replay')
      .on(t.replayOf)
      .where(sql`replay_of is not null`),
    // What was missed, and whether it was sent again.
    index('webhook_delivery_missed')
      .on(t.endpointId, t.id)
      .where(sql`status in ('failed', 'cancelled') and replay_of is null`),
    index('webhook_delivery_replayed')
      .on(t.endpointId, t.eventId)
      .where(sql`replay_of is not null`),
    index('webhook_delivery_organization').on(t.organizationId, t.createdAt),
    index('webhook_delivery_request').on(t.requestId),
  ],
)

/** What somebody had sent at once, for as long as it counts: also when its endpoint is deleted meanwhile. */
export const webhookByHand = schema.table(
  'webhook_by_hand',
  {
    id: uuid().primaryKey(),
    organizationId: uuid('organization_id').notNull(),
    kind: text({ enum: ['test', 'replay'] }).notNull(),
    at: time('at').notNull().defaultNow(),
  },
  (t) => [index('webhook_by_hand_at').on(t.organizationId, t.kind, t.at)],
)

/** What was asked and what was answered. */
export const webhookAttempt = schema.table(
  'webhook_attempt',
  {
    deliveryId: uuid('delivery_id')
      .notNull()
      .references(() => webhookDelivery.id, { onDelete: 'cascade' }),
    number: integer().notNull(),
    at: time('at').notNull(),
    durationMs: integer('duration_ms').notNull(),
    requestHeaders: jsonb('request_headers').$type<Record<string, string>>().notNull(),
    responseStatus: integer('response_status'),
    responseHeaders: jsonb('response_headers').$type<Record<string, string>>().notNull(),
    responseBody: text('response_body').notNull(),
    responseTruncated: boolean('response_truncated').notNull(),
    error: text(),
  },
  (t) => [primaryKey({ columns: [t.deliveryId, t.number] })],
)
