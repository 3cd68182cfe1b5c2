import type { HeldData } from '@lightpress/kernel'
import type { NotificationsContext } from './context.ts'

/** What notifications holds about people and organisations. */
export const data: HeldData<NotificationsContext> = { holdings: [] }
