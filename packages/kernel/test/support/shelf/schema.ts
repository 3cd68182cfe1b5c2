import { integer, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { kernelTables } from '../../../src/tables.ts'

const { schema, ...tables } = kernelTables('shelf')
export const { outbox, inbox, idempotency } = tables

export const reader = schema.table('reader', { id: uuid().primaryKey(), name: text(), libraryId: uuid('library_id') })

/** It has a key of three types, and points at a reader. */
export const loan = schema.table(
  'loan',
  {
    readerId: uuid('reader_id')
      .notNull()
      .references(() => reader.id),
    book: text().notNull(),
    at: timestamp({ withTimezone: true, mode: 'date' }).notNull(),
    card: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.book, t.at, t.readerId] })],
)

export const review = schema.table('review', {
  id: uuid().primaryKey(),
  readerId: uuid('reader_id'),
  libraryId: uuid('library_id'),
  author: text(),
  stars: integer().notNull(),
})

export const scan = schema.table('scan', {
  name: text().primaryKey(),
  readerId: uuid('reader_id'),
  state: text().notNull(),
})

export const log = schema.table('log', { id: uuid().primaryKey(), readerId: uuid('reader_id') })
