import { kernelTables } from '@lightpress/kernel'
import { boolean, index, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

const { schema, ...tables } = kernelTables('users')
export const { outbox, inbox, idempotency } = tables

const createdAt = timestamp('created_at', { withTimezone: true, mode: 'date' }).notNull().defaultNow()

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
    suspendedAt: timestamp('suspended_at', { withTimezone: true, mode: 'date' }),
    createdAt,
  },
  (t) => [uniqueIndex('person_email_key').on(t.emailKey)],
)

export const organization = schema.table(
  'organization',
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    /** The person whose own organisation this is; everybody has exactly one. */
    personalOf: uuid('personal_of').references(() => person.id),
    createdAt,
  },
  (t) => [uniqueIndex('organization_personal_of').on(t.personalOf)],
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
    role: text({ enum: ['member', 'admin', 'owner'] }).notNull(),
    createdAt,
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.userId] }), index('membership_user').on(t.userId, t.createdAt)],
)
