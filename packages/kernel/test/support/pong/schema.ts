import { text, uuid } from 'drizzle-orm/pg-core'
import { kernelTables } from '../../../src/tables.ts'

const { schema, ...tables } = kernelTables('pong')
export const { outbox, inbox, idempotency } = tables

export const effect = schema.table('effect', { id: uuid().primaryKey(), note: text().notNull() })
