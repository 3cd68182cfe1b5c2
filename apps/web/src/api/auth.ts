import type { auth as Auth } from '@lightpress/auth-contract'
import { createHttpClient } from '@lightpress/protocol'
import { routes } from 'virtual:lightpress-routes/auth'
import { createClient } from './client.ts'
import { reachingFetch } from './reaching-fetch.ts'

export const auth = createClient<typeof Auth>(routes)

/** Never renews the session on the way: for what replaces or ends it, where that was done before. */
export const authAsIs = createHttpClient<typeof Auth>(routes, { fetch: reachingFetch })
