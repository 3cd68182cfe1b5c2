import type { HeldData } from '@lightpress/kernel'
import type { UsersContext } from './context.ts'

/** What users holds about people and organisations. */
export const data: HeldData<UsersContext> = { holdings: [] }
