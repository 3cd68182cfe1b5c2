import type { AuditAction } from '@lightpress/auth-contract'
import { kernelTables } from '@lightpress/kernel'
import { bigint, index, integer, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { sql } from 'drizzle-orm'

const { schema, ...tables } = kernelTables('auth')
export const { outbox, inbox, idempotency } = tables

const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
const createdAt = time('created_at').notNull().defaultNow()

/** A wish to have an account. It is worth nothing until the mail to its address is answered. */
export const registration = schema.table(
  'registration',
  {
    id: uuid().primaryKey(),
    email: text().notNull(),
    /** What addresses are compared by: see `emailKey`. */
    emailKey: text('email_key').notNull(),
    name: text().notNull(),
    locale: text({ enum: ['en', 'de', 'fr'] }).notNull(),
    passwordHash: text('password_hash').notNull(),
    /** Of the cookie that the browser was given which signed up. */
    browserHash: text('browser_hash').notNull(),
    /** The person it becomes. Set before users is asked to make them, so that every repetition asks for the same. */
    userId: uuid('user_id'),
    createdAt,
    expiresAt: time('expires_at').notNull(),
    /** Verified, or overtaken by another registration of the same address. */
    settledAt: time('settled_at'),
  },
  (t) => [
    index('registration_pending')
      .on(t.emailKey, t.createdAt)
      .where(sql`settled_at is null`),
    index('registration_expires_at').on(t.expiresAt),
  ],
)

/** How a person proves who they are. Who they are is in users, under the same id. */
export const account = schema.table(
  'account',
  {
    userId: uuid('user_id').primaryKey(),
    email: text().notNull(),
    emailKey: text('email_key').notNull(),
    passwordHash: text('password_hash').notNull(),
    /** Grows when all of a person's access tokens must be renewed: see `revocation.minimumVersion`. */
    sessionVersion: integer('session_version').notNull().default(0),
    createdAt,
  },
  (t) => [uniqueIndex('account_email_key').on(t.emailKey)],
)

/** One sign-in on one device, and the family of refresh tokens that keeps it alive. */
export const session = schema.table(
  'session',
  {
    id: uuid().primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => account.userId),
    /** The active organisation; null for whoever is in none. */
    organizationId: uuid('organization_id'),
    ip: text(),
    userAgent: text('user_agent'),
    createdAt,
    lastUsedAt: time('last_used_at').notNull().defaultNow(),
    endedAt: time('ended_at'),
    /** The session that its browser or program was given instead when it ended: see `replaced-sessions.ts`. */
    replacedBy: uuid('replaced_by'),
  },
  (t) => [
    index('session_live')
      .on(t.userId)
      .where(sql`ended_at is null`),
    index('session_user').on(t.userId),
  ],
)

/** Kept after its use until it expires: a token that is presented again later tells of a theft. */
export const refreshToken = schema.table(
  'refresh_token',
  {
    hash: text().primaryKey(),
    sessionId: uuid('session_id')
      .notNull()
      .references(() => session.id),
    createdAt,
    expiresAt: time('expires_at').notNull(),
    usedAt: time('used_at'),
  },
  (t) => [index('refresh_token_session').on(t.sessionId), index('refresh_token_expires_at').on(t.expiresAt)],
)

/** A wish to choose a new password. Whose account it is for is looked up by the address when it is used. */
export const passwordReset = schema.table(
  'password_reset',
  {
    id: uuid().primaryKey(),
    emailKey: text('email_key').notNull(),
    createdAt,
    expiresAt: time('expires_at').notNull(),
    /** Used, or overtaken by a new password. */
    settledAt: time('settled_at'),
  },
  (t) => [
    index('password_reset_pending')
      .on(t.emailKey)
      .where(sql`settled_at is null`),
    index('password_reset_expires_at').on(t.expiresAt),
  ],
)

