import { kernelTables } from '@lightpress/kernel'
import { text, uuid } from 'drizzle-orm/pg-core'

const { schema, ...tables } = kernelTables('receiver')
export const { outbox, inbox, idempotency } = tables

/** The effect of an event. */
export const note = schema.table('note', { id: uuid().primaryKey(), text: text().notNull() })
