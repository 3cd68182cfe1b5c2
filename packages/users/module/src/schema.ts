import { kernelTables } from '@lightpress/kernel'
import type { ActivityAction, ErasureItem, Locale } from '@lightpress/users-contract'
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { sql } from 'drizzle-orm'
import type { z } from 'zod'
import type { ErasureStep } from './erasure-plan.ts'
import { folded, inBytes, nameAndAddress } from './search-text.ts'

const { schema, ...tables } = kernelTables('users')
export const { outbox, inbox, idempotency } = tables

const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
const createdAt = time('created_at').notNull().defaultNow()
const role = (name = 'role') => text(name, { enum: ['member', 'admin', 'owner'] })

export const person = schema.table(
  'person',
  {
    id: uuid().primaryKey(),
    /** As written. Auth owns the address, this is the copy to write to. */
    email: text().notNull(),
    /** The address as it is compared; the person's id while auth has given it to another: see `email-copy.ts`. */
    emailKey: text('email_key').notNull(),
    name: text().notNull(),
    locale: text({ enum: ['en', 'de', 'fr'] })
      .notNull()
      .default('en'),
    timeZone: text('time_zone').notNull().default('UTC'),
    theme: text({ enum: ['system', 'light', 'dark'] })
      .notNull()
      .default('system'),
    /** One of our own people, who may use what is for operators. */
    operator: boolean().notNull().default(false),
    /** Kept out since then; null for whoever may come in. */
    suspendedAt: time('suspended_at'),
    /** The name of their picture's file. */
    avatar: text(),
    /** Everything about them is being erased since then. For all others there is no such person any more. */
    closedAt: time('closed_at'),
    createdAt,
  },
  (t) => [
    uniqueIndex('person_email_key').on(t.emailKey),
    index('person_created').on(t.createdAt, t.id),
    index('person_suspended')
      .on(t.createdAt, t.id)
      .where(sql`suspended_at is not null and closed_at is null`),
    index('person_closing')
      .on(t.createdAt, t.id)
      .where(sql`closed_at is not null`),
    index('person_name_begins').on(inBytes(folded(t.name)), t.id),
    index('person_address_begins').on(inBytes(folded(t.emailKey)), t.id),
    index('person_text').using('gin', sql`${nameAndAddress(t)} gin_trgm_ops`),
  ],
)

export const organization = schema.table(
  'organization',
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    /** The person whose own organisation this is; everybody has exactly one. */
    personalOf: uuid('personal_of').references(() => person.id),
    /** The name of its logo's file. */
    logo: text(),
    /** Shut by an operator since then. */
    suspendedAt: time('suspended_at'),
    /** Being erased since then: for everybody there is no such organisation any more. */
    closedAt: time('closed_at'),
    createdAt,
  },
  (t) => [
    uniqueIndex('organization_personal_of').on(t.personalOf),
    index('organization_created').on(t.createdAt, t.id),
    index('organization_suspended')
      .on(t.createdAt, t.id)
      .where(sql`suspended_at is not null and closed_at is null`),
    index('organization_closing')
      .on(t.createdAt, t.id)
      .where(sql`closed_at is not null`),
    index('organization_name_begins').on(inBytes(folded(t.name)), t.id),
    index('organization_text').using('gin', sql`${folded(t.name)} gin_trgm_ops`),
  ],
)

export const membership = schema.table(
  'membership',
  {
    organizationId: uuid('organization_id')
      .notNull()
      .references(() => organization.id),
    userId: uuid('user_id')
      .notNull()
      .references(() => person.id),
    role: role().notNull(),
    createdAt,
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.userId] }),
    index('membership_user').on(t.userId, t.createdAt),
    index('membership_joined').on(t.organizationId, t.createdAt, t.userId),
    index('membership_role').on(t.organizationId, t.role, t.createdAt, t.userId),
  ],
)

/** A wish to have somebody in an organisation. It waits until it is accepted or revoked; expired, it can be renewed. */
export const invitation = schema.table(
  'invitation',
  {
    id: uuid().primaryKey(),
    organizationId: uuid('organization_id')
      .notNull()
      .references(() => organization.id),
    /** Null once whoever it was for was erased. */
    email: text(),
    emailKey: text('email_key'),
    role: role().notNull(),
    invitedBy: uuid('invited_by').notNull(),
    createdAt,
    sentAt: time('sent_at').notNull().defaultNow(),
    expiresAt: time('expires_at').notNull(),
    acceptedAt: time('accepted_at'),
    acceptedBy: uuid('accepted_by'),
    revokedAt: time('revoked_at'),
  },
  (t) => [
    uniqueIndex('invitation_waiting')
      .on(t.organizationId, t.emailKey)
      .where(sql`accepted_at is null and revoked_at is null`),
    index('invitation_organization').on(t.organizationId, t.createdAt, t.id),
    index('invitation_email_key').on(t.emailKey),
    index('invitation_to_forget')
      .on(t.expiresAt)
      .where(sql`accepted_at is null and email is not null`),
    index('invitation_accepted_by')
      .on(t.acceptedBy)
      .where(sql`accepted_by is not null`),
  ],
)

/**
 * A mail to somebody who was invited, once for each thing that it is counted for, or a picture that was sent to us. It
 * goes a day later and with nothing else, so that nobody gets rid of a limit with what it is counted for: see
 * `sending-limits.ts` and `count-picture.ts`.
 */
