import { kernelTables } from '@lightpress/kernel'

export const { outbox, inbox, idempotency } = kernelTables('sender')
