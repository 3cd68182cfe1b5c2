import type { notifications as Notifications } from '@lightpress/notifications-contract'
import { type Client, createHttpClient } from '@lightpress/protocol'
import { routes } from 'virtual:lightpress-routes/unsubscribe'
import { reachingFetch } from './reaching-fetch.ts'

/** What anybody may do who holds the link of a mail, and nothing for a session. */
export const unsubscribing: Pick<Client<typeof Notifications>, keyof typeof routes> = createHttpClient<
  typeof Notifications
>(routes, { fetch: reachingFetch })
