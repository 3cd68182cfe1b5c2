import type { PlanId, SubscriptionStatus } from '@lightpress/billing-contract'
import { kernelTables } from '@lightpress/kernel'
import type { DigestPlan, QuietHours } from '@lightpress/notifications-contract'
import { sql } from 'drizzle-orm'
import { index, integer, jsonb, text, timestamp, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { MessageData } from './messages.ts'
import type { Choices } from './preference-rules.ts'

const { schema, ...tables } = kernelTables('notifications')
export const { outbox, inbox, idempotency } = tables

const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** Numbers a person's notifications. Whoever writes one holds this row, so numbers are in commit order. */
export const reader = schema.table('reader', {
  userId: uuid('user_id').primaryKey(),
  lastSequence: integer('last_sequence').notNull(),
})

export const notification = schema.table(
  'notification',
  {
    id: uuid().primaryKey(),
    userId: uuid('user_id').notNull(),
    sequence: integer().notNull(),
    category: text({ enum: ['account', 'billing', 'security', 'product'] }).notNull(),
    /** In the language that the person had then. */
    title: text().notNull(),
    body: text().notNull(),
    link: text(),
    /** Whom it names, where that is somebody else than its reader: it goes with them. */
    aboutUserId: uuid('about_user_id'),
    /** Why it was written, and the request that began it; null where that was not kept yet. */
    eventId: uuid('event_id').notNull(),
    requestId: text('request_id'),
    createdAt: time('created_at').notNull().defaultNow(),
    readAt: time('read_at'),
    /** Archived ones are read. */
    archivedAt: time('archived_at'),
  },
  (t) => [
    uniqueIndex('notification_sequence').on(t.userId, t.sequence),
    uniqueIndex('notification_event').on(t.eventId, t.userId),
    index('notification_inbox')
      .on(t.userId, t.sequence)
      .where(sql`archived_at is null`),
    index('notification_archive')
      .on(t.userId, t.sequence)
      .where(sql`archived_at is not null`),
    index('notification_category').on(t.userId, t.category, t.sequence),
    index('notification_not_read')
      .on(t.userId, t.sequence)
      .where(sql`read_at is null`),
    // In a trail things are by their time, whatever they are.
    index('notification_user_at').on(t.userId, t.createdAt),
    index('notification_request')
      .on(t.requestId)
      .where(sql`request_id is not null`),
    index('notification_about')
      .on(t.aboutUserId)
      .where(sql`about_user_id is not null`),
  ],
)

/** The delivery log of e-mail: to whom, why, and what became of it. Its id is the provider's idempotency key. */
export const message = schema.table(
  'message',
  {
    id: uuid().primaryKey(),
    /** Why it is written, and the request or schedule that began it; null where that was not kept yet. */
    eventId: uuid('event_id').notNull(),
    requestId: text('request_id'),
    template: text({
      enum: [
        'registration',
        'receipt',
        'payment_failed',
        'plan_paused',
        'trial_ending',
        'password_reset',
        'magic_link',
        'email_change_old',
        'email_change_new',
        'security_alert',
        'recovery',
        'invitation',
        'export_ready',
        'erasure_receipt',
        'notice',
        'digest',
      ],
    }).notNull(),
    /** Whom it is for, where that is known before it is written, or found out when they are erased. */
    registrationId: uuid('registration_id'),
    userId: uuid('user_id'),
    organizationId: uuid('organization_id'),
    /** Whom a notice names, where that is somebody else: what it says goes with them. */
    aboutUserId: uuid('about_user_id'),
    /** What a preference may be about; null for digests, and for what was asked for: links, invitations, receipts of erasure. */
    category: text({ enum: ['security', 'account', 'billing', 'product'] }),
    /** What the template needs and what to ask others about at sending time; no secrets. */
    data: jsonb().$type<MessageData>().notNull(),
    /** Where it goes, or went, written down before it goes; emptied by erasure, and after a month. */
    recipient: text(),
    status: text({ enum: ['pending', 'sent', 'failed', 'suppressed'] })
      .notNull()
      .default('pending'),
    attempts: integer().notNull().default(0),
    /** From then on the provider may have it; null where that was not kept yet. */
    firstTriedAt: time('first_tried_at'),
    /** Why it was not sent, or not yet: our words or the provider's, which may repeat an address; emptied with it. */
    error: text(),
    providerId: text('provider_id'),
    /** What the provider said became of it after it took it: the worst of what it said. */
    outcome: text({ enum: ['delivered', 'bounced', 'complained'] }),
    outcomeAt: time('outcome_at'),
    /** Not sent before: the end of quiet hours. Null for what goes at once. */
    notBefore: time('not_before'),
    createdAt: time('created_at').notNull().defaultNow(),
    sentAt: time('sent_at'),
  },
  (t) => [
    unique('message_cause').on(t.eventId, t.template, t.registrationId, t.userId).nullsNotDistinct(),
    // The log is read newest first, which is by id; of somebody, or of a kind, it is too.
    index('message_of_user').on(t.userId, t.id),
    index('message_of_organization').on(t.organizationId, t.id),
    index('message_status').on(t.status, t.id),
    index('message_template').on(t.template, t.id),
    // In a trail things are by their time, whatever they are.
    index('message_user_at').on(t.userId, t.createdAt),
    index('message_organization_at').on(t.organizationId, t.createdAt),
    index('message_provider')
      .on(t.providerId)
      .where(sql`provider_id is not null`),
    index('message_request')
      .on(t.requestId)
      .where(sql`request_id is not null`),
    index('message_about')
      .on(t.aboutUserId)
      .where(sql`about_user_id is not null`),
    index('message_recipient')
      .on(sql`lower(${t.recipient})`)
      .where(sql`recipient is not null`),
    index('message_remembered')
      .on(t.createdAt)
      .where(sql`recipient is not null or error is not null`),
  ],
)

/** What a person chose. Who has no row chose nothing: see `preference-rules.ts`. */
export const preference = schema.table('preference', {
  userId: uuid('user_id').primaryKey(),
  /** Those that were chosen; a category that is not here is as by default. */
  categories: jsonb().$type<Choices>().notNull(),
  quietHours: jsonb('quiet_hours').$type<QuietHours>(),
  /** Null for the one by default. */
  digest: jsonb().$type<DigestPlan>(),
  updatedAt: time('updated_at').notNull().defaultNow(),
})

/**
 * A window of a person: what comes until it ends is gathered, and goes out as one mail. It is there as soon as there is
 * something in it. Each is closed, and sent, once: its key is the person and its end.
 */
export const digest = schema.table(
  'digest',
  {
    id: uuid().primaryKey(),
    userId: uuid('user_id').notNull(),
    windowEnd: time('window_end').notNull(),
    openedAt: time('opened_at').notNull().defaultNow(),
    closedAt: time('closed_at'),
  },
  (t) => [
    unique('digest_window').on(t.userId, t.windowEnd),
    uniqueIndex('digest_open')
      .on(t.userId)
      .where(sql`closed_at is null`),
    index('digest_due')
      .on(t.windowEnd, t.id)
      .where(sql`closed_at is null`),
    index('digest_closed')
      .on(t.closedAt)
      .where(sql`closed_at is not null`),
  ],
)

/** What waits for a digest, or was in it, as it would stand in an inbox. */
export const digestItem = schema.table(
  'digest_item',
  {
    id: uuid().primaryKey(),
    digestId: uuid('digest_id')
      .notNull()
      .references(() => digest.id, { onDelete: 'cascade' }),
    userId: uuid('user_id').notNull(),
    category: text({ enum: ['account', 'billing', 'product'] }).notNull(),
    title: text().notNull(),
    body: text().notNull(),
    link: text(),
    /** Whom it names, where that is somebody else than its reader: it goes with them. */
    aboutUserId: uuid('about_user_id'),
    /** Why it was written, and the request that began it. */
    eventId: uuid('event_id').notNull(),
    requestId: text('request_id').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('digest_item_event').on(t.eventId, t.userId),
    index('digest_item_digest').on(t.digestId),
    index('digest_item_user_at').on(t.userId, t.createdAt),
    index('digest_item_request').on(t.requestId),
    index('digest_item_about')
      .on(t.aboutUserId)
      .where(sql`about_user_id is not null`),
  ],
)

/** Addresses to which nothing is sent: mail to them bounced for good, or was called spam by whoever reads it. */
export const suppression = schema.table(
  'suppression',
  {
    id: uuid().primaryKey(),
    /** As `emailKey` gives it. */
    address: text().notNull().unique('suppression_address'),
    reason: text({ enum: ['bounced', 'complained'] }).notNull(),
    /** The provider's words. */
    detail: text().notNull(),
    /** Whose address it is, where the mail said so, or found out when they are erased. */
    userId: uuid('user_id'),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (t) => [
    index('suppression_user')
      .on(t.userId)
      .where(sql`user_id is not null`),
  ],
)

/** Every webhook of the mail provider that was verified, by its id (`svix-id`): it counts once, however often it comes. */
export const providerEvent = schema.table(
  'provider_event',
  {
    id: text().primaryKey(),
    type: text().notNull(),
    /** The message of ours that it is about; null where it is about none, or of a type that says nothing to us. */
    messageId: uuid('message_id'),
    receivedAt: time('received_at').notNull().defaultNow(),
  },
  (t) => [index('provider_event_received').on(t.receivedAt)],
)

/** What was last heard of an organisation's subscription, so that the same state is not told twice. */
export const subscription = schema.table('subscription', {
  organizationId: uuid('organization_id').primaryKey(),
  status: text().$type<SubscriptionStatus>().notNull(),
  /** Null where whoever told it did not say, which was so before grace was told of. */
  entitledPlanId: text('entitled_plan_id').$type<PlanId>(),
  eventId: uuid('event_id').notNull(),
})
