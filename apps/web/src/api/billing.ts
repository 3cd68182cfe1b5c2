import type { billing as Billing } from '@lightpress/billing-contract'
import { routes } from 'virtual:lightpress-routes/billing'
import { createClient } from './client.ts'

export const billing = createClient<typeof Billing>(routes)
