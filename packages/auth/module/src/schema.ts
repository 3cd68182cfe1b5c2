import type { AuditAction, SecondFactor, SignInMethod } from '@lightpress/auth-contract'
import { kernelTables } from '@lightpress/kernel'
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
import type { TicketPurpose } from './tickets.ts'

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
    /** Empty for whoever comes by another provider. */
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
    index('registration_address').on(t.emailKey, t.createdAt),
    index('registration_user')
      .on(t.userId)
      .where(sql`user_id is not null`),
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
    /** Null for whoever came by another provider and never chose a password. */
    passwordHash: text('password_hash'),
    /** Chosen by a link of a mail, and no second factor was proved since: it may be the mailbox only that is theirs. */
    passwordByMail: boolean('password_by_mail').notNull().default(false),
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
    /** When the person last proved who they are in it: at its beginning, or by a step-up. */
    authenticatedAt: time('authenticated_at').notNull().defaultNow(),
    /** The operator who acts as the person in it, and by when that is over. */
    impersonatorId: uuid('impersonator_id'),
    endsAt: time('ends_at'),
    endedAt: time('ended_at'),
    /** The session that its browser or program was given instead when it ended: see `replaced-sessions.ts`. */
    replacedBy: uuid('replaced_by'),
  },
  (t) => [
    index('session_live')
      .on(t.userId)
      .where(sql`ended_at is null`),
    index('session_user').on(t.userId),
    index('session_impersonator')
      .on(t.impersonatorId)
      .where(sql`impersonator_id is not null`),
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
  (t) => [index('password_reset_address').on(t.emailKey), index('password_reset_expires_at').on(t.expiresAt)],
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
    index('email_change_user').on(t.userId),
    index('email_change_address').on(t.newEmailKey),
    index('email_change_expires_at').on(t.expiresAt),
  ],
)

/**
 * What was begun and is to be gone on with once: a link to sign in with, the way to a second factor, a challenge of
 * WebAuthn, a visit to another provider. See `tickets.ts`.
 */
export const ticket = schema.table(
  'ticket',
  {
    id: uuid().primaryKey(),
    purpose: text().$type<TicketPurpose>().notNull(),
    /** Whose it is, where that is known. */
    userId: uuid('user_id'),
    emailKey: text('email_key'),
    /** The session, and the browser, that it is good in; null where that is not said. */
    sessionId: uuid('session_id'),
    browserHash: text('browser_hash'),
    data: jsonb().notNull(),
    createdAt,
    expiresAt: time('expires_at').notNull(),
    /** Used, or overtaken. */
    settledAt: time('settled_at'),
  },
  (t) => [
    index('ticket_expires_at').on(t.expiresAt),
    index('ticket_user').on(t.userId),
    index('ticket_email_key')
      .on(t.emailKey)
      .where(sql`email_key is not null`),
  ],
)

/** A person's authenticator app (RFC 6238). It counts once it is confirmed. */
export const totp = schema.table('totp', {
  userId: uuid('user_id')
    .primaryKey()
    .references(() => account.userId),
  /** Sealed under SECRETS_ENCRYPTION_KEY; null until it is confirmed. */
  sealedSecret: text('sealed_secret'),
  /** Sealed as well: made last, and not confirmed yet. */
  sealedCandidate: text('sealed_candidate'),
  createdAt,
  confirmedAt: time('confirmed_at'),
  /** Of the newest code that was taken: none is taken twice, and no older one. */
  lastStep: bigint('last_step', { mode: 'number' }),
})

/** Of ten, each good once. Made together, so they have one salt. */
export const recoveryCode = schema.table(
  'recovery_code',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => account.userId),
    /** argon2id, in its own form, which has the salt. */
    hash: text().notNull(),
    createdAt,
    usedAt: time('used_at'),
  },
  (t) => [primaryKey({ columns: [t.userId, t.hash] })],
)

