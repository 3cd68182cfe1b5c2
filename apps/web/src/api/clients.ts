import type { auth as Auth } from '@lightpress/auth-contract'
import type { billing as Billing } from '@lightpress/billing-contract'
import type { notifications as Notifications } from '@lightpress/notifications-contract'
import { type Client, type Contract, createHttpClient } from '@lightpress/protocol'
import type { users as Users } from '@lightpress/users-contract'
import * as routes from 'virtual:lightpress-routes'
import { reachingFetch } from './reaching-fetch.ts'
import { sessionFetch } from './session.ts'

export const auth = createClient<typeof Auth>(routes.auth)
export const users = createClient<typeof Users>(routes.users)
export const billing = createClient<typeof Billing>(routes.billing)
export const notifications = createClient<typeof Notifications>(routes.notifications)

/** Types come from the contract, paths from the build: no schema reaches the browser. */
function createClient<C extends Contract>(all: routes.BrowserRoutes<C>): Client<C> {
  const pick = (open: boolean) =>
    Object.fromEntries(Object.entries<routes.BrowserRoute>(all).filter(([, route]) => route.open === open))
  return {
    ...createHttpClient<C>(pick(true), { fetch: reachingFetch }),
    ...createHttpClient<C>(pick(false), { fetch: sessionFetch }),
  }
}
