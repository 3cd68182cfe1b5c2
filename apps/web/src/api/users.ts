import { createHttpClient } from '@lightpress/protocol'
import type { users as Users } from '@lightpress/users-contract'
import { routes } from 'virtual:lightpress-routes/users'
import { createClient } from './client.ts'
import { reachingFetch } from './reaching-fetch.ts'

export const users = createClient<typeof Users>(routes)

/** Never renews the session on the way: for what ends it, where that was done before. */
export const usersAsIs = createHttpClient<typeof Users>(routes, { fetch: reachingFetch })
