import type { HeldData } from '@lightpress/kernel'
import type { BillingContext } from './context.ts'

/** What billing holds about people and organisations. */
export const data: HeldData<BillingContext> = { holdings: [] }
