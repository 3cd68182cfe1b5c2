import { integer, text } from 'drizzle-orm/pg-core'
import { kernelTables } from '../../../src/tables.ts'

const { schema, ...tables } = kernelTables('ping')
export const { outbox, inbox, idempotency } = tables

export const counter = schema.table('counter', { name: text().primaryKey(), count: integer().notNull() })
