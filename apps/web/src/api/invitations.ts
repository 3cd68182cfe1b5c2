import { type Client, createHttpClient } from '@lightpress/protocol'
import type { users as Users } from '@lightpress/users-contract'
import { routes } from 'virtual:lightpress-routes/invitation'
import { reachingFetch } from './reaching-fetch.ts'

/** What of users anybody may ask who holds the link of an invitation, and nothing for a session. */
export const invitations: Pick<Client<typeof Users>, keyof typeof routes> = createHttpClient<typeof Users>(routes, {
  fetch: reachingFetch,
})
