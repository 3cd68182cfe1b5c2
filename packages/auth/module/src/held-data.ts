import type { HeldData } from '@lightpress/kernel'
import type { AuthContext } from './context.ts'

/** What auth holds about people and organisations. */
export const data: HeldData<AuthContext> = { holdings: [] }