/** A wish to have another address, good once both have confirmed it. A person has one at a time that waits. */
export const emailChange = schema.table(
  'email_change',
  {
    id: uuid().primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => account.userId),
    oldEmail: text('old_email').notNull(),
    newEmail: text('new_email').notNull(),
    newEmailKey: text('new_email_key').notNull(),
    createdAt,
    expiresAt: time('expires_at').notNull(),
    confirmedByOldAt: time('confirmed_by_old_at'),
    confirmedByNewAt: time('confirmed_by_new_at'),
    /** Took effect, was cancelled or was replaced. */
    settledAt: time('settled_at'),
  },
  (t) => [
    uniqueIndex('email_change_pending')
      .on(t.userId)
      .where(sql`settled_at is null`),
    index('email_change_expires_at').on(t.expiresAt),
  ],
)

/**
 * Every act that matters for security, with ids only. Append-only: a trigger refuses every change. Rows become
 * visible out of the order of their ids, which are times.
 */
export const auditEntry = schema.table(
  'audit_entry',
  {
    id: uuid().primaryKey(),
    at: time('at').notNull().defaultNow(),
    action: text().$type<AuditAction>().notNull(),
    actorId: uuid('actor_id'),
    userId: uuid('user_id'),
    organizationId: uuid('organization_id'),
    sessionId: uuid('session_id'),
    requestId: text('request_id'),
  },
  (t) => [
    index('audit_entry_at').on(t.at, t.id),
    index('audit_entry_user').on(t.userId, t.at, t.id),
    index('audit_entry_actor').on(t.actorId, t.at, t.id),
    index('audit_entry_organization').on(t.organizationId, t.at, t.id),
  ],
)

/** Whence and with what it was done, and the address it is about: what identifies a person, so it can be erased. */
export const auditOrigin = schema.table('audit_origin', {
  entryId: uuid('entry_id')
    .primaryKey()
    .references(() => auditEntry.id),
  ip: text(),
  userAgent: text('user_agent'),
  /** Of `email_changed`: the old address, which is told. */
  email: text(),
})

/** Published from the day it is made until it retires, so that every process knows it before it first signs. */
export const signingKey = schema.table('signing_key', {
  kid: text().primaryKey(),
  /** The `x` of the Ed25519 JSON Web Key. */
  publicKey: text('public_key').notNull(),
  /** PKCS #8, sealed under AUTH_KEY_ENCRYPTION_KEY. */
  sealedPrivateKey: text('sealed_private_key').notNull(),
  createdAt,
  /** Signs from then on, until a younger key does. */
  activatesAt: time('activates_at').notNull(),
  /** No token of it is accepted from then on. Null while nothing replaces it. */
  retiresAt: time('retires_at'),
})

/** What ended early. Rows become visible in the order of `sequence`: see `revoke`. */
export const revocation = schema.table(
  'revocation',
  {
    sequence: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    sessionId: uuid('session_id'),
    userId: uuid('user_id'),
    minimumVersion: integer('minimum_version'),
    createdAt,
  },
  (t) => [index('revocation_created_at').on(t.createdAt)],
)

/** How much of a limit is used up, as the time at which nothing of it is any more (GCRA): see `limits.ts`. */
export const allowance = schema.table(
  'allowance',
  {
    /** A MAC: neither addresses nor networks stand here. */
    key: text().primaryKey(),
    freeAt: time('free_at').notNull(),
  },
  (t) => [index('allowance_free_at').on(t.freeAt)],
)

/** Wrong guesses in a row, and until when no other is taken: see `lockout.ts`. */
export const lockout = schema.table(
  'lockout',
  {
    /** A MAC: neither addresses nor networks stand here. */
    key: text().primaryKey(),
    failures: integer().notNull(),
    lockedUntil: time('locked_until').notNull(),
    /** When all is forgotten. */
    forgottenAt: time('forgotten_at').notNull(),
  },
  (t) => [index('lockout_forgotten_at').on(t.forgottenAt)],
)