/** A credential of WebAuthn. */
export const passkey = schema.table(
  'passkey',
  {
    id: uuid().primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => account.userId),
    name: text().notNull(),
    /** base64url, as its authenticator chose it. */
    credentialId: text('credential_id').notNull(),
    /** COSE, as base64url. */
    publicKey: text('public_key').notNull(),
    /** How often it was used, as far as its authenticator counts. */
    signatureCount: bigint('signature_count', { mode: 'number' }).notNull(),
    transports: text().array().notNull(),
    synced: boolean().notNull(),
    createdAt,
    lastUsedAt: time('last_used_at'),
  },
  (t) => [uniqueIndex('passkey_credential_id').on(t.credentialId), index('passkey_user').on(t.userId)],
)

/** Somebody at another provider, who is this person here. */
export const linkedSignIn = schema.table(
  'linked_sign_in',
  {
    id: uuid().primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => account.userId),
    /** As the configuration called it when it was linked; what counts is the issuer. */
    provider: text().notNull(),
    issuer: text().notNull(),
    subject: text().notNull(),
    email: text(),
    createdAt,
    lastUsedAt: time('last_used_at').notNull().defaultNow(),
  },
  (t) => [uniqueIndex('linked_sign_in_subject').on(t.issuer, t.subject), index('linked_sign_in_user').on(t.userId)],
)

/** A wish to be rid of second factors that were lost. A person has one at a time that waits. */
export const recovery = schema.table(
  'recovery',
  {
    id: uuid().primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => account.userId),
    createdAt,
    availableAt: time('available_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    /** When the mail was promised that says so. */
    announcedAt: time('announced_at'),
    /** Completed, cancelled, or overtaken. */
    settledAt: time('settled_at'),
    completedAt: time('completed_at'),
  },
  (t) => [
    uniqueIndex('recovery_pending')
      .on(t.userId)
      .where(sql`settled_at is null`),
    index('recovery_user').on(t.userId),
    index('recovery_available_at').on(t.availableAt),
  ],
)

/** What a program proves itself with that acts for an organisation. */
export const apiKey = schema.table(
  'api_key',
  {
    id: uuid().primaryKey(),
    organizationId: uuid('organization_id').notNull(),
    name: text().notNull(),
    /** Its beginning, by which people know it. */
    prefix: text().notNull(),
    /** SHA-256 of the whole. */
    hash: text().notNull(),
    scopes: text().array().notNull(),
    createdBy: uuid('created_by').notNull(),
    createdAt,
    expiresAt: time('expires_at'),
    lastUsedAt: time('last_used_at'),
    revokedAt: time('revoked_at'),
  },
  (t) => [
    uniqueIndex('api_key_hash').on(t.hash),
    index('api_key_organization').on(t.organizationId, t.id),
    index('api_key_created_by').on(t.createdBy),
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
    /** The event or job by way of which the request did it, if by any. */
    causeId: uuid('cause_id'),
    impersonatorId: uuid('impersonator_id'),
    apiKeyId: uuid('api_key_id'),
    method: text().$type<SignInMethod>(),
    factor: text().$type<SecondFactor>(),
  },
  (t) => [
    index('audit_entry_at').on(t.at, t.id),
    index('audit_entry_user').on(t.userId, t.at, t.id),
    index('audit_entry_actor').on(t.actorId, t.at, t.id),
    index('audit_entry_organization').on(t.organizationId, t.at, t.id),
    index('audit_entry_request')
      .on(t.requestId)
      .where(sql`request_id is not null`),
    index('audit_entry_impersonator')
      .on(t.impersonatorId, t.at, t.id)
      .where(sql`impersonator_id is not null`),
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
  /** Why an operator did it, in their own words. */
  note: text(),
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

/** An organisation that is suspended or being erased, as far as auth has heard: see `shut-organizations.ts`. */
export const shutOrganization = schema.table('shut_organization', { id: uuid().primaryKey(), createdAt })

/** What ended early. Rows become visible in the order of `sequence`: see `revoke`. */
export const revocation = schema.table(
  'revocation',
  {
    sequence: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    sessionId: uuid('session_id'),
    userId: uuid('user_id'),
    minimumVersion: integer('minimum_version'),
    apiKeyId: uuid('api_key_id'),
    organizationId: uuid('organization_id'),
    reopened: boolean().notNull().default(false),
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
