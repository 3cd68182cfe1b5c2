import type { billing as Billing } from '@lightpress/billing-contract'
import { type Client, createHttpClient } from '@lightpress/protocol'
import { routes } from 'virtual:lightpress-routes/catalogue'
import { reachingFetch } from './reaching-fetch.ts'

/** What of billing is the same for everyone: whoever only reads the prices loads nothing for a session. */
export const catalogue: Pick<Client<typeof Billing>, 'listPlans'> = createHttpClient<typeof Billing>(routes, {
  fetch: reachingFetch,
})
