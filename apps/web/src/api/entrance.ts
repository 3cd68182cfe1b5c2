import type { auth as Auth } from '@lightpress/auth-contract'
import { type Client, createHttpClient } from '@lightpress/protocol'
import { routes } from 'virtual:lightpress-routes/entrance'
import { reachingFetch } from './reaching-fetch.ts'

/** What a page needs of auth that somebody sees first, and nothing for a session: more would weigh more than it may. */
export const entrance: Pick<Client<typeof Auth>, keyof typeof routes> = createHttpClient<typeof Auth>(routes, {
  fetch: reachingFetch,
})