export const sending = schema.table(
  'sending',
  {
    id: uuid().primaryKey(),
    /** A MAC of what it is counted for. */
    key: text().notNull(),
    at: time('at').notNull().defaultNow(),
  },
  (t) => [index('sending_key').on(t.key, t.at), index('sending_at').on(t.at)],
)

/** Who did what in an organisation: ids only. Append-only until the organisation goes. */
export const activity = schema.table(
  'activity',
  {
    id: uuid().primaryKey(),
    organizationId: uuid('organization_id')
      .notNull()
      .references(() => organization.id),
    at: time('at').notNull().defaultNow(),
    action: text().$type<ActivityAction>().notNull(),
    actorId: uuid('actor_id'),
    impersonatorId: uuid('impersonator_id'),
    /** By which API key, where a program did it. */
    apiKeyId: uuid('api_key_id'),
    /** Whom it is about. */
    userId: uuid('user_id'),
    /** Which endpoint of notifications it is about. */
    webhookEndpointId: uuid('webhook_endpoint_id'),
    /** Which invitation it is about; the address stands there. */
    invitationId: uuid('invitation_id'),
    role: role(),
    formerRole: role('former_role'),
    /** Of the organisation, not of a person. */
    name: text(),
    formerName: text('former_name'),
    /** The request that did it, and the event or job by way of which it did; null where that was not kept yet. */
    requestId: text('request_id'),
    causeId: uuid('cause_id'),
  },
  (t) => [
    index('activity_at').on(t.organizationId, t.at, t.id),
    index('activity_action').on(t.organizationId, t.action, t.at, t.id),
    index('activity_actor').on(t.organizationId, t.actorId, t.at, t.id),
    // Where a person stands, in whichever organisation.
    index('activity_by_at').on(t.actorId, t.at, t.id),
    index('activity_about_at').on(t.userId, t.at, t.id),
    index('activity_request')
      .on(t.requestId)
      .where(sql`request_id is not null`),
    index('activity_impersonator')
      .on(t.impersonatorId)
      .where(sql`impersonator_id is not null`),
  ],
)

/**
 * What lies in the storage. The row is there before the file is, and goes after it, so that whatever ends in between
 * leaves nothing behind that nobody knows of: `waiting` became nothing in time, `doomed` is to be removed.
 */
export const file = schema.table(
  'file',
  {
    /** Its name in the storage, which is never used again. */
    name: text().primaryKey(),
    kind: text({ enum: ['upload', 'image', 'export'] }).notNull(),
    state: text({ enum: ['waiting', 'live', 'doomed'] }).notNull(),
    /** Whose it is. */
    userId: uuid('user_id'),
    organizationId: uuid('organization_id'),
    createdAt,
    /** When whatever is not `live` is removed, and of an export, when that is. */
    removeAt: time('remove_at'),
  },
  (t) => [
    index('file_remove_at')
      .on(t.removeAt)
      .where(sql`remove_at is not null`),
    index('file_user').on(t.userId),
    index('file_organization').on(t.organizationId),
  ],
)

/** An archive of everything about somebody, asked for by a person. */
export const dataExport = schema.table(
  'export',
  {
    id: uuid().primaryKey(),
    subjectKind: text('subject_kind', { enum: ['person', 'organization'] }).notNull(),
    subjectId: uuid('subject_id').notNull(),
    requestedBy: uuid('requested_by').notNull(),
    state: text({ enum: ['preparing', 'ready', 'failed'] })
      .notNull()
      .default('preparing'),
    createdAt,
    /** When a job for it was last made. */
    queuedAt: time('queued_at').notNull().defaultNow(),
    readyAt: time('ready_at'),
    expiresAt: time('expires_at'),
    /** The name of the archive's file. */
    file: text(),
    bytes: bigint({ mode: 'number' }),
  },
  (t) => [
    uniqueIndex('export_preparing')
      .on(t.subjectKind, t.subjectId)
      .where(sql`state = 'preparing'`),
    index('export_subject').on(t.subjectKind, t.subjectId, t.createdAt),
    index('export_created').on(t.createdAt),
  ],
)

/** The erasure of everything about somebody: how far it is, and what went. It stays when they are gone, with ids only. */
export const erasure = schema.table(
  'erasure',
  {
    id: uuid().primaryKey(),
    subjectKind: text('subject_kind', { enum: ['person', 'organization'] }).notNull(),
    subjectId: uuid('subject_id').notNull(),
    requestedBy: uuid('requested_by').notNull(),
    createdAt,
    /** What there is to do, in its order, and how many of these steps are done. */
    steps: jsonb().$type<ErasureStep[]>().notNull(),
    position: integer().notNull().default(0),
    /** Answers that are written down: the next one is asked for under this number. */
    batch: integer().notNull().default(0),
    /** What went until now. */
    receipt: jsonb().$type<ErasureItem[]>().notNull(),
    /** When a job for it was last made. */
    queuedAt: time('queued_at').notNull().defaultNow(),
    finishedAt: time('finished_at'),
    /** Where the receipt goes: emptied a day after the end. */
    contact: jsonb().$type<{
      email: string
      name: string
      locale: z.infer<typeof Locale>
      timeZone: string
      organizationName: string | null
    }>(),
  },
  (t) => [
    uniqueIndex('erasure_subject').on(t.subjectKind, t.subjectId),
    index('erasure_running')
      .on(t.queuedAt)
      .where(sql`finished_at is null`),
    index('erasure_created').on(t.createdAt, t.id),
    index('erasure_requested_by').on(t.requestedBy),
    index('erasure_contact')
      .on(t.finishedAt)
      .where(sql`contact is not null`),
  ],
)
